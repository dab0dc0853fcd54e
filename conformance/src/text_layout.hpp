// Text for terminals.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace unitls::conformance {

inline constexpr std::size_t line_width = 110;

// Words in lines of at most line_width columns, each with the indent and a line end. A word that is longer has a line of
// its own.
std::string wrapped(std::string_view text, std::size_t indent);

// Rows with a line end each, in columns as wide as they need: the first is left-aligned, the others right-aligned.
std::string table(const std::vector<std::vector<std::string>> &rows);

// "0.012", whatever the locale.
std::string decimal(double value, int digits);

// "1.5", or "2": seconds without digits that say nothing.
std::string seconds_text(std::chrono::milliseconds time);

} // namespace unitls::conformance
