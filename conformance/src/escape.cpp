#include "escape.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

#include <nlohmann/json.hpp>

namespace unitls::conformance {
namespace {

struct character {
  std::size_t size = 0; // in bytes; 0 when they are no UTF-8
  char32_t value = 0;
};

// Bytes of a sequence by its first (RFC 3629, 4), without looking at the others; 0 for none.
std::size_t size_of_sequence(unsigned char first) {
  return first < 0x80                    ? 1
         : first >= 0xc2 && first < 0xe0 ? 2
         : first >= 0xe0 && first < 0xf0 ? 3
         : first >= 0xf0 && first < 0xf5 ? 4
                                         : 0;
}

character first_character(std::string_view bytes) {
  constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  const auto first = static_cast<unsigned char>(bytes.front());
  const std::size_t size = size_of_sequence(first);
  if (size == 0 || bytes.size() < size) {
    return {};
  }
  char32_t value = size == 1 ? first : first & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(bytes[i]);
    if ((next & 0xc0U) != 0x80U) {
      return {};
    }
    value = value << 6U | (next & 0x3fU);
  }
  const bool is_surrogate = value >= 0xd800 && value < 0xe000;
  return value < smallest[size] || value > 0x10ffff || is_surrogate ? character{} : character{size, value};
}

bool is_control(char32_t value) {
  return (value < 0x20 && value != '\n' && value != '\t') || (value >= 0x7f && value < 0xa0);
}

// Marks that turn the direction of what follows, and separators that some readers take for the end of a line.
bool changes_others(char32_t value) {
  return value == 0x061c || value == 0x200e || value == 0x200f || (value >= 0x2028 && value <= 0x202e) ||
         (value >= 0x2066 && value <= 0x2069);
}

bool is_readable(char32_t value) {
  const bool is_no_character = (value & 0xfffeU) == 0xfffe || (value >= 0xfdd0 && value <= 0xfdef);
  return !is_control(value) && !changes_others(value) && !is_no_character && value != 0xfeff;
}

std::string as_hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char each : bytes) {
    std::array<char, 5> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "\\x%02x", unsigned{static_cast<unsigned char>(each)});
    text += escaped.data();
  }
  return text;
}

std::string replaced(std::string_view text, std::string_view (*replacement)(char)) {
  std::string result;
  for (const char each : text) {
    const std::string_view other = replacement(each);
    other.empty() ? result += each : result += other;
  }
  return result;
}

} // namespace

std::string readable(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const character next = first_character(bytes);
    const std::string_view part = bytes.substr(0, next.size == 0 ? 1 : next.size);
    text += next.size != 0 && is_readable(next.value) ? std::string(part) : as_hexadecimal(part);
    bytes.remove_prefix(part.size());
  }
  return text;
}

std::string markup_text(std::string_view bytes) {
  // A parser makes a blank of a line feed or tab in an attribute.
  return replaced(readable(bytes), [](char each) -> std::string_view {
    return each == '&'    ? "&amp;"
           : each == '<'  ? "&lt;"
           : each == '>'  ? "&gt;"
           : each == '"'  ? "&quot;"
           : each == '\'' ? "&#39;"
           : each == '\n' ? "&#10;"
           : each == '\t' ? "&#9;"
                          : "";
  });
}

std::string tap_text(std::string_view bytes) {
  return replaced(readable(bytes), [](char each) -> std::string_view {
    return each == '\\' ? "\\\\" : each == '#' ? "\\#" : each == '\n' || each == '\t' ? " " : "";
  });
}

std::string yaml_text(std::string_view bytes) {
  return '"' +
         replaced(readable(bytes),
                  [](char each) -> std::string_view {
                    return each == '"'    ? "\\\""
                           : each == '\\' ? "\\\\"
                           : each == '\n' ? "\\n"
                           : each == '\t' ? "\\t"
                                          : "";
                  }) +
         '"';
}

// These characters stand in strings only, where JSON may write them by number.
std::string script_json(const nlohmann::json &value) {
  constexpr bool ascii_only = true;
  const std::string text = value.dump(-1, ' ', ascii_only, nlohmann::json::error_handler_t::replace);
  return replaced(text, [](char each) -> std::string_view {
    return each == '<' ? "\\u003c" : each == '>' ? "\\u003e" : each == '&' ? "\\u0026" : "";
  });
}

} // namespace unitls::conformance
