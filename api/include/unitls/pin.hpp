// unitls/pin.hpp: pins of public keys (RFC 7469).
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

#include <unitls/detail/digits.hpp>
#include <unitls/error.hpp>

namespace unitls {

// The SHA-256 of a SubjectPublicKeyInfo (RFC 7469, 2.4).
class spki_pin {
public:
  static constexpr std::size_t size = 32;

  constexpr explicit spki_pin(std::span<const std::byte, size> digest) noexcept {
    for (std::size_t i = 0; i < size; ++i) {
      digest_[i] = digest[i];
    }
  }

  // 64 hexadecimal digits.
  static spki_pin from_hex(std::string_view text) {
    return detail::value_or_throw([&](error_info &failure) { return from_hex(text, failure); });
  }
  static std::optional<spki_pin> from_hex(std::string_view text, error_info &failure) {
    return made(detail::digest_from_hex(text), "a pin in hexadecimal has 64 digits and nothing else",
                failure);
  }

  // Base 64, also with "sha256/" before it, as to_string writes it.
  static spki_pin from_base64(std::string_view text) {
    return detail::value_or_throw([&](error_info &failure) { return from_base64(text, failure); });
  }
  static std::optional<spki_pin> from_base64(std::string_view text, error_info &failure) {
    if (text.starts_with(prefix)) {
      text.remove_prefix(prefix.size());
    }
    return made(detail::digest_from_base64(text),
                "a pin in base 64 has 43 digits and one '=', after \"sha256/\" or nothing", failure);
  }

  std::span<const std::byte, size> bytes() const noexcept { return digest_; }

  friend bool operator==(const spki_pin &, const spki_pin &) noexcept = default;
  friend std::string to_string(const spki_pin &pin) {
    return std::string(prefix) + detail::to_base64(pin.digest_);
  }
  friend std::ostream &operator<<(std::ostream &out, const spki_pin &pin) { return out << to_string(pin); }

private:
  static constexpr std::string_view prefix = "sha256/";

  static std::optional<spki_pin> made(const std::optional<detail::sha256_digest> &digest,
                                      std::string_view problem, error_info &failure) {
    failure.clear();
    if (!digest) {
      failure = error_info{status::invalid, problem, "pins"};
      return std::nullopt;
    }
    return spki_pin(*digest);
  }

  detail::sha256_digest digest_{};
};

} // namespace unitls
