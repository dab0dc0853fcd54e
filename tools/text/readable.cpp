#include "readable.hpp"

#include <algorithm>
#include <cstdint>

#include "common/utf8.hpp"

namespace unitls::text {
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

bool is_one_of(char32_t character, std::string_view kept) {
  return character < 0x80 && kept.find(static_cast<char>(character)) != std::string_view::npos;
}

// All but what is printable or kept.
std::string escape(std::string_view text, std::string_view kept) {
  std::string result;
  plugin::bytes rest(reinterpret_cast<const std::uint8_t *>(text.data()), text.size());
  while (!rest.empty()) {
    const plugin::bytes front = rest.first(std::max<std::size_t>(1, utf8::character_size(rest)));
    const auto character = utf8::decode(front);
    if (character && (utf8::is_printable(*character) || is_one_of(*character, kept))) {
      result.append(reinterpret_cast<const char *>(front.data()), front.size());
    } else {
      append_as_hexadecimal(result, front);
    }
    rest = rest.subspan(front.size());
  }
  return result;
}

} // namespace

std::string readable(std::string_view text) {
  return escape(text, "");
}

std::string readable_lines(std::string_view text) {
  return escape(text, "\n\t");
}

} // namespace unitls::text
