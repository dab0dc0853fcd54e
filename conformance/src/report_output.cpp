#include "report_output.hpp"

#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <system_error>

#include <unistd.h>

namespace unitls::conformance {

report_output::report_output(std::string path) : path_(std::move(path)) {
  if (path_.empty()) {
    return;
  }
  errno = 0;
  file_.open(path_, std::ios::binary);
  if (!file_) {
    throw std::runtime_error(path_ +
                             ": the report cannot be written: " + std::generic_category().message(errno));
  }
}

std::ostream &report_output::stream() noexcept {
  return path_.empty() ? std::cout : file_;
}

bool report_output::is_coloured_terminal() const noexcept {
  return path_.empty() && ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
}

void report_output::finish() {
  if (!stream().flush()) {
    throw std::runtime_error((path_.empty() ? "standard output" : path_) +
                             ": the report could not be written to its end");
  }
}

} // namespace unitls::conformance
