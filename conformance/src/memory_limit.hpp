// How much memory the process of a case may take, and how its parent learns that more was asked for.
#pragma once

#include <optional>
#include <string>

namespace unitls::conformance {

// In a child: from now on memory ends, and the first allocation that is refused for that is told on result_descriptor,
// ahead of the result. A build with sanitizers, which take far more, has no limit.
void limit_memory() noexcept;

// In the parent: takes what was told of a refused allocation off the beginning of a child's result. As a sentence.
std::optional<std::string> take_refusal(std::string &result);

} // namespace unitls::conformance
