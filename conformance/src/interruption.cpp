#include "interruption.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <initializer_list>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace unitls::conformance {
namespace {

constexpr std::initializer_list<int> watched_signals = {SIGHUP, SIGINT, SIGTERM};

int read_end = -1;
int write_end = -1;
volatile std::sig_atomic_t received = 0;

extern "C" void note_signal(int number) {
  const int error = errno;
  received = number;
  const char any = 0;
  // Full only after thousands of signals, and then it is readable already.
  [[maybe_unused]] const ssize_t written = ::write(write_end, &any, sizeof any);
  errno = error;
}

} // namespace

void watch_interruptions() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot make a pipe");
  }
  read_end = ends[0];
  write_end = ends[1];
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  for (const int number : watched_signals) {
    struct sigaction before {};
    // What the parent chose to ignore, as nohup does, stays ignored.
    if (::sigaction(number, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) {
      ::sigaction(number, &action, nullptr);
    }
  }
}

int interruption_descriptor() noexcept {
  return read_end;
}

void end_by_interruption() noexcept {
  std::signal(received, SIG_DFL);
  std::raise(received);
  std::_Exit(128 + received);
}

} // namespace unitls::conformance
