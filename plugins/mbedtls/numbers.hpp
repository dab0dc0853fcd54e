// IANA's numbers and mbedTLS's names for them.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <mbedtls/ecp.h>
#include <mbedtls/md.h>

namespace unitls::mbedtls {

struct named_group {
  std::uint16_t number;       // IANA, TLS Supported Groups
  const char *name;           // as IANA writes it
  mbedtls_ecp_group_id curve; // none for finite fields
  bool tls13_only;            // in mbedTLS
};

struct named_scheme {
  std::uint16_t number; // IANA, TLS SignatureScheme
  const char *name;
  mbedtls_md_type_t digest;
  bool tls13_only; // in mbedTLS
};

// All that mbedTLS can have; a build may lack some.
std::span<const named_group> groups() noexcept;
std::span<const named_scheme> signature_schemes() noexcept;

// Null for a number that stands in no table.
const named_group *find_group(std::uint16_t number) noexcept;
const named_scheme *find_signature_scheme(std::uint16_t number) noexcept;

// What this build has, and a configuration can use.
bool has_cipher_suite(std::uint16_t number);
bool has_group(std::uint16_t number);
bool has_signature_scheme(std::uint16_t number);

// IANA's name of a cipher suite that mbedTLS calls `name`. Throws std::bad_alloc.
std::string cipher_suite_name(const char *name);

} // namespace unitls::mbedtls
