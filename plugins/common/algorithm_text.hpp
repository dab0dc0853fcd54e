// Keys and signature algorithms as text, also those that verification refuses.
#pragma once

#include <cstdint>
#include <string>

#include <unitls/plugin/certificate.hpp>

namespace unitls::plugin {

struct key_text {
  std::string type; // "RSA", "EC secp256r1", "Ed25519", or an object identifier
  std::uint32_t bits = 0;
};

// Of a certificate's public key. May throw std::bad_alloc.
key_text describe_key(const certificate &source);

// An AlgorithmIdentifier with identifier and length: "RSA PKCS#1 SHA-256", "ECDSA SHA-384", or an object identifier.
// May throw std::bad_alloc.
std::string describe_signature_algorithm(bytes algorithm);

} // namespace unitls::plugin
