// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "revocation.hpp"

#include <algorithm>

namespace unitls::plugin {

namespace {

bool is_in_date(const revocation_list &list, int64_t time) noexcept {
  return list.next_update && list.this_update <= time && time <= *list.next_update;
}

bool denies_crl_sign(const certificate &issuer) noexcept {
  return issuer.key_usage && (*issuer.key_usage & key_usage_crl_sign) == 0;
}

} // namespace

unitls_verify_flags revocation_check::flags(const path &where) {
  unitls_verify_flags found = 0;
  for (size_t i = 0; i < where.top_index(); ++i)
    found |= flags(where[i], where[i + 1]);
  return found;
}

unitls_verify_flags revocation_check::flags(const certificate &subject, const certificate &issuer) {
  bool good = false;
  for (const revocation_list &list : question_.crls) {
    if (!is_usable(list, issuer))
      continue;
    if (list.lists(subject.serial))
      return UNITLS_VERIFY_REVOKED;
    good = good || is_in_date(list, question_.time);
  }
  return good ? 0 : UNITLS_VERIFY_REVOCATION_UNKNOWN;
}

bool revocation_check::is_usable(const revocation_list &list, const certificate &issuer) {
  return equal(list.issuer, issuer.subject) && !list.has_critical_extension && !denies_crl_sign(issuer) &&
         list.signature_kind.strong && signature_holds(list, issuer);
}

bool revocation_check::signature_holds(const revocation_list &list, const certificate &issuer) {
  const auto known = std::find_if(checked_.begin(), checked_.end(), [&](const checked_signature &earlier) {
    return earlier.list == &list && equal(earlier.key, issuer.spki);
  });
  if (known != checked_.end())
    return known->holds;
  if (checked_.size() == limits::crl_signature_checks || !issuer.key.affordable)
    return false;
  const bool holds =
      library_.signature_holds({issuer.spki, list.signature_algorithm, list.tbs, list.signature});
  checked_.push_back({&list, issuer.spki, holds});
  return holds;
}

} // namespace unitls::plugin
