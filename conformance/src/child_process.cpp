#include "child_process.hpp"

#include <unistd.h>

#include "interruption.hpp"

namespace unitls::conformance {

child_result run_child(const std::vector<std::string> &command, std::chrono::milliseconds timeout) {
  child_result end = process::run({.command = command,
                                   .limit = timeout,
                                   .result_descriptor = result_descriptor,
                                   .kept = {STDOUT_FILENO, STDERR_FILENO},
                                   .with_descendants = true,
                                   .interruption = interruption_descriptor()});
  if (end.interrupted) {
    throw interrupted{};
  }
  return end;
}

} // namespace unitls::conformance
