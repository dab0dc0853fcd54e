// Revocation by CRLs (RFC 5280, 6.3).
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGINS_COMMON_REVOCATION_HPP
#define UNITLS_PLUGINS_COMMON_REVOCATION_HPP

#include "path.hpp"

#include <vector>

namespace unitls::plugin {

// Each certificate below the anchor is exactly one of good, revoked, unknown. A usable CRL is issued and
// signed by the certificate's issuer, whose keyUsage does not deny cRLSign, by a strong algorithm, and has no
// critical extension. Listed in a usable CRL is revoked, also when the CRL is out of date. Good needs a
// usable CRL with a nextUpdate that is in date. A CRL whose signature does not hold is as good as absent.
class revocation_check {
public:
  revocation_check(const chain_question &question, library_verifier &library) noexcept
      : question_(question), library_(library) {}

  // UNITLS_VERIFY_REVOKED and UNITLS_VERIFY_REVOCATION_UNKNOWN, of an anchored path.
  unitls_verify_flags flags(const path &where);

private:
  struct checked_signature {
    const revocation_list *list;
    bytes key;
    bool holds;
  };

  unitls_verify_flags flags(const certificate &subject, const certificate &issuer);
  bool is_usable(const revocation_list &list, const certificate &issuer);
  bool signature_holds(const revocation_list &list, const certificate &issuer);

  const chain_question &question_;
  library_verifier &library_;
  std::vector<checked_signature> checked_;
};

} // namespace unitls::plugin

#endif // UNITLS_PLUGINS_COMMON_REVOCATION_HPP
