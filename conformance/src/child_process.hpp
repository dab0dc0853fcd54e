// Runs a program as a child that may crash, hang, or write where it should not.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace unitls::conformance {

// The descriptor on which a child hands back its result.
inline constexpr int result_descriptor = 3;

struct child_result {
  bool timed_out = false;
  int wait_status = 0; // as waitpid gives it
  std::string result;  // what came on result_descriptor
  std::string output;  // the beginning of what it wrote to standard output and error
};

// Runs the program and waits for its end. When the time is over, the child and whatever it started are killed.
// Throws std::system_error when no child can be made, and `interrupted`, with the child killed. [thread-safe]
child_result run_child(const std::vector<std::string> &command, std::chrono::milliseconds timeout);

// "was killed by SIGSEGV (Segmentation fault)" or "ended with exit status 3"
std::string describe_end(int wait_status);

// The file of this program.
std::string own_program();

} // namespace unitls::conformance
