// The line by which a process tells of an allocation that the system refused: the word, the size and a line end.
#pragma once

#include <string_view>

namespace unitls::conformance {

inline constexpr std::string_view refusal_word = "refused ";

} // namespace unitls::conformance
