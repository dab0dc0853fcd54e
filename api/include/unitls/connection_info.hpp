// unitls/connection_info.hpp: what a handshake has negotiated.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <unitls/credentials.hpp>
#include <unitls/loader.hpp>
#include <unitls/names.hpp>
#include <unitls/unitls.h>

namespace unitls {

// Unset: none was negotiated, or this backend cannot know.
struct connection_info {
  std::optional<unitls::version> version;
  std::optional<unitls::cipher_suite> cipher_suite;
  std::optional<unitls::group> group;
  // The scheme in which the server proved its key.
  std::optional<unitls::signature_scheme> signature_scheme;
  // The protocol chosen by ALPN; empty when none was.
  std::string alpn;
  // The SNI that the client sent; empty when none was.
  std::string server_name;
  bool resumed = false;
  // Told only by backends with the capability "fips".
  bool fips = false;

  friend bool operator==(const connection_info &, const connection_info &) = default;
};

namespace detail {

template <class Named>
std::optional<Named> named(std::uint16_t number) noexcept {
  return number != 0 ? std::optional(static_cast<Named>(number)) : std::nullopt;
}

// `call(&native)` is the C API's info.
template <class Call>
connection_info read_info(const Call &call) {
  unitls_info native{};
  native.struct_size = sizeof native;
  const unitls_status status = call(&native);
  if (status < 0) {
    throw error({to_status(status), "the connection's facts could not be read"});
  }
  return {.version = named<version>(native.version),
          .cipher_suite = named<cipher_suite>(native.cipher_suite),
          .group = named<group>(native.group),
          .signature_scheme = named<signature_scheme>(native.signature_scheme),
          .alpn = std::string(reinterpret_cast<const char *>(native.alpn), native.alpn_size),
          .server_name = native.server_name,
          .resumed = (native.flags & UNITLS_INFO_RESUMED) != 0,
          .fips = (native.flags & UNITLS_INFO_FIPS) != 0};
}

// `list(sink, user)` is the C API's peer_certificates or verified_certificates.
template <class List>
std::vector<certificate> read_certificates(const List &list) {
  std::vector<certificate> chain;
  const unitls_status status = collect<unitls_bytes>(
      list, [&chain](unitls_bytes der) { chain.push_back(certificate::from_der(as_span(der))); });
  if (status < 0) {
    throw error({to_status(status), "the peer's certificates could not be read"});
  }
  return chain;
}

} // namespace detail
} // namespace unitls
