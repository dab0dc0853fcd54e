// unitls/plugin/name_match.hpp: the one matcher of names (RFC 9525).
//
// DNS names are compared with dNSName entries, IP addresses with iPAddress entries, never across, and never
// with the common name. A wildcard is the whole left-most label of an entry, stands for exactly one label,
// and needs two labels after it. Letters are compared without case, in ASCII. An entry with a NUL, a byte
// above 0x7F, a partial wildcard or a trailing dot matches nothing.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGIN_NAME_MATCH_HPP
#define UNITLS_PLUGIN_NAME_MATCH_HPP

#include <unitls/plugin/certificate.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace unitls::plugin {

// Whom the peer must be. Holds a view of the text that it was parsed from, which must outlive it.
class reference_name {
public:
  enum class kind : uint8_t { dns, ipv4, ipv6 };

  // Text that no certificate should ever be compared with gives an empty result, and `reason` (if given) says
  // why, as the end of a sentence that begins with the text: "ends with a dot".
  //
  //   DNS      labels of 1 to 63 letters, digits, hyphens and underscores (underscores because deployed host
  //            names have them), 253 bytes in all. Internationalized names are A-labels. A trailing dot is
  //            refused, as no library matches one; so is a last label that is a number, as it would read as
  //            an address.
  //   IPv4     four decimal numbers without leading zeros.
  //   IPv6     RFC 4291, 2.2; without brackets and without a zone.
  static std::optional<reference_name> parse(std::string_view text,
                                             std::string_view *reason = nullptr) noexcept;

  kind type() const noexcept { return kind_; }
  bool is_ip() const noexcept { return kind_ != kind::dns; }
  std::string_view text() const noexcept { return text_; }
  // 4 or 16 bytes in network order; empty for a DNS name.
  bytes address() const noexcept { return {address_.data(), address_size_}; }

private:
  explicit reference_name(std::string_view text) noexcept : text_(text) {}

  std::string_view text_;
  std::array<uint8_t, 16> address_{};
  uint8_t address_size_ = 0;
  kind kind_ = kind::dns;
};

// Whether the certificate is for this name.
bool matches(const reference_name &reference, const certificate &presented) noexcept;

// Whether it is for one of these names.
bool matches_any(std::span<const reference_name> references, const certificate &presented) noexcept;

// Whether one dNSName entry covers a DNS name.
bool dns_name_matches(std::string_view entry, std::string_view reference) noexcept;

// Whether this is an IPv4 or IPv6 address as reference_name takes it.
bool is_ip_literal(std::string_view text) noexcept;

// Whether this can be sent as SNI (RFC 6066, 3): a DNS name as reference_name takes it, not an address.
bool is_valid_server_name(std::string_view text) noexcept;

} // namespace unitls::plugin

#endif // UNITLS_PLUGIN_NAME_MATCH_HPP
