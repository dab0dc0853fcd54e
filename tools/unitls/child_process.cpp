#include "child_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failure.hpp"

namespace unitls::tool {
namespace {

using clock = std::chrono::steady_clock;

// More than any of our programs writes.
constexpr std::size_t longest_output = std::size_t{16} << 20;
constexpr std::size_t longest_errors = 8192;

[[noreturn]] void fail(const std::string &what, int number) {
  throw failure(exit_code::internal, what + ": " + std::strerror(number));
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
    fail("cannot make a pipe", errno);
  }
  return {descriptor(ends[0]), descriptor(ends[1])};
}

class spawn_actions {
public:
  spawn_actions() {
    if (::posix_spawn_file_actions_init(&actions_) != 0) {
      throw std::bad_alloc();
    }
  }
  ~spawn_actions() { ::posix_spawn_file_actions_destroy(&actions_); }
  spawn_actions(const spawn_actions &) = delete;
  spawn_actions &operator=(const spawn_actions &) = delete;
  posix_spawn_file_actions_t *get() noexcept { return &actions_; }

private:
  posix_spawn_file_actions_t actions_{};
};

// In memory: a child that floods it is held by no reader.
descriptor make_errors_file() {
  const int number = ::memfd_create("unitls-errors", MFD_CLOEXEC);
  if (number < 0) {
    fail("cannot make a file for a child's errors", errno);
  }
  return descriptor(number);
}

std::string read_errors(int from) {
  std::string text(longest_errors, '\0');
  const ssize_t size = ::pread(from, text.data(), text.size(), 0);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

pid_t spawn(std::vector<std::string> &words, int output, int errors) {
  spawn_actions actions;
  std::vector<char *> pointers;
  for (std::string &word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  pid_t child = 0;
  int refused = ::posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (refused == 0) {
    refused = ::posix_spawn_file_actions_adddup2(actions.get(), output, STDOUT_FILENO);
  }
  if (refused == 0) {
    refused = ::posix_spawn_file_actions_adddup2(actions.get(), errors, STDERR_FILENO);
  }
  if (refused == 0) {
    refused = ::posix_spawn(&child, pointers.front(), actions.get(), nullptr, pointers.data(), environ);
  }
  if (refused != 0) {
    fail("cannot run " + words.front(), refused);
  }
  return child;
}

// Whether the other end was closed before the deadline, which a child's end does at the latest.
bool read_until_closed(int from, clock::time_point deadline, std::string &into) {
  std::array<char, 4096> buffer{};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
    if (left.count() <= 0) {
      return false;
    }
    pollfd waiting{from, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) {
      fail("cannot wait for a child", errno);
    }
    if (ready <= 0) {
      continue;
    }
    const ssize_t size = ::read(from, buffer.data(), buffer.size());
    if (size == 0) {
      return true;
    }
    if (size < 0 && errno != EINTR) {
      fail("cannot read from a child", errno);
    }
    if (size > 0) {
      into.append(buffer.data(), std::min(static_cast<std::size_t>(size), longest_output - into.size()));
    }
  }
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      fail("cannot wait for a child", errno);
    }
  }
  return status;
}

} // namespace

bool child_end::is_good() const noexcept {
  return !timed_out && WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0;
}

std::string child_end::text() const {
  if (timed_out) {
    return "was still busy after " + std::to_string(limit.count()) + " s";
  }
  if (!WIFSIGNALED(wait_status)) {
    return "ended with exit status " + std::to_string(WEXITSTATUS(wait_status));
  }
  const int number = WTERMSIG(wait_status);
  const char *const name = ::sigabbrev_np(number);
  return "was killed by " +
         (name != nullptr ? "SIG" + std::string(name) : "signal " + std::to_string(number)) + " (" +
         ::strsignal(number) + ")";
}

child_end run_child(std::vector<std::string> words, std::chrono::seconds limit, standard_error errors) {
  const clock::time_point deadline = clock::now() + limit;
  child_end end;
  end.limit = limit;
  auto [from, to] = make_pipe();
  const descriptor kept = errors == standard_error::kept ? make_errors_file() : descriptor(-1);
  const pid_t child = spawn(words, to.get(), kept.get() >= 0 ? kept.get() : STDERR_FILENO);
  to.close();
  end.timed_out = !read_until_closed(from.get(), deadline, end.output);
  if (end.timed_out) {
    ::kill(child, SIGKILL);
  }
  end.wait_status = wait_for(child);
  if (kept.get() >= 0) {
    end.errors = read_errors(kept.get());
  }
  return end;
}

std::filesystem::path own_program() {
  return std::filesystem::read_symlink("/proc/self/exe");
}

std::filesystem::path program_beside(const char *name) {
  return own_program().parent_path() / name;
}

} // namespace unitls::tool
