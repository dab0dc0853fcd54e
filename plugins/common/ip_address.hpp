// Addresses in text, without asking the system.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGINS_COMMON_IP_ADDRESS_HPP
#define UNITLS_PLUGINS_COMMON_IP_ADDRESS_HPP

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <unitls/plugin/der.hpp>

namespace unitls::plugin {

// Four decimal numbers without leading zeros.
std::optional<std::array<uint8_t, 4>> parse_ipv4(std::string_view text) noexcept;

// RFC 4291, 2.2, in all three forms; no brackets, no zone.
std::optional<std::array<uint8_t, 16>> parse_ipv6(std::string_view text) noexcept;

// 4 or 16 octets, the latter in the form of RFC 5952; other sizes give an empty text. May throw std::bad_alloc.
std::string ip_address_text(bytes address);

} // namespace unitls::plugin

#endif // UNITLS_PLUGINS_COMMON_IP_ADDRESS_HPP
