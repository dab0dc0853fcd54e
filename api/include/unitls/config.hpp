// unitls/config.hpp: what a client, a server and one connection want. Plain values with designated initialisers:
//
//     unitls::client_config{.min_version = unitls::version::tls1_3, .alpn = {"h2", "http/1.1"}}
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <unitls/credentials.hpp>
#include <unitls/names.hpp>
#include <unitls/pin.hpp>
#include <unitls/unitls.h>
#include <unitls/verify.hpp>

namespace unitls {

// A setting that only one library knows: {"openssl.seclevel", "3"}.
struct option {
  std::string name;
  std::string value;

  friend bool operator==(const option &, const option &) = default;
};

// What a server asks of its clients (RFC 8446, 4.3.2).
enum class client_auth : std::uint32_t {
  none = UNITLS_CLIENT_AUTH_NONE,
  request = UNITLS_CLIENT_AUTH_REQUEST,
  require = UNITLS_CLIENT_AUTH_REQUIRE,
};

// The default is safe: TLS 1.2 and newer, the system's trust, everything verified.
//
// Lists of suites, groups and schemes are in order of preference. An empty one is the library's own default; any other
// is exact, or creating a context fails with status::unsupported.
struct client_config {
  // Unset: TLS 1.2.
  std::optional<version> min_version{};
  // Unset: the highest that the backend has.
  std::optional<version> max_version{};
  // Unset: the system's store.
  std::optional<trust_store> trust{};
  // Presented when a server asks for a certificate.
  std::optional<unitls::identity> identity{};
  // Protocol names in order of preference (RFC 7301).
  std::vector<std::string> alpn{};
  // "cipher-suites", "groups" and "signature-schemes" are the capabilities.
  std::vector<cipher_suite> tls12_cipher_suites{};
  std::vector<cipher_suite> tls13_cipher_suites{};
  std::vector<group> groups{};
  std::vector<signature_scheme> signature_schemes{};
  std::vector<option> options{};
  // Not empty: every certificate of the server's path below its anchor needs a list, and must not be on it. "crl".
  std::vector<revocation_list> crls{};
  std::optional<unitls::verify_callback> verify_callback{};
  // Not empty: the verified path must have one of these keys.
  std::vector<spki_pin> pins{};

  friend bool operator==(const client_config &, const client_config &) = default;
};

struct server_config {
  std::optional<version> min_version{};
  std::optional<version> max_version{};
  unitls::client_auth client_auth = unitls::client_auth::none;
  // The clients' anchors, needed when client_auth asks for certificates.
  std::optional<trust_store> trust{};
  // At least one. The first is presented to clients whose server name fits none.
  std::vector<identity> identities{};
  // A client whose server name fits no identity is refused with unrecognized_name (RFC 6066, 3).
  bool strict_sni = false;
  std::vector<std::string> alpn{};
  std::vector<cipher_suite> tls12_cipher_suites{};
  std::vector<cipher_suite> tls13_cipher_suites{};
  std::vector<group> groups{};
  std::vector<signature_scheme> signature_schemes{};
  std::vector<option> options{};
  // About clients' certificates, and so is the callback.
  std::vector<revocation_list> crls{};
  std::optional<unitls::verify_callback> verify_callback{};

  friend bool operator==(const server_config &, const server_config &) = default;
};

// What one connection needs beyond its context.
struct session_config {
  // Sent as SNI (RFC 6066, 3): a host name, never an IP address. Unset: none is sent.
  std::optional<std::string> server_name{};
  // The peer must be one of these: DNS names or IP addresses (RFC 9525). A client needs at least one.
  std::vector<std::string> reference_names{};
  // For verify_request::user(). Not touched; it is the program's to keep.
  void *user = nullptr;

  // What a client wants of `host`: SNI, unless it is an IP address, and the reference name.
  static session_config for_host(std::string_view host);

  friend bool operator==(const session_config &, const session_config &) = default;
};

namespace detail {

// No host name holds a colon, and none is made of digits and dots alone.
inline bool is_ip_address(std::string_view host) noexcept {
  return host.find(':') != std::string_view::npos ||
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

} // namespace detail

inline session_config session_config::for_host(std::string_view host) {
  session_config config;
  config.reference_names.emplace_back(host);
  if (!detail::is_ip_address(host)) {
    config.server_name = std::string(host);
  }
  return config;
}

} // namespace unitls
