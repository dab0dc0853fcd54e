#include "readable.hpp"

#include <algorithm>
#include <cstdint>

#include "common/utf8.hpp"

namespace unitls::tool {
namespace {

namespace utf8 = plugin::utf8;

void append_as_hexadecimal(std::string &text, plugin::bytes bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const std::uint8_t byte : bytes) {
    text += "\\x";
    text += digits[byte >> 4U];
    text += digits[byte & 0x0FU];
  }
}

} // namespace

std::string readable(std::string_view text) {
  std::string result;
  plugin::bytes rest(reinterpret_cast<const std::uint8_t *>(text.data()), text.size());
  while (!rest.empty()) {
    const plugin::bytes front = rest.first(std::max<std::size_t>(1, utf8::character_size(rest)));
    const auto character = utf8::decode(front);
    if (character && utf8::is_printable(*character)) {
      result.append(reinterpret_cast<const char *>(front.data()), front.size());
    } else {
      append_as_hexadecimal(result, front);
    }
    rest = rest.subspan(front.size());
  }
  return result;
}

std::string readable_lines(std::string_view text) {
  std::string result;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    result += readable(text.substr(0, end)) + '\n';
    text.remove_prefix(end + 1);
  }
  return result + readable(text);
}

} // namespace unitls::tool
