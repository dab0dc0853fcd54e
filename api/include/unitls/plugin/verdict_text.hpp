// unitls/plugin/verdict_text.hpp: what a refused certificate becomes towards the peer (an alert) and towards
// a person (a sentence).
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGIN_VERDICT_TEXT_HPP
#define UNITLS_PLUGIN_VERDICT_TEXT_HPP

#include <unitls/plugin/name_match.hpp>
#include <unitls/plugin/presented_chain.hpp>
#include <unitls/types.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace unitls::plugin {

// The flag that stands for all of them where there is room for one. The order is fixed: malformed, unknown
// critical extension, chain too long, revoked, bad signature, self-signed, unknown issuer, bad CA, path
// length, name constraint, wrong purpose, weak algorithm, weak key, not yet valid, expired, name mismatch,
// pin mismatch, missing staple, revocation unknown, other. 0 for 0; UNITLS_VERIFY_OTHER when only unknown
// bits are set.
unitls_verify_flags first_flag(unitls_verify_flags flags) noexcept;

// AlertDescription (RFC 8446, 6.2) by first_flag(): certificate_revoked 44, unknown_ca 48,
// certificate_expired 45, bad_certificate 42. Meaningless for 0.
uint8_t alert_for(unitls_verify_flags flags) noexcept;

// What describe() names in its sentence. All of it is borrowed; all of it may be empty.
struct refusal {
  unitls_verify_flags flags = 0;
  // What was judged, leaf first (verdict::path).
  std::span<const unitls_bytes> path;
  const presented_chain *presented = nullptr;
  int64_t time = 0;
  std::span<const reference_name> names;
};

// One sentence for error.message, without a full stop and without the list of flags, about first_flag():
// `certificate of "expired.example" expired on 2026-01-01`. Names from certificates are escaped to printable
// ASCII and cut, so that the sentence fits UNITLS_ERROR_MESSAGE_SIZE. May throw std::bad_alloc.
std::string describe(const refusal &what);

// A name from a certificate or peer in printable ASCII: other bytes become \xHH, quotes and backslashes are
// escaped, and what is longer than `limit` ends in "...". May throw std::bad_alloc.
std::string escape(std::string_view text, size_t limit);

} // namespace unitls::plugin

#endif // UNITLS_PLUGIN_VERDICT_TEXT_HPP
