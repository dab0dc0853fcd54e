// unitls/plugin/crl.hpp: one certificate revocation list (RFC 5280, 5), read from DER.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGIN_CRL_HPP
#define UNITLS_PLUGIN_CRL_HPP

#include <unitls/plugin/algorithms.hpp>
#include <unitls/plugin/der.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

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

// Lists with the bytes that they were read from. Immutable, shared by threads.
class revocation_set {
public:
  // Copies and parses lists, each one DER structure. `position` is the first malformed one; then there is none.
  static std::optional<revocation_set> create(std::span<const bytes> lists, size_t &position);
  revocation_set(revocation_set &&) = default;
  revocation_set &operator=(revocation_set &&) = default;
  revocation_set(const revocation_set &) = delete;
  revocation_set &operator=(const revocation_set &) = delete;

  std::span<const revocation_list> lists() const noexcept { return lists_; }

private:
  revocation_set() = default;

  std::vector<std::vector<uint8_t>> storage_;
  std::vector<revocation_list> lists_;
};

} // namespace unitls::plugin

#endif // UNITLS_PLUGIN_CRL_HPP
