// unitls/plugin/presented_chain.hpp: what the peer sent, parsed once, and the faults of the list itself.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGIN_PRESENTED_CHAIN_HPP
#define UNITLS_PLUGIN_PRESENTED_CHAIN_HPP

#include <unitls/plugin/certificate.hpp>
#include <unitls/types.h>

#include <cstddef>
#include <span>
#include <vector>

namespace unitls::plugin {

// What the library behind a backend can judge in presented certificates. What it cannot is refused here, so
// that an absent ability never accepts (capabilities "name-constraints" and "eddsa-certificates").
struct library_abilities {
  bool critical_name_constraints = true;
  bool eddsa = true;
};

// The certificates of a Certificate message (RFC 8446, 4.4.2), leaf first. Views: the entries must outlive
// it.
class presented_chain {
public:
  // May throw std::bad_alloc.
  explicit presented_chain(std::span<const unitls_bytes> entries, library_abilities abilities = {});

  // Faults that end the verification and stand alone: UNITLS_VERIFY_MALFORMED for an entry that is not well
  // formed (also an unused one) or for an empty list, else UNITLS_VERIFY_UNKNOWN_CRITICAL_EXTENSION, else
  // UNITLS_VERIFY_WEAK_ALGORITHM for a key that is not RSA, EC or EdDSA. 0: none of them.
  unitls_verify_flags flags() const noexcept { return flags_; }

  // All entries, or, when one is malformed, those before it.
  std::span<const certificate> certificates() const noexcept { return certificates_; }
  const certificate *leaf() const noexcept { return certificates_.empty() ? nullptr : certificates_.data(); }

  // How the entry after certificates() is malformed; none when all are well formed.
  malformation fault() const noexcept { return fault_; }

private:
  unitls_verify_flags judge(library_abilities abilities) const noexcept;

  std::vector<certificate> certificates_;
  malformation fault_ = malformation::none;
  unitls_verify_flags flags_ = 0;
};

} // namespace unitls::plugin

#endif // UNITLS_PLUGIN_PRESENTED_CHAIN_HPP
