#include "utf8.hpp"

#include <algorithm>
#include <array>

namespace unitls::plugin::utf8 {
namespace {

struct code_point_range {
  char32_t first;
  char32_t last;
};

// General categories Cc, Cf, Cs, Co, Zl and Zp, and noncharacters.
constexpr std::array<code_point_range, 21> not_printable{{
    {0x0000, 0x001f},   {0x007f, 0x009f}, {0x00ad, 0x00ad},   {0x0600, 0x0605},   {0x061c, 0x061c},
    {0x06dd, 0x06dd},   {0x070f, 0x070f}, {0x0890, 0x0891},   {0x08e2, 0x08e2},   {0x180e, 0x180e},
    {0x200b, 0x200f},   {0x2028, 0x202e}, {0x2060, 0x206f},   {0xd800, 0xf8ff},   {0xfdd0, 0xfdef},
    {0xfeff, 0xfeff},   {0xfff9, 0xfffb}, {0x110bd, 0x110cd}, {0x13430, 0x1343f}, {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a},
}};
constexpr char32_t first_special_plane = 0xe0000; // tags, variation selectors, private use

constexpr std::uint8_t continuation_mask = 0xc0;
constexpr std::uint8_t continuation_mark = 0x80;

std::size_t size_by_first_octet(std::uint8_t first) noexcept {
  if (first < 0x80) {
    return 1;
  }
  if (first < 0xc2) { // a continuation, or a longer form than is needed
    return 0;
  }
  if (first < 0xe0) {
    return 2;
  }
  return first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
}

// Of octets that begin and continue as they must.
std::uint32_t value_of(bytes octets) noexcept {
  constexpr std::array<std::uint8_t, 5> payload{0, 0x7f, 0x1f, 0x0f, 0x07};
  std::uint32_t value = octets[0] & payload[octets.size()];
  for (const std::uint8_t octet : octets.subspan(1)) {
    value = value << 6 | (octet & 0x3f);
  }
  return value;
}

bool is_shortest(std::uint32_t value, std::size_t size) noexcept {
  constexpr std::array<std::uint32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
  return value >= smallest[size];
}

} // namespace

bool is_scalar_value(std::uint32_t value) noexcept {
  return value < 0xd800 || (value > 0xdfff && value <= 0x10ffff);
}

std::size_t character_size(bytes text) noexcept {
  const std::size_t size = text.empty() ? 0 : size_by_first_octet(text[0]);
  if (size == 0 || size > text.size()) {
    return 0;
  }
  const bytes octets = text.first(size);
  const bool continues = std::all_of(octets.begin() + 1, octets.end(), [](std::uint8_t octet) {
    return (octet & continuation_mask) == continuation_mark;
  });
  if (!continues) {
    return 0;
  }
  const std::uint32_t value = value_of(octets);
  return is_scalar_value(value) && is_shortest(value, size) ? size : 0;
}

std::optional<char32_t> decode(bytes octets) noexcept {
  if (octets.empty() || character_size(octets) != octets.size()) {
    return std::nullopt;
  }
  return value_of(octets);
}

std::string encode(char32_t code_point) {
  if (code_point < 0x80) {
    return {static_cast<char>(code_point)};
  }
  const int continuations = code_point < 0x800 ? 1 : code_point < 0x10000 ? 2 : 3;
  constexpr std::array<std::uint8_t, 4> first_mark{0, 0xc0, 0xe0, 0xf0};
  std::string out;
  out += static_cast<char>(first_mark[static_cast<std::size_t>(continuations)] |
                           (code_point >> (6 * continuations)));
  for (int i = continuations - 1; i >= 0; --i) {
    out += static_cast<char>(continuation_mark | ((code_point >> (6 * i)) & 0x3f));
  }
  return out;
}

bool is_printable(char32_t code_point) noexcept {
  constexpr char32_t plane_end = 0xfffe; // the last two of each plane are noncharacters
  if (code_point >= first_special_plane || (code_point & plane_end) == plane_end) {
    return false;
  }
  return std::ranges::none_of(not_printable, [&](const code_point_range &range) {
    return range.first <= code_point && code_point <= range.last;
  });
}

} // namespace unitls::plugin::utf8
