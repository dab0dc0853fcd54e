// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <unitls/plugin/algorithms.hpp>

#include "algorithm_identifier.hpp"
#include "object_identifiers.hpp"

#include <bit>

namespace unitls::plugin {

namespace {

constexpr uint32_t rsa_bits_min = 2048;
constexpr uint32_t rsa_bits_affordable = 16384;
constexpr uint32_t rsa_exponent_bits_affordable = 64;

// The number of significant bits of a positive INTEGER. Empty: zero, negative or padded.
std::optional<uint32_t> positive_bits(const std::optional<der::element> &number) noexcept {
  if (!number || !der::is_integer(number->content) || number->content[0] >= 0x80)
    return std::nullopt;
  bytes octets = number->content;
  if (octets[0] == 0)
    octets = octets.subspan(1);
  if (octets.empty() || octets.size() > UINT32_MAX / 8)
    return std::nullopt;
  const auto leading = static_cast<size_t>(std::bit_width(octets[0]));
  return static_cast<uint32_t>((octets.size() - 1) * 8 + leading);
}

// RSAPublicKey (RFC 8017, A.1.1).
std::optional<key_class> classify_rsa(bytes key) noexcept {
  std::optional<der::reader> fields = der::only_sequence(key);
  if (!fields)
    return std::nullopt;
  const std::optional<uint32_t> modulus = positive_bits(fields->next(der::tag_integer));
  const std::optional<uint32_t> exponent = positive_bits(fields->next(der::tag_integer));
  if (!modulus || !exponent || !fields->at_end())
    return std::nullopt;
  const bool affordable = *modulus <= rsa_bits_affordable && *exponent <= rsa_exponent_bits_affordable;
  return key_class{key_kind::rsa, *modulus >= rsa_bits_min, *modulus, affordable};
}

// Curves that are written out instead of named are never on the list.
bool is_strong_curve(const std::optional<der::element> &parameters) noexcept {
  if (!parameters || parameters->tag != der::tag_oid)
    return false;
  const bytes curve = parameters->content;
  return equal(curve, oid::secp256r1) || equal(curve, oid::secp384r1) || equal(curve, oid::secp521r1);
}

bool is_strong_digest(bytes digest) noexcept {
  return equal(digest, oid::sha256) || equal(digest, oid::sha384) || equal(digest, oid::sha512);
}

bool is_strong_digest_algorithm(bytes algorithm) noexcept {
  const std::optional<algorithm_identifier> digest = read_algorithm(algorithm);
  return digest && is_strong_digest(digest->oid);
}

bool is_strong_mask_generation(bytes algorithm) noexcept {
  const std::optional<algorithm_identifier> function = read_algorithm(algorithm);
  return function && equal(function->oid, oid::mgf1) && function->parameters &&
         is_strong_digest_algorithm(function->parameters->whole);
}

// RSASSA-PSS-params (RFC 4055, 3.1). A missing digest or mask generation means SHA-1, which is weak.
bool is_strong_pss(const std::optional<der::element> &parameters) noexcept {
  if (!parameters || parameters->tag != der::tag_sequence)
    return false;
  der::reader fields(parameters->content);
  const std::optional<der::element> digest = fields.next(der::context_constructed(0));
  const std::optional<der::element> mask = fields.next(der::context_constructed(1));
  return digest && mask && is_strong_digest_algorithm(digest->content) &&
         is_strong_mask_generation(mask->content);
}

bool is_strong_rsa_or_ecdsa(bytes algorithm) noexcept {
  return equal(algorithm, oid::sha256_with_rsa) || equal(algorithm, oid::sha384_with_rsa) ||
         equal(algorithm, oid::sha512_with_rsa) || equal(algorithm, oid::ecdsa_with_sha256) ||
         equal(algorithm, oid::ecdsa_with_sha384) || equal(algorithm, oid::ecdsa_with_sha512);
}

bool is_eddsa(bytes algorithm) noexcept {
  return equal(algorithm, oid::ed25519) || equal(algorithm, oid::ed448);
}

} // namespace

std::optional<key_class> classify_key(bytes spki) noexcept {
  std::optional<der::reader> fields = der::only_sequence(spki);
  if (!fields)
    return std::nullopt;
  const std::optional<der::element> identifier = fields->next(der::tag_sequence);
  const std::optional<der::element> key_bits = fields->next(der::tag_bit_string);
  if (!identifier || !key_bits || !fields->at_end())
    return std::nullopt;
  const std::optional<algorithm_identifier> algorithm =
      read_algorithm_fields(der::reader(identifier->content));
  const std::optional<bytes> key = der::octets_of_bit_string(key_bits->content);
  if (!algorithm || !key)
    return std::nullopt;
  if (equal(algorithm->oid, oid::rsa_encryption))
    return classify_rsa(*key);
  if (equal(algorithm->oid, oid::ec_public_key))
    return key_class{key_kind::ec, is_strong_curve(algorithm->parameters)};
  if (is_eddsa(algorithm->oid))
    return key_class{key_kind::eddsa, true};
  return key_class{};
}

std::optional<signature_class> classify_signature(bytes algorithm) noexcept {
  const std::optional<algorithm_identifier> identifier = read_algorithm(algorithm);
  if (!identifier)
    return std::nullopt;
  if (is_eddsa(identifier->oid))
    return signature_class{true, true};
  if (equal(identifier->oid, oid::rsassa_pss))
    return signature_class{is_strong_pss(identifier->parameters), false};
  return signature_class{is_strong_rsa_or_ecdsa(identifier->oid), false};
}

} // namespace unitls::plugin
