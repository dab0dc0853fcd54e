// unitls/plugin/crl.hpp: one certificate revocation list (RFC 5280, 5), read from DER.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGIN_CRL_HPP
#define UNITLS_PLUGIN_CRL_HPP

#include <unitls/plugin/algorithms.hpp>
#include <unitls/plugin/der.hpp>

#include <cstdint>
#include <optional>

namespace unitls::plugin {

// A list as views into the bytes that it was parsed from, which must outlive it.
struct revocation_list {
  bytes tbs;
  bytes issuer; // Name, with identifier and length
  bytes signature_algorithm;
  bytes signature;
  signature_class signature_kind;
  int64_t this_update = 0;
  std::optional<int64_t> next_update;
  // Of the list or of an entry. Such a list says something that is not understood here (delta, indirect,
  // limited to some certificates) and is not used.
  bool has_critical_extension = false;
  // Content of revokedCertificates.
  bytes entries;

  // Reads exactly one list that fills `input`. Empty: malformed.
  static std::optional<revocation_list> parse(bytes input) noexcept;

  // Whether a certificate of this issuer with this serial number (content of the INTEGER) is revoked. Time
  // grows with the length of the list.
  bool lists(bytes serial) const noexcept;
};

} // namespace unitls::plugin

#endif // UNITLS_PLUGIN_CRL_HPP
