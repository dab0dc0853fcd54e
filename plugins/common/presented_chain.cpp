// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <unitls/plugin/presented_chain.hpp>

#include <algorithm>

namespace unitls::plugin {

namespace {

// Most chains have no more, so that one allocation holds them; longer lists are only believed as they parse.
constexpr size_t usual_chain = 8;

bool is_key_known(const certificate &entry, library_abilities abilities) noexcept {
  return entry.key.kind != key_kind::other && (abilities.eddsa || entry.key.kind != key_kind::eddsa);
}

} // namespace

presented_chain::presented_chain(std::span<const unitls_bytes> entries, library_abilities abilities) {
  certificates_.reserve(std::min(entries.size(), usual_chain));
  for (const unitls_bytes &entry : entries) {
    const std::optional<certificate> parsed = certificate::parse(view(entry), &fault_);
    if (!parsed)
      break;
    certificates_.push_back(*parsed);
  }
  flags_ = judge(abilities);
}

unitls_verify_flags presented_chain::judge(library_abilities abilities) const noexcept {
  if (fault_ != malformation::none || certificates_.empty())
    return UNITLS_VERIFY_MALFORMED;
  const auto has_unknown_critical_extension = [&](const certificate &entry) {
    return entry.has_unknown_critical_extension ||
           (entry.name_constraints_critical && !abilities.critical_name_constraints);
  };
  if (std::any_of(certificates_.begin(), certificates_.end(), has_unknown_critical_extension))
    return UNITLS_VERIFY_UNKNOWN_CRITICAL_EXTENSION;
  const auto has_unknown_algorithm = [&](const certificate &entry) {
    return !is_key_known(entry, abilities) || (entry.signature_kind.eddsa && !abilities.eddsa);
  };
  if (std::any_of(certificates_.begin(), certificates_.end(), has_unknown_algorithm))
    return UNITLS_VERIFY_WEAK_ALGORITHM;
  return 0;
}

} // namespace unitls::plugin
