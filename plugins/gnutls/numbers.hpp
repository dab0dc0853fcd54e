// IANA's numbers and GnuTLS's names for them.
#pragma once

#include <cstdint>
#include <span>

#include "handles.hpp"

namespace unitls::gnutls {

struct named_suite {
  std::uint16_t number; // IANA, TLS Cipher Suites
  const char *name;     // as IANA writes it, which is not how gnutls_cipher_suite_info does
};

struct named_group {
  std::uint16_t number; // IANA, TLS Supported Groups
  const char *name;     // as IANA writes it
  const char *gnutls_name;
};

struct named_scheme {
  std::uint16_t number; // IANA, TLS SignatureScheme
  const char *name;     // as IANA writes it
  gnutls_sign_algorithm_t algorithm;
  gnutls_sign_algorithm_t algorithm13; // the scheme's second name, where TLS 1.3 binds it to a curve
};

// All that GnuTLS can have and that uses certificates; a build may lack some.
std::span<const named_suite> cipher_suites() noexcept;
std::span<const named_group> groups() noexcept;
std::span<const named_scheme> signature_schemes() noexcept;

// Whether this build has it and the system's policy allows it, by default or on request.
bool has_cipher_suite(std::uint16_t number);
bool has_group(std::uint16_t number);
bool has_signature_scheme(std::uint16_t number);

// Null when it is none of the above.
const named_group *find_group(std::uint16_t number) noexcept;
const named_scheme *find_signature_scheme(std::uint16_t number) noexcept;

// 0 when unknown.
std::uint16_t negotiated_cipher_suite(gnutls_session_t session) noexcept;
std::uint16_t negotiated_group(gnutls_session_t session) noexcept;
// The scheme in which the server proved its key.
std::uint16_t server_signature_scheme(gnutls_session_t session) noexcept;

} // namespace unitls::gnutls
