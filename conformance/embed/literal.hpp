// Files as C++ source, for the programs that compile them in.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace unitls::conformance {

// A literal of type std::string_view; whoever includes it uses std::string_view_literals.
std::string literal(std::string_view text);

// The whole of a file. Throws std::runtime_error when it cannot be read or is longer than `most` bytes.
std::string read_file(const std::string &path, std::size_t most);

// Throws std::runtime_error when it cannot be written.
void write_file(const std::string &path, std::string_view text);

} // namespace unitls::conformance
