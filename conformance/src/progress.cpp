#include "progress.hpp"

#include <iostream>

#include <sys/ioctl.h>
#include <unistd.h>

namespace unitls::conformance {
namespace {

constexpr std::size_t usual_columns = 80;

std::size_t columns_of_terminal() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0 ? size.ws_col : usual_columns;
}

void clear_line() {
  std::cerr << "\r\x1b[K" << std::flush;
}

} // namespace

progress_line::progress_line() : is_shown_(::isatty(STDERR_FILENO) == 1) {}

progress_line::~progress_line() {
  if (is_shown_) {
    clear_line();
  }
}

void progress_line::show(std::size_t done, std::size_t all, const case_result &last) {
  lost_ += is_bad(last.judged.result) ? 1U : 0U;
  if (!is_shown_) {
    return;
  }
  const auto elapsed = std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now() - begin_);
  clear_line();
  // A line that fills the last column would begin another one.
  std::cerr << progress_text(done, all, elapsed, lost_, last.described.name, columns_of_terminal() - 1)
            << std::flush;
}

std::string progress_text(std::size_t done, std::size_t all, std::chrono::seconds elapsed, std::size_t lost,
                          const std::string &name, std::size_t columns) {
  const auto seconds = elapsed.count() % 60;
  std::string text = std::to_string(done) + "/" + std::to_string(all) + "  " +
                     std::to_string(elapsed.count() / 60) + (seconds < 10 ? ":0" : ":") +
                     std::to_string(seconds) + "  ";
  if (lost != 0) {
    text += std::to_string(lost) + " failed  ";
  }
  return (text + name).substr(0, columns);
}

} // namespace unitls::conformance
