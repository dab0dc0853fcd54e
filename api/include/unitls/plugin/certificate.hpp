// unitls/plugin/certificate.hpp: one X.509 certificate (RFC 5280, 4), read from DER.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGIN_CERTIFICATE_HPP
#define UNITLS_PLUGIN_CERTIFICATE_HPP

#include <unitls/plugin/algorithms.hpp>
#include <unitls/plugin/der.hpp>
#include <unitls/plugin/general_names.hpp>

#include <cstdint>
#include <optional>

namespace unitls::plugin {

// Why bytes are not a certificate that is worth a look.
enum class malformation : uint8_t {
  none,
  encoding,           // not DER, truncated, or bytes follow
  version,            // not 1, 2 or 3
  fields,             // tbsCertificate lacks a field, repeats one, or has one more
  serial_number,      // empty or padded
  algorithm_mismatch, // inner and outer signature algorithm differ
  issuer,             // empty, or not a Name
  subject,            // not a Name
  validity,           // not the form of RFC 5280, or no such day
  public_key,         // not a SubjectPublicKeyInfo
  extensions,         // not Extensions, more than certificate::extensions_max, or below version 3
  repeated_extension,
  basic_constraints, // also a negative path length
  key_usage,
  extended_key_usage, // also an empty one
  subject_alt_name,   // also an empty one, or an address of other than 4 or 16 bytes
  name_constraints,   // also empty ones
  key_identifier,     // authorityKeyIdentifier or subjectKeyIdentifier
};

// What is wrong, as the end of a sentence that begins with "the certificate": "has an empty issuer name".
const char *describe(malformation what) noexcept;

// Bits of KeyUsage (RFC 5280, 4.2.1.3) as first_bits() gives them.
enum : uint8_t {
  key_usage_digital_signature = 0x80,
  key_usage_key_cert_sign = 0x04,
  key_usage_crl_sign = 0x02,
};

// A certificate as views into the bytes that it was parsed from, which must outlive it. Cheap to copy.
struct certificate {
  static constexpr size_t extensions_max = 64;

  bytes der;                 // all of it
  bytes tbs;                 // TBSCertificate: what is signed
  bytes issuer;              // Name, with identifier and length
  bytes subject;             // Name, with identifier and length
  bytes spki;                // SubjectPublicKeyInfo, with identifier and length
  bytes serial;              // content of the INTEGER
  bytes signature_algorithm; // AlgorithmIdentifier, with identifier and length
  bytes signature;           // octets of the BIT STRING
  key_class key;
  signature_class signature_kind;
  int64_t not_before = 0; // Unix seconds; valid at both ends
  int64_t not_after = 0;
  uint8_t version = 1;

  bool is_ca = false;                  // basicConstraints
  std::optional<uint32_t> path_length; // pathLenConstraint
  std::optional<uint8_t> key_usage;    // the first eight bits
  bool has_decipher_only = false;      // the ninth
  bool has_extended_key_usage = false;
  bool allows_server_auth = false; // id-kp-serverAuth is listed; anyExtendedKeyUsage does not count
  bool allows_client_auth = false;
  bool has_subject_alt_name = false;
  general_names subject_alt_name;
  bool has_name_constraints = false;
  bool name_constraints_critical = false;
  general_names permitted; // bases of the permitted subtrees
  general_names excluded;

  std::optional<bytes> subject_key_identifier;
  std::optional<bytes> authority_key_identifier; // keyIdentifier
  std::optional<bytes> authority_serial;         // authorityCertSerialNumber, content of the INTEGER
  std::optional<bytes> authority_issuer;         // first directoryName of authorityCertIssuer, a Name

  // A critical extension other than basicConstraints, keyUsage, extendedKeyUsage, subjectAltName and
  // nameConstraints.
  bool has_unknown_critical_extension = false;

  // Reads exactly one certificate that fills `input`. Empty: malformed, and `why` (if given) says how.
  static std::optional<certificate> parse(bytes input, malformation *why = nullptr) noexcept;

  bool self_issued() const noexcept { return equal(issuer, subject); }
  bool valid_at(int64_t time) const noexcept { return not_before <= time && time <= not_after; }
};

// Whether `issuer` may be the issuer of `subject` by name, compared byte for byte, and by those parts of the
// authority key identifier that both have. Says nothing about signatures.
bool may_have_issued(const certificate &issuer, const certificate &subject) noexcept;

} // namespace unitls::plugin

#endif // UNITLS_PLUGIN_CERTIFICATE_HPP
