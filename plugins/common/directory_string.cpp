#include "directory_string.hpp"

#include <algorithm>
#include <cstdint>

#include "utf8.hpp"

namespace unitls::plugin {

std::optional<string_reader> string_reader::of(const der::element &value) noexcept {
  const auto whole_units = [&](std::size_t size, encoding form) {
    return value.content.size() % size == 0 ? std::optional(string_reader(value.content, form))
                                            : std::nullopt;
  };
  switch (value.tag) {
  case der::tag_utf8_string:
    return string_reader(value.content, encoding::utf8);
  case der::tag_numeric_string:
  case der::tag_printable_string:
  case der::tag_ia5_string:
  case der::tag_visible_string:
    return string_reader(value.content, encoding::ascii);
  case der::tag_teletex_string: // what software has put there is Latin-1, not T.61
    return string_reader(value.content, encoding::latin1);
  case der::tag_bmp_string:
    return whole_units(2, encoding::ucs2);
  case der::tag_universal_string:
    return whole_units(4, encoding::ucs4);
  default:
    return std::nullopt;
  }
}

std::size_t string_reader::character_size() const noexcept {
  switch (form_) {
  case encoding::utf8:
    return std::max<std::size_t>(utf8::character_size(rest_), 1);
  case encoding::ucs2:
    return 2;
  case encoding::ucs4:
    return 4;
  case encoding::ascii:
  case encoding::latin1:
    break;
  }
  return 1;
}

std::optional<char32_t> string_reader::decode(bytes octets) const noexcept {
  if (form_ == encoding::utf8) {
    return utf8::decode(octets);
  }
  std::uint32_t value = 0;
  for (const std::uint8_t octet : octets) {
    value = value << 8 | octet;
  }
  const bool is_outside = form_ == encoding::ascii ? value > 0x7f : !utf8::is_scalar_value(value);
  return is_outside ? std::nullopt : std::optional<char32_t>(value);
}

string_character string_reader::next() noexcept {
  const bytes octets = rest_.first(character_size());
  rest_ = rest_.subspan(octets.size());
  const std::optional<char32_t> code_point = decode(octets);
  return code_point ? string_character{*code_point, {}} : string_character{0, octets};
}

} // namespace unitls::plugin
