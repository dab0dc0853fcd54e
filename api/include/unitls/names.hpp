// unitls/names.hpp: IANA's numbers as types, with their names both ways.
//
//     unitls::to_string(unitls::cipher_suite::TLS_AES_128_GCM_SHA256)   "TLS_AES_128_GCM_SHA256"
//     unitls::parse<unitls::group>("x25519")                            unitls::group::x25519
//
// A number that has no name here is written as "0x1234".
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include <unitls/iana.hpp>
#include <unitls/unitls.h>

namespace unitls {

// ProtocolVersion (RFC 8446, 4.1.2).
enum class version : std::uint16_t {
  tls1_2 = UNITLS_TLS_1_2,
  tls1_3 = UNITLS_TLS_1_3,
};

namespace detail {

inline std::string name_or_number(const char *name, std::uint16_t number) {
  if (name != nullptr) {
    return name;
  }
  constexpr char digits[] = "0123456789ABCDEF";
  std::string text = "0x";
  for (int shift = 12; shift >= 0; shift -= 4) {
    text += digits[(number >> shift) & 0xF];
  }
  return text;
}

} // namespace detail

inline std::string to_string(version value) {
  const auto number = static_cast<std::uint16_t>(value);
  return detail::name_or_number(::unitls_version_name(number), number);
}
inline std::string to_string(cipher_suite value) {
  const auto number = static_cast<std::uint16_t>(value);
  return detail::name_or_number(::unitls_cipher_suite_name(number), number);
}
inline std::string to_string(group value) {
  const auto number = static_cast<std::uint16_t>(value);
  return detail::name_or_number(::unitls_group_name(number), number);
}
inline std::string to_string(signature_scheme value) {
  const auto number = static_cast<std::uint16_t>(value);
  return detail::name_or_number(::unitls_signature_scheme_name(number), number);
}
inline std::string to_string(alert value) {
  const auto number = static_cast<std::uint16_t>(value);
  return detail::name_or_number(::unitls_alert_name(number), number);
}

inline std::ostream &operator<<(std::ostream &out, version value) {
  return out << to_string(value);
}
inline std::ostream &operator<<(std::ostream &out, cipher_suite value) {
  return out << to_string(value);
}
inline std::ostream &operator<<(std::ostream &out, group value) {
  return out << to_string(value);
}
inline std::ostream &operator<<(std::ostream &out, signature_scheme value) {
  return out << to_string(value);
}
inline std::ostream &operator<<(std::ostream &out, alert value) {
  return out << to_string(value);
}

// The value of a name, exactly as to_string writes it; nothing for an unknown one.
template <class Named>
std::optional<Named> parse(std::string_view name) = delete;

template <>
inline std::optional<version> parse(std::string_view name) {
  for (const auto value : {version::tls1_2, version::tls1_3}) {
    if (name == to_string(value)) {
      return value;
    }
  }
  return std::nullopt;
}

namespace detail {

template <class Named>
std::optional<Named> parse_with(std::uint16_t (*number_of)(const char *), std::string_view name) {
  const std::uint16_t number = number_of(std::string(name).c_str());
  return number != 0 ? std::optional(static_cast<Named>(number)) : std::nullopt;
}

} // namespace detail

template <>
inline std::optional<cipher_suite> parse(std::string_view name) {
  return detail::parse_with<cipher_suite>(&::unitls_cipher_suite_number, name);
}
template <>
inline std::optional<group> parse(std::string_view name) {
  return detail::parse_with<group>(&::unitls_group_number, name);
}
template <>
inline std::optional<signature_scheme> parse(std::string_view name) {
  return detail::parse_with<signature_scheme>(&::unitls_signature_scheme_number, name);
}

} // namespace unitls
