#include "forked_child.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "case.hpp"
#include "child_process.hpp"
#include "expect.hpp"

namespace unitls::conformance {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::seconds patience{20};
constexpr int exit_done = 0;
constexpr int exit_failed = 1;

bool write_all(int to, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = ::write(to, text.data(), text.size());
    if (size < 0 && errno != EINTR) {
      return false;
    }
    text.remove_prefix(size > 0 ? static_cast<std::size_t>(size) : 0);
  }
  return true;
}

// A verdict as one line, and the bytes behind it. Nothing of the parent's runs at the end: no destructor, no leak check.
[[noreturn]] void run_in_child(int to, const std::function<forked_child::bytes()> &body) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  static_cast<void>(end_record()); // what the parent has found is the parent's to tell
  forked_child::bytes result;
  run_body([&] { result = body(); });
  std::string text =
      to_json(end_record()).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + "\n";
  text.append(result.begin(), result.end());
  ::_exit(write_all(to, text) ? exit_done : exit_failed);
}

// All that comes until the other end is closed; less when the time is over.
std::string read_all(int from) {
  const clock::time_point deadline = clock::now() + patience;
  std::string text;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
    pollfd waiting{from, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) == 0) {
      return text;
    }
    std::array<char, 4096> buffer{};
    const ssize_t size = ::read(from, buffer.data(), buffer.size());
    if (size == 0 || (size < 0 && errno != EINTR)) {
      return text;
    }
    text.append(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  }
}

} // namespace

forked_child::forked_child(const std::function<bytes()> &body) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot make a pipe");
  }
  process_ = ::fork();
  if (process_ == 0) {
    run_in_child(ends[1], body);
  }
  const int error = errno;
  ::close(ends[1]);
  from_ = ends[0];
  if (process_ < 0) {
    ::close(from_);
    throw std::system_error(error, std::generic_category(), "cannot fork");
  }
}

forked_child::~forked_child() {
  end();
}

void forked_child::end() noexcept {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    ::close(from_);
    process_ = -1;
  }
}

forked_child::bytes forked_child::result() {
  const std::string text = read_all(from_);
  const std::size_t line_end = text.find('\n');
  const std::optional<verdict> told = parse_verdict(std::string_view(text).substr(0, line_end));
  if (line_end == std::string::npos || !told) {
    siginfo_t state{}; // without reaping it
    const bool has_ended =
        ::waitid(P_PID, static_cast<id_t>(process_), &state, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        state.si_pid != 0;
    const std::string how = !has_ended                    ? "no end within 20 s"
                            : state.si_code == CLD_EXITED ? describe_end(W_EXITCODE(state.si_status, 0))
                                                          : describe_end(state.si_status);
    end();
    require("U-20", "the forked child", false, "a result", how);
  }
  end();
  for (const failure &each : told->failures) {
    record_failure(each);
  }
  return {text.begin() + static_cast<std::ptrdiff_t>(line_end) + 1, text.end()};
}

} // namespace unitls::conformance
