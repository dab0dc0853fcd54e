#include "child_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interruption.hpp"

extern char **environ; // POSIX names it, no header declares it everywhere

namespace unitls::conformance {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t longest_result = 1024 * 1024;
constexpr std::size_t longest_output = 8 * 1024;

[[noreturn]] void throw_errno(const char *what, int number = errno) {
  throw std::system_error(number, std::generic_category(), what);
}

class descriptor {
public:
  explicit descriptor(int number) noexcept : number_(number) {}
  descriptor(descriptor &&other) noexcept : number_(std::exchange(other.number_, -1)) {}
  descriptor &operator=(descriptor &&) = delete;
  ~descriptor() { close(); }
  int get() const noexcept { return number_; }
  void close() noexcept {
    if (number_ >= 0) {
      ::close(std::exchange(number_, -1));
    }
  }

private:
  int number_;
};

std::pair<descriptor, descriptor> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw_errno("cannot make a pipe");
  }
  return {descriptor(ends[0]), descriptor(ends[1])};
}

// In memory: a child that floods its output is held by no reader.
descriptor make_output_file() {
  const int number = ::memfd_create("unitls-conformance-output", MFD_CLOEXEC);
  if (number < 0) {
    throw_errno("cannot make a file for a child's output");
  }
  return descriptor(number);
}

class spawn_actions {
public:
  spawn_actions() { check(::posix_spawn_file_actions_init(&actions_)); }
  ~spawn_actions() { ::posix_spawn_file_actions_destroy(&actions_); }
  spawn_actions(const spawn_actions &) = delete;
  spawn_actions &operator=(const spawn_actions &) = delete;
  void open(int number, const char *path, int flags) {
    check(::posix_spawn_file_actions_addopen(&actions_, number, path, flags, 0));
  }
  void duplicate(int from, int to) { check(::posix_spawn_file_actions_adddup2(&actions_, from, to)); }
  const posix_spawn_file_actions_t *get() const { return &actions_; }

private:
  static void check(int number) {
    if (number != 0) {
      throw_errno("cannot prepare a child", number);
    }
  }
  posix_spawn_file_actions_t actions_{};
};

class spawn_attributes {
public:
  spawn_attributes() {
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP); // so that all it starts can be killed
    ::posix_spawnattr_setpgroup(&attributes_, 0);
  }
  ~spawn_attributes() { ::posix_spawnattr_destroy(&attributes_); }
  spawn_attributes(const spawn_attributes &) = delete;
  spawn_attributes &operator=(const spawn_attributes &) = delete;
  const posix_spawnattr_t *get() const { return &attributes_; }

private:
  posix_spawnattr_t attributes_{};
};

pid_t spawn(const std::vector<std::string> &command, int result, int output) {
  spawn_actions actions;
  actions.open(STDIN_FILENO, "/dev/null", O_RDONLY);
  actions.duplicate(output, STDOUT_FILENO);
  actions.duplicate(output, STDERR_FILENO);
  actions.duplicate(result, result_descriptor);
  const spawn_attributes attributes;
  std::vector<char *> words;
  for (const std::string &word : command) {
    words.push_back(const_cast<char *>(word.c_str()));
  }
  words.push_back(nullptr);
  pid_t child = 0;
  const int error = ::posix_spawn(&child, words[0], actions.get(), attributes.get(), words.data(), environ);
  if (error != 0) {
    throw_errno("cannot start a child", error);
  }
  return child;
}

enum class reading { complete, timed_out, interrupted };

// Reads until the other end is closed, which a child's end does at the latest.
reading read_result(int from, clock::time_point deadline, std::string &result) {
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
    if (left.count() <= 0) {
      return reading::timed_out;
    }
    std::array<pollfd, 2> waiting{{{from, POLLIN, 0}, {interruption_descriptor(), POLLIN, 0}}};
    const int ready = ::poll(waiting.data(), waiting.size(), static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) {
      throw_errno("cannot wait for a child's result");
    }
    if (ready <= 0) {
      continue;
    }
    if (waiting[1].revents != 0) {
      return reading::interrupted;
    }
    const ssize_t size = ::read(from, buffer.data(), buffer.size());
    if (size == 0) {
      return reading::complete;
    }
    if (size < 0 && errno != EINTR) {
      throw_errno("cannot read a child's result");
    }
    if (size > 0) {
      const auto room = longest_result - result.size();
      result.append(buffer.data(), std::min(static_cast<std::size_t>(size), room));
    }
  }
}

std::string read_output(int from) {
  std::string text(longest_output, '\0');
  const ssize_t size = ::pread(from, text.data(), text.size(), 0);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      throw_errno("cannot wait for a child");
    }
  }
  return status;
}

} // namespace

child_result run_child(const std::vector<std::string> &command, std::chrono::milliseconds timeout) {
  const clock::time_point deadline = clock::now() + timeout;
  auto [from, to] = make_pipe();
  const descriptor output = make_output_file();
  const pid_t child = spawn(command, to.get(), output.get());
  to.close();
  child_result end;
  const reading how = read_result(from.get(), deadline, end.result);
  end.timed_out = how == reading::timed_out;
  if (how != reading::complete) {
    ::kill(-child, SIGKILL);
  }
  end.wait_status = wait_for(child);
  if (how == reading::interrupted) {
    throw interrupted{};
  }
  end.output = read_output(output.get());
  return end;
}

std::string describe_end(int wait_status) {
  if (!WIFSIGNALED(wait_status)) {
    return "ended with exit status " + std::to_string(WEXITSTATUS(wait_status));
  }
  const int number = WTERMSIG(wait_status);
  const char *const name = ::sigabbrev_np(number);
  const char *const words = ::sigdescr_np(number);
  return "was killed by " +
         (name != nullptr ? "SIG" + std::string(name) : "signal " + std::to_string(number)) +
         (words != nullptr ? " (" + std::string(words) + ")" : "");
}

std::string own_program() {
  return std::filesystem::read_symlink("/proc/self/exe").string();
}

} // namespace unitls::conformance
