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

  bool operator==(const named_group &) const = default;
};

struct named_scheme {
  std::uint16_t number; // IANA, TLS SignatureScheme
  const char *name;     // IANA's and OpenSSL's
  int key_nid;
  int digest_nid;

  bool operator==(const named_scheme &) const = default;
};

// What this build of OpenSSL has, in its own order of preference. Suites that authenticate nobody or encrypt nothing,
// those that need a shared secret, and those for DSA, whose keys are refused, are not among them. May throw.
std::span<const SSL_CIPHER *const> cipher_suites();
std::span<const named_group> groups();
std::span<const named_scheme> signature_schemes();

// Null when this build lacks it. May throw.
const SSL_CIPHER *find_cipher_suite(std::uint16_t number);
const named_group *find_group(std::uint16_t number);
const named_scheme *find_signature_scheme(std::uint16_t number);

// 0 when unknown.
std::uint16_t negotiated_group(SSL *ssl) noexcept;
// The scheme in which the server proved its key.
std::uint16_t server_signature_scheme(SSL *ssl) noexcept;

} // namespace unitls::openssl
