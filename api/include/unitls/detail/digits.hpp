// unitls/detail/digits.hpp: bytes as text, in base 16 and in base 64 (RFC 4648).
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace unitls::detail {

inline constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::optional<unsigned> hex_digit(char character) noexcept {
  if (character >= '0' && character <= '9') {
    return static_cast<unsigned>(character - '0');
  }
  if (character >= 'a' && character <= 'f') {
    return static_cast<unsigned>(character - 'a') + 10U;
  }
  if (character >= 'A' && character <= 'F') {
    return static_cast<unsigned>(character - 'A') + 10U;
  }
  return std::nullopt;
}

using sha256_digest = std::array<std::byte, 32>;

// Exactly 64 digits.
inline std::optional<sha256_digest> digest_from_hex(std::string_view text) noexcept {
  sha256_digest result{};
  if (text.size() != 2 * result.size()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto high = hex_digit(text[2 * i]);
    const auto low = hex_digit(text[2 * i + 1]);
    if (!high || !low) {
      return std::nullopt;
    }
    result[i] = static_cast<std::byte>(*high << 4U | *low);
  }
  return result;
}

// Exactly 43 digits and one '=', and no bit beyond the last byte: a digest has one text.
inline std::optional<sha256_digest> digest_from_base64(std::string_view text) noexcept {
  constexpr std::size_t digit_count = 43;
  if (text.size() != digit_count + 1 || text.back() != '=') {
    return std::nullopt;
  }
  sha256_digest result{};
  std::uint32_t bits = 0;
  unsigned held = 0;
  std::size_t size = 0;
  for (const char character : text.substr(0, digit_count)) {
    const auto value = base64_digits.find(character);
    if (value == std::string_view::npos) {
      return std::nullopt;
    }
    bits = (bits << 6U | static_cast<std::uint32_t>(value)) & 0xFFFFU;
    held += 6;
    if (held >= 8) {
      held -= 8;
      result[size++] = static_cast<std::byte>(bits >> held & 0xFFU);
    }
  }
  return (bits & ((1U << held) - 1U)) == 0 ? std::optional(result) : std::nullopt;
}

inline std::string to_base64(std::span<const std::byte> bytes) {
  std::string text;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const std::byte each : bytes) {
    bits = (bits << 8U | std::to_integer<std::uint32_t>(each)) & 0xFFFFU;
    for (held += 8; held >= 6; held -= 6) {
      text += base64_digits[bits >> (held - 6U) & 0x3FU];
    }
  }
  if (held != 0) {
    text += base64_digits[bits << (6U - held) & 0x3FU];
  }
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

} // namespace unitls::detail
