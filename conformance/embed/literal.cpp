#include "literal.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace unitls::conformance {

// What is not plain ASCII is written in octal.
std::string literal(std::string_view text) {
  std::string quoted = "\"";
  for (const char letter : text) {
    const auto value = static_cast<unsigned char>(letter);
    if (value >= ' ' && value < 0x7f && letter != '"' && letter != '\\' && letter != '?') {
      quoted += letter;
      continue;
    }
    quoted += '\\';
    for (const int shift : {6, 3, 0}) {
      quoted += static_cast<char>('0' + (value >> shift & 7));
    }
  }
  return quoted + "\"sv";
}

std::string read_file(const std::string &path, std::size_t most) {
  std::ifstream input(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(input), {}};
  if (!input) {
    throw std::runtime_error(path + " cannot be read");
  }
  if (text.size() > most) {
    throw std::runtime_error(path + " is longer than " + std::to_string(most) + " bytes");
  }
  return text;
}

void write_file(const std::string &path, std::string_view text) {
  std::ofstream output(path, std::ios::binary);
  if (!(output << text).flush()) {
    throw std::runtime_error(path + " cannot be written");
  }
}

} // namespace unitls::conformance
