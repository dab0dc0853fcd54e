#include "base64.hpp"

namespace unitls::conformance {
namespace {

int value_of(char digit) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::size_t place = alphabet.find(digit);
  return place == std::string_view::npos ? -1 : static_cast<int>(place);
}

} // namespace

std::vector<std::uint8_t> decode_base64(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char digit : text) {
    const int value = value_of(digit);
    if (value < 0) {
      continue;
    }
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes.push_back(static_cast<std::uint8_t>(bits >> held));
    }
  }
  return bytes;
}

} // namespace unitls::conformance
