#include <unitls/plugin/object_identifier_text.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace unitls::plugin {
namespace {

constexpr std::size_t octets_max = 64;
constexpr std::uint8_t more_follow = 0x80;

// The first two arcs share a number (ITU-T X.690, 8.19.4).
std::string first_arcs(std::uint64_t number) {
  const std::uint64_t first = std::min<std::uint64_t>(number / 40, 2);
  return std::to_string(first) + '.' + std::to_string(number - 40 * first);
}

} // namespace

std::string object_identifier_text(bytes content) {
  if (content.empty() || content.size() > octets_max || (content.back() & more_follow) != 0) {
    return {};
  }
  std::string text;
  std::uint64_t number = 0;
  bool begins = true;
  for (const std::uint8_t octet : content) {
    if (begins && octet == more_follow) { // padding
      return {};
    }
    number = number << 7 | (octet & 0x7f);
    if (number > std::numeric_limits<std::uint32_t>::max()) {
      return {};
    }
    begins = (octet & more_follow) == 0;
    if (begins) {
      text += text.empty() ? first_arcs(number) : '.' + std::to_string(number);
      number = 0;
    }
  }
  return text;
}

} // namespace unitls::plugin
