#pragma once

#include "moment.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unitls::pki {

using Bytes = std::vector<std::uint8_t>;

enum class KeyType { p256, p384, p521, secp256k1, rsa1024, rsa2048, rsa3072, rsa4096, ed25519, ed448 };

enum class Digest { sha256, sha384, sha512, sha1, md5 };

/// The values are the bit numbers of RFC 5280, section 4.2.1.3.
enum class KeyUsage : int {
  digital_signature = 0,
  content_commitment = 1,
  key_encipherment = 2,
  data_encipherment = 3,
  key_agreement = 4,
  key_cert_sign = 5,
  crl_sign = 6,
  encipher_only = 7,
  decipher_only = 8,
};

/// A name of RFC 5280, section 4.2.1.6. An ip has 4 or 16 octets; in a name constraint the mask follows.
struct GeneralName {
  enum class Kind { dns, ip, uri, email };
  Kind kind;
  std::string octets;
};

struct NameConstraints {
  std::vector<GeneralName> permitted;
  std::vector<GeneralName> excluded;
  bool critical = true;
};

/// An extension whose value is written as it is, well formed or not.
struct RawExtension {
  std::string oid;
  bool critical = false;
  Bytes value;
};

/// How an issuer signs. An absent digest means SHA-256, or none where the key type brings its own.
struct SignatureChoice {
  std::optional<Digest> digest;
  bool pss = false;
  bool corrupt = false;
};

/// `location` is where the entry was read; messages begin with it. Members stand in the order of the language.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding)
struct CertificateDescription {
  std::string location;
  std::string id;
  std::string issuer;      ///< the id of an earlier certificate or authority, or "self"
  std::string common_name; ///< empty: an empty subject
  std::vector<GeneralName> subject_alt_names;
  bool subject_alt_names_critical = false;
  KeyType key_type = KeyType::p256;
  std::optional<std::string> key_of;
  std::optional<Bytes> serial; ///< absent: random
  Moment not_before = 0;
  Moment not_after = 0;
  SignatureChoice signature;
  int version = 3;
  bool ca = false;
  bool basic_constraints = true;
  bool basic_constraints_critical = true;
  std::optional<std::uint64_t> path_length;
  std::vector<KeyUsage> key_usage;
  bool key_usage_critical = true;
  std::vector<std::string> extended_key_usage; ///< dotted object identifiers
  bool extended_key_usage_critical = false;
  std::optional<NameConstraints> name_constraints;
  bool subject_key_identifier = true;
  bool authority_key_identifier = true;
  std::vector<RawExtension> extensions;
  bool with_intermediates = false; ///< the file also holds the issuers, up to but without the root
};

struct CrlDescription {
  std::string location;
  std::string id;
  std::string issuer;
  Moment this_update = 0;
  std::optional<Moment> next_update;
  std::uint64_t number = 1;
  std::vector<std::string> revoked;
  SignatureChoice signature;
  std::vector<RawExtension> extensions;
};

struct ChainDescription {
  std::string location;
  std::string id;
  std::vector<std::string> members;
};

/// An authority made earlier, read from its PEM files. Further certificates in the file are its intermediates.
struct AuthorityDescription {
  std::string location;
  std::string id;
  std::string certificate_file;
  std::string key_file;
};

struct Description {
  std::vector<AuthorityDescription> authorities;
  std::vector<CertificateDescription> certificates;
  std::vector<CrlDescription> crls;
  std::vector<ChainDescription> chains;
  bool der = false;
};

/// The names of the description language and of the command line. Each parser throws Failure with `where`.
[[nodiscard]] KeyType parse_key_type(std::string_view name, const std::string &where);
[[nodiscard]] Digest parse_digest(std::string_view name, const std::string &where);
[[nodiscard]] KeyUsage parse_key_usage(std::string_view name, const std::string &where);
[[nodiscard]] std::string parse_extended_key_usage(std::string_view name_or_oid, const std::string &where);
[[nodiscard]] std::string parse_oid(std::string_view oid, const std::string &where);
[[nodiscard]] std::string parse_id(std::string_view id, const std::string &where);
[[nodiscard]] std::string parse_common_name(std::string_view name, const std::string &where);
[[nodiscard]] Bytes parse_hexadecimal(std::string_view digits, const std::string &where);

/// Returns the octets of an IPv4 or IPv6 address, or nothing if the text is no address.
[[nodiscard]] std::optional<std::string> address_octets(const std::string &address);
/// Reads ADDRESS/BITS into address and mask octets.
[[nodiscard]] std::string parse_address_range(const std::string &range, const std::string &where);

/// What a key may be used for unless the description says otherwise.
[[nodiscard]] std::vector<KeyUsage> default_key_usage(bool ca);

/// Reads the JSON description language (see `unitls-pki make --help`). `source` names the text in messages;
/// `key_type` is for entries that name none, unless the text itself sets another one.
[[nodiscard]] Description parse_description(std::string_view text, const std::string &source, Moment now,
                                            KeyType key_type);

} // namespace unitls::pki
