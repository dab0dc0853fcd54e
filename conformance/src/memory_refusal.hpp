// How the parent of a case's process learns that memory was refused there.
#pragma once

#include <optional>
#include <string>

namespace unitls::conformance {

// Takes what was told of refused allocations off a child's result, and gives the first as a sentence. Each process that
// a case forks tells its own, in a line before or after the result, which is one line.
std::optional<std::string> take_refusal(std::string &result);

} // namespace unitls::conformance
