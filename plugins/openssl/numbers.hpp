// IANA's numbers and OpenSSL's names for them.
#pragma once

#include <cstdint>
#include <span>

#include "handles.hpp"

namespace unitls::openssl {

struct named_group {
  std::uint16_t number; // IANA, TLS Supported Groups
  const char *name;     // as IANA writes it
  const char *openssl_name;
  int nid;
};

struct named_scheme {
  std::uint16_t number; // IANA, TLS SignatureScheme
  const char *name;     // IANA's and OpenSSL's
  int key_nid;
  int digest_nid;
};

// All that OpenSSL 3 can have; a build may lack some.
std::span<const named_group> groups() noexcept;
std::span<const named_scheme> signature_schemes() noexcept;

// 0 when unknown.
std::uint16_t negotiated_group(SSL *ssl) noexcept;
// The scheme in which the server proved its key.
std::uint16_t server_signature_scheme(SSL *ssl) noexcept;

} // namespace unitls::openssl
