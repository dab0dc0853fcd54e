#include "child.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

extern char **environ; // POSIX names it, no header declares it everywhere

namespace unitls::process {
namespace {

using clock = std::chrono::steady_clock;

// More than any of our programs writes.
constexpr std::size_t longest_result = std::size_t{16} << 20;
constexpr std::size_t longest_output = std::size_t{8} << 10;

[[noreturn]] void fail(const std::string &what, int number = errno) {
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
    fail("cannot make a pipe");
  }
  std::pair<descriptor, descriptor> both{descriptor(ends[0]), descriptor(ends[1])};
  if (::fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) { // of the reading end alone
    fail("cannot make a pipe");
  }
  return both;
}

// In memory: a child that floods its output is held by no reader.
descriptor make_output_file() {
  const int number = ::memfd_create("unitls-output", MFD_CLOEXEC);
  if (number < 0) {
    fail("cannot make a file for a child's output");
  }
  return descriptor(number);
}

void check_preparation(int number) {
  if (number != 0) {
    fail("cannot prepare a child", number);
  }
}

class spawn_actions {
public:
  spawn_actions() { check_preparation(::posix_spawn_file_actions_init(&actions_)); }
  ~spawn_actions() { ::posix_spawn_file_actions_destroy(&actions_); }
  spawn_actions(const spawn_actions &) = delete;
  spawn_actions &operator=(const spawn_actions &) = delete;
  void open(int number, const char *path, int flags) {
    check_preparation(::posix_spawn_file_actions_addopen(&actions_, number, path, flags, 0));
  }
  void duplicate(int from, int to) {
    check_preparation(::posix_spawn_file_actions_adddup2(&actions_, from, to));
  }
  const posix_spawn_file_actions_t *get() const noexcept { return &actions_; }

private:
  posix_spawn_file_actions_t actions_{};
};

class spawn_attributes {
public:
  spawn_attributes() { check_preparation(::posix_spawnattr_init(&attributes_)); }
  ~spawn_attributes() { ::posix_spawnattr_destroy(&attributes_); }
  spawn_attributes(const spawn_attributes &) = delete;
  spawn_attributes &operator=(const spawn_attributes &) = delete;
  void ask_for_own_group() {
    check_preparation(::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP));
    check_preparation(::posix_spawnattr_setpgroup(&attributes_, 0));
  }
  const posix_spawnattr_t *get() const noexcept { return &attributes_; }

private:
  posix_spawnattr_t attributes_{};
};

pid_t spawn(const request &asked, int result, int output) {
  spawn_actions actions;
  actions.open(STDIN_FILENO, "/dev/null", O_RDONLY);
  for (const int kept : asked.kept) {
    actions.duplicate(output, kept);
  }
  actions.duplicate(result, asked.result_descriptor);
  spawn_attributes attributes;
  if (asked.with_descendants) {
    attributes.ask_for_own_group();
  }
  std::vector<char *> words;
  for (const std::string &word : asked.command) {
    words.push_back(const_cast<char *>(word.c_str())); // posix_spawn changes none
  }
  words.push_back(nullptr);
  pid_t child = 0;
  const int refused =
      ::posix_spawn(&child, words.front(), actions.get(), attributes.get(), words.data(), environ);
  if (refused != 0) {
    fail("cannot run " + asked.command.front(), refused);
  }
  return child;
}

enum class flow { more, nothing_yet, ended };

// Takes what is there. What is above the limit is read and dropped: its writer shall not be held up.
flow take_result(int from, std::string &result) {
  std::array<char, 4096> buffer{};
  const ssize_t size = ::read(from, buffer.data(), buffer.size());
  if (size == 0) {
    return flow::ended;
  }
  if (size < 0) {
    if (errno != EINTR && errno != EAGAIN) {
      fail("cannot read a child's result");
    }
    return errno == EAGAIN ? flow::nothing_yet : flow::more;
  }
  result.append(buffer.data(), std::min(static_cast<std::size_t>(size), longest_result - result.size()));
  return flow::more;
}

std::string read_output(int from) {
  std::string text(longest_output, '\0');
  const ssize_t size = ::pread(from, text.data(), text.size(), 0);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

// A child that is waited for on every path: none stays behind when this program fails.
class running_child {
public:
  running_child(const request &asked, int result, int output)
      : id_(spawn(asked, result, output)), with_descendants_(asked.with_descendants) {}
  running_child(const running_child &) = delete;
  running_child &operator=(const running_child &) = delete;
  ~running_child() {
    if (id_ > 0) {
      end();
    }
  }

  // Without waiting for it. A pidfd would tell by itself, but not under every kernel and valgrind.
  bool has_ended() const {
    siginfo_t state{};
    if (::waitid(P_PID, static_cast<id_t>(id_), &state, WEXITED | WNOHANG | WNOWAIT) != 0 && errno != EINTR) {
      fail("cannot wait for a child");
    }
    return state.si_pid == id_;
  }

  // Ends the child if it still runs, and whatever of its process group does. As long as nobody has waited for it, its
  // number is nobody else's.
  int end() noexcept {
    ::kill(with_descendants_ ? -id_ : id_, SIGKILL);
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
    }
    id_ = 0;
    return status;
  }

private:
  pid_t id_;
  bool with_descendants_;
};

// Until the child has ended by itself, or is to be ended. It may close its result before, and what it started may keep
// that open for longer: so it is looked after, at first soon after its result was closed.
void wait_for(const running_child &child, descriptor result, const request &asked, clock::time_point deadline,
              child_end &end) {
  using std::chrono::milliseconds;
  constexpr milliseconds longest_pause(50);
  milliseconds pause = longest_pause;
  while (!child.has_ended()) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - clock::now());
    if (left.count() <= 0) {
      end.timed_out = true;
      return;
    }
    std::array<pollfd, 2> waiting{{{result.get(), POLLIN, 0}, {asked.interruption, POLLIN, 0}}};
    const int ready = ::poll(waiting.data(), waiting.size(), static_cast<int>(std::min(left, pause).count()));
    if (ready < 0 && errno != EINTR) {
      fail("cannot wait for a child's result");
    }
    pause = std::min(pause * 2, longest_pause);
    if (ready <= 0) {
      continue;
    }
    if (waiting[1].revents != 0) {
      end.interrupted = true;
      return;
    }
    if (take_result(result.get(), end.result) == flow::ended) {
      result.close();
      pause = milliseconds(1);
    }
  }
  // What it started may go on writing.
  while (result.get() >= 0 && clock::now() < deadline &&
         take_result(result.get(), end.result) == flow::more) {
  }
}

} // namespace

bool child_end::is_good() const noexcept {
  return !timed_out && !interrupted && WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0;
}

std::string child_end::text() const {
  if (timed_out) {
    return "was still busy after " +
           std::to_string(std::chrono::duration_cast<std::chrono::seconds>(limit).count()) + " s";
  }
  return describe_end(wait_status);
}

child_end run(const request &asked) {
  const clock::time_point deadline = clock::now() + asked.limit;
  auto [from, to] = make_pipe();
  const descriptor output = asked.kept.empty() ? descriptor(-1) : make_output_file();
  running_child child(asked, to.get(), output.get());
  to.close();
  child_end end;
  end.limit = asked.limit;
  wait_for(child, std::move(from), asked, deadline, end);
  end.wait_status = child.end();
  if (!asked.kept.empty()) {
    end.output = read_output(output.get());
  }
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

std::filesystem::path own_program() {
  return std::filesystem::read_symlink("/proc/self/exe");
}

std::filesystem::path program_beside(const char *name) {
  return own_program().parent_path() / name;
}

} // namespace unitls::process
