// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "path_flags.hpp"

namespace unitls::plugin {

namespace {

constexpr unitls_verify_flags flag_if(bool holds, unitls_verify_flags flag) noexcept {
  return holds ? flag : 0;
}

unitls_verify_flags date_flags(const certificate &entry, int64_t time) noexcept {
  return flag_if(time > entry.not_after, UNITLS_VERIFY_EXPIRED) |
         flag_if(time < entry.not_before, UNITLS_VERIFY_NOT_YET_VALID);
}

// An extended key usage binds on every certificate of the path, the anchor included.
bool is_for_purpose(const certificate &entry, purpose peer) noexcept {
  if (!entry.has_extended_key_usage)
    return true;
  return peer == purpose::server ? entry.allows_server_auth : entry.allows_client_auth;
}

// Nobody verifies the signature of an anchor, or of a self-issued top without an issuer.
bool is_signature_relied_on(const path &where, size_t index) noexcept {
  return index != where.top_index() || (!where.anchored && !where.top().self_issued());
}

// Every cipher suite in use has the leaf sign.
bool may_sign(const certificate &leaf) noexcept {
  return !leaf.key_usage || (*leaf.key_usage & key_usage_digital_signature) != 0;
}

// Below version 3 nothing says whether a certificate is a CA; only an administrator can, by trusting it.
bool is_ca(const certificate &issuer, bool is_anchor) noexcept {
  if (issuer.version < 3)
    return is_anchor;
  return issuer.is_ca && (!issuer.key_usage || (*issuer.key_usage & key_usage_key_cert_sign) != 0);
}

unitls_verify_flags issuer_flags(const path &where, size_t index) noexcept {
  const certificate &issuer = where[index];
  const bool is_anchor = where.anchored && index == where.top_index();
  const size_t intermediates_below = index - 1;
  return flag_if(!is_ca(issuer, is_anchor), UNITLS_VERIFY_BAD_CA) |
         flag_if(issuer.path_length && intermediates_below > *issuer.path_length, UNITLS_VERIFY_PATH_LENGTH);
}

unitls_verify_flags certificate_flags(const path &where, size_t index,
                                      const chain_question &question) noexcept {
  const certificate &entry = where[index];
  return date_flags(entry, question.time) | flag_if(!entry.key.strong, UNITLS_VERIFY_WEAK_KEY) |
         flag_if(is_signature_relied_on(where, index) && !entry.signature_kind.strong,
                 UNITLS_VERIFY_WEAK_ALGORITHM) |
         flag_if(!is_for_purpose(entry, question.peer), UNITLS_VERIFY_WRONG_PURPOSE) |
         flag_if(entry.has_unknown_critical_extension, UNITLS_VERIFY_UNKNOWN_CRITICAL_EXTENSION) |
         (index == 0 ? flag_if(!may_sign(entry), UNITLS_VERIFY_WRONG_PURPOSE) : issuer_flags(where, index));
}

} // namespace

unitls_verify_flags path_judge::flags(const path &where) {
  unitls_verify_flags found = 0;
  for (size_t index = 0; index < where.size(); ++index)
    found |= certificate_flags(where, index, question_);
  found |= flag_if(constraints_.violated(where), UNITLS_VERIFY_NAME_CONSTRAINT);
  if (question_.crls_asked && where.anchored)
    found |= revocation_.flags(where);
  return found;
}

} // namespace unitls::plugin
