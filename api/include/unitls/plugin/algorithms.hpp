// unitls/plugin/algorithms.hpp: which keys and signature algorithms are strong enough.
//
// The list is one for all backends: RSA from 2048 bits, P-256, P-384, P-521, Ed25519, Ed448; signatures by
// RSASSA-PKCS1-v1_5, RSASSA-PSS and ECDSA with SHA-256, SHA-384 or SHA-512, and by EdDSA.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGIN_ALGORITHMS_HPP
#define UNITLS_PLUGIN_ALGORITHMS_HPP

#include <unitls/plugin/der.hpp>

#include <cstdint>
#include <optional>

namespace unitls::plugin {

// `other` also holds RSASSA-PSS keys (RFC 4055, 1.2): not every library reads them.
enum class key_kind : uint8_t { other, rsa, ec, eddsa };

struct key_class {
  key_kind kind = key_kind::other;
  bool strong = false;
  // RSA: of the modulus. Others: 0.
  uint32_t bits = 0;
  // Whether a signature check with this key ends in reasonable time: RSA up to 16384 bits with a public
  // exponent of at most 64 bits. False makes the search treat its signatures as not holding.
  bool affordable = true;
};

struct signature_class {
  bool strong = false;
  bool eddsa = false;
};

// A SubjectPublicKeyInfo with identifier and length (RFC 5280, 4.1). Empty: malformed.
std::optional<key_class> classify_key(bytes spki) noexcept;

// An AlgorithmIdentifier with identifier and length. Empty: malformed. RSASSA-PSS is strong when its digest
// and the digest of its mask generation are.
std::optional<signature_class> classify_signature(bytes algorithm) noexcept;

} // namespace unitls::plugin

#endif // UNITLS_PLUGIN_ALGORITHMS_HPP
