// Text that plugins, peers and files bring, as it may reach a terminal or a report.
#pragma once

#include <string>
#include <string_view>

namespace unitls::text {

// One line: bytes that are no UTF-8, and characters that a person does not see as themselves (controls, line ends,
// marks of direction), become \xNN, byte by byte.
std::string readable(std::string_view text);

// The same for a text of several lines: line feeds and tabs stay.
std::string readable_lines(std::string_view text);

} // namespace unitls::text
