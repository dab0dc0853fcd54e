#include "algorithm_text.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include <unitls/plugin/object_identifier_text.hpp>

#include "algorithm_identifier.hpp"
#include "object_identifiers.hpp"

namespace unitls::plugin {
namespace {

// `bits` is the size of the curve's field, 0 where there is none.
struct known_name {
  bytes oid;
  std::string_view text;
  std::uint32_t bits = 0;
};

constexpr std::array<known_name, 10> keys{{
    {oid::rsa_encryption, "RSA"},
    {oid::rsassa_pss, "RSA-PSS"},
    {oid::dsa, "DSA"},
    {oid::ed25519, "Ed25519", 255},
    {oid::ed448, "Ed448", 448},
    {oid::x25519, "X25519", 255},
    {oid::x448, "X448", 448},
    {oid::ml_dsa_44, "ML-DSA-44"},
    {oid::ml_dsa_65, "ML-DSA-65"},
    {oid::ml_dsa_87, "ML-DSA-87"},
}};

constexpr std::array<known_name, 9> curves{{
    {oid::secp256r1, "secp256r1", 256},
    {oid::secp384r1, "secp384r1", 384},
    {oid::secp521r1, "secp521r1", 521},
    {oid::secp192r1, "secp192r1", 192},
    {oid::secp224r1, "secp224r1", 224},
    {oid::secp256k1, "secp256k1", 256},
    {oid::brainpool_p256r1, "brainpoolP256r1", 256},
    {oid::brainpool_p384r1, "brainpoolP384r1", 384},
    {oid::brainpool_p512r1, "brainpoolP512r1", 512},
}};

constexpr std::array<known_name, 18> signatures{{
    {oid::md5_with_rsa, "RSA PKCS#1 MD5"},
    {oid::sha1_with_rsa, "RSA PKCS#1 SHA-1"},
    {oid::sha224_with_rsa, "RSA PKCS#1 SHA-224"},
    {oid::sha256_with_rsa, "RSA PKCS#1 SHA-256"},
    {oid::sha384_with_rsa, "RSA PKCS#1 SHA-384"},
    {oid::sha512_with_rsa, "RSA PKCS#1 SHA-512"},
    {oid::ecdsa_with_sha1, "ECDSA SHA-1"},
    {oid::ecdsa_with_sha224, "ECDSA SHA-224"},
    {oid::ecdsa_with_sha256, "ECDSA SHA-256"},
    {oid::ecdsa_with_sha384, "ECDSA SHA-384"},
    {oid::ecdsa_with_sha512, "ECDSA SHA-512"},
    {oid::dsa_with_sha1, "DSA SHA-1"},
    {oid::dsa_with_sha256, "DSA SHA-256"},
    {oid::ed25519, "Ed25519"},
    {oid::ed448, "Ed448"},
    {oid::ml_dsa_44, "ML-DSA-44"},
    {oid::ml_dsa_65, "ML-DSA-65"},
    {oid::ml_dsa_87, "ML-DSA-87"},
}};

constexpr std::array<known_name, 5> digests{{
    {oid::sha1, "SHA-1"},
    {oid::sha224, "SHA-224"},
    {oid::sha256, "SHA-256"},
    {oid::sha384, "SHA-384"},
    {oid::sha512, "SHA-512"},
}};

const known_name *find(std::span<const known_name> names, bytes oid) noexcept {
  const auto found =
      std::ranges::find_if(names, [&](const known_name &known) { return equal(known.oid, oid); });
  return found == names.end() ? nullptr : &*found;
}

std::string in_dots(bytes oid) {
  const std::string dots = object_identifier_text(oid);
  return dots.empty() ? "malformed object identifier" : dots;
}

std::string name_of(std::span<const known_name> names, bytes oid) {
  const known_name *const known = find(names, oid);
  return known != nullptr ? std::string(known->text) : in_dots(oid);
}

key_text describe_elliptic_key(const std::optional<der::element> &parameters) {
  if (!parameters || parameters->tag != der::tag_oid) {
    return {"EC", 0}; // the curve is written out
  }
  const known_name *const curve = find(curves, parameters->content);
  return {"EC " + name_of(curves, parameters->content), curve != nullptr ? curve->bits : 0};
}

// RSASSA-PSS-params (RFC 4055, 3.1): an absent digest is SHA-1.
std::string pss_digest(const std::optional<der::element> &parameters) {
  der::reader fields(parameters ? parameters->content : bytes{});
  const auto tagged = fields.next(der::context_constructed(0));
  if (!tagged) {
    return "SHA-1";
  }
  const std::optional<algorithm_identifier> digest = read_algorithm(tagged->content);
  return digest ? name_of(digests, digest->oid) : "malformed digest";
}

} // namespace

key_text describe_key(const certificate &source) {
  std::optional<der::reader> fields = der::only_sequence(source.spki);
  const auto identifier = fields ? fields->next(der::tag_sequence) : std::nullopt;
  const auto algorithm = identifier ? read_algorithm(identifier->whole) : std::nullopt;
  if (!algorithm) {
    return {}; // not in a certificate that was parsed
  }
  if (equal(algorithm->oid, oid::ec_public_key)) {
    return describe_elliptic_key(algorithm->parameters);
  }
  const known_name *const known = find(keys, algorithm->oid);
  return {name_of(keys, algorithm->oid),
          known != nullptr && known->bits != 0 ? known->bits : source.key.bits};
}

std::string describe_signature_algorithm(bytes algorithm) {
  const std::optional<algorithm_identifier> identifier = read_algorithm(algorithm);
  if (!identifier) {
    return {}; // not in a certificate that was parsed
  }
  if (equal(identifier->oid, oid::rsassa_pss)) {
    return "RSA-PSS " + pss_digest(identifier->parameters);
  }
  return name_of(signatures, identifier->oid);
}

} // namespace unitls::plugin
