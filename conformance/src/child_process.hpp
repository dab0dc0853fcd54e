// Runs a program as a child that may crash, hang, or write where it should not.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "process/child.hpp"

namespace unitls::conformance {

using process::describe_end;
using process::own_program;
using child_result = process::child_end;

// The descriptor on which a child hands back its result.
inline constexpr int result_descriptor = 3;

// Runs the program and waits for its end, keeping the beginning of what it writes to standard output and error. When
// the time is over, the child and whatever it started are killed. Throws std::system_error when no child can be made,
// and `interrupted`, with the child killed. [thread-safe]
child_result run_child(const std::vector<std::string> &command, std::chrono::milliseconds timeout);

} // namespace unitls::conformance
