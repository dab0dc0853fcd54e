#include "credentials.hpp"

#include <optional>
#include <string_view>

#include <unitls/plugin/der.hpp>
#include <unitls/plugin/pem.hpp>

namespace unitls::plugin {
namespace {

std::string_view as_text(const unitls_blob &blob) noexcept {
  return {reinterpret_cast<const char *>(blob.data), blob.size};
}

bool is_certificate_label(std::string_view label) noexcept {
  return label == "CERTIFICATE" || label == "X509 CERTIFICATE";
}

bool is_crl_label(std::string_view label) noexcept {
  return label == "X509 CRL";
}

bool is_private_key_label(std::string_view label) noexcept {
  return label == "PRIVATE KEY" || label == "RSA PRIVATE KEY" || label == "EC PRIVATE KEY";
}

// Whether the bytes are one DER SEQUENCE and nothing after it: enough to tell a certificate or key from a text.
bool is_one_sequence(std::span<const std::uint8_t> der) noexcept {
  if (der.size() < 2 || der[0] != 0x30) {
    return false;
  }
  std::size_t length = der[1];
  std::size_t header = 2;
  if (length >= 0x80) {
    const std::size_t octets = length & 0x7f;
    if (octets == 0 || octets > 4 || der.size() < 2 + octets) {
      return false;
    }
    length = 0;
    for (std::size_t i = 0; i < octets; ++i) {
      length = length << 8 | der[2 + i];
    }
    header += octets;
  }
  return der.size() == header + length;
}

bool is_readable(const unitls_blob &blob, const std::string &field, const findings &found) {
  if (blob.reserved_0 != 0) {
    found.unsupported(field + ".reserved_0", "must be zero");
    return false;
  }
  if (blob.data == nullptr || blob.size == 0) {
    found.invalid(field, "is empty");
    return false;
  }
  if (blob.format == UNITLS_FORMAT_ID) {
    found.unsupported(field, "this backend resolves no identifiers");
    return false;
  }
  if (blob.format != UNITLS_FORMAT_PEM && blob.format != UNITLS_FORMAT_DER) {
    found.unsupported(field + ".format", "an unknown format");
    return false;
  }
  return true;
}

// What is looked for in a blob.
struct wanted_structure {
  bool (*is_label)(std::string_view label) noexcept;
  const char *noun;
};

// Hands over what the blob holds, at least one, as `take(secret_bytes, line)`.
template <class Take>
void for_each_structure(const unitls_blob &blob, const std::string &field, const findings &found,
                        const wanted_structure &wanted, Take take) {
  const std::string noun = wanted.noun;
  if (!is_readable(blob, field, found)) {
    return;
  }
  if (blob.format == UNITLS_FORMAT_DER) {
    if (!is_one_sequence({blob.data, blob.size})) {
      return found.invalid(field, "neither PEM nor a " + noun + " in DER");
    }
    return take(secret_bytes(blob.data, blob.data + blob.size), std::size_t{0});
  }
  bool has_any = false;
  pem_reader reader(as_text(blob));
  while (auto block = reader.next()) {
    if (!wanted.is_label(block->label)) {
      continue;
    }
    if (!is_one_sequence(block->der)) {
      return found.invalid(field, "line " + std::to_string(block->line) + ": not a " + noun);
    }
    has_any = true;
    take(std::move(block->der), block->line);
  }
  if (!reader.fault().empty()) {
    return found.invalid(field, reader.fault());
  }
  if (!has_any) {
    found.invalid(field, "holds no " + noun + " in PEM");
  }
}

constexpr wanted_structure wanted_certificate{is_certificate_label, "certificate"};
constexpr wanted_structure wanted_crl{is_crl_label, "revocation list"};

void read_structures(const unitls_blob &blob, const std::string &field, const findings &found,
                     const wanted_structure &wanted, std::vector<secret_bytes> &structures) {
  for_each_structure(blob, field, found, wanted,
                     [&](secret_bytes der, std::size_t) { structures.push_back(std::move(der)); });
}

constexpr const char *encrypted_key_in_pem = "the private key is encrypted; decrypt it first, for example: "
                                             "openssl pkey -in KEY -out PLAIN";
constexpr const char *encrypted_key_in_der = "the private key is encrypted; decrypt it first, for example: "
                                             "openssl pkey -inform DER -in KEY -out PLAIN";

// EncryptedPrivateKeyInfo (RFC 5958, 3) begins with an algorithm, every plain key with a version.
bool is_encrypted_key(std::span<const std::uint8_t> der) noexcept {
  const std::optional<der::reader> fields = der::only_sequence(der);
  return fields && fields->next_is(der::tag_sequence);
}

// Takes the key of a block that has one. False when it is of no use, which is a finding.
bool take_key(pem_block &block, const std::string &field, const findings &found, secret_bytes &key) {
  if (block.encrypted || block.label == "ENCRYPTED PRIVATE KEY") {
    found.unsupported(field, encrypted_key_in_pem);
    return false;
  }
  if (!is_private_key_label(block.label)) {
    return true;
  }
  if (!key.empty()) {
    found.invalid(field, "more than one private key is given");
    return false;
  }
  key = std::move(block.der);
  return true;
}

} // namespace

void read_certificates(const unitls_blob &blob, const std::string &field, const findings &found,
                       std::vector<secret_bytes> &certificates) {
  read_structures(blob, field, found, wanted_certificate, certificates);
}

std::vector<located_certificate> locate_certificates(const unitls_blob &blob, const std::string &field,
                                                     const findings &found) {
  std::vector<located_certificate> located;
  for_each_structure(blob, field, found, wanted_certificate, [&](secret_bytes der, std::size_t line) {
    located.push_back({std::move(der), line});
  });
  return located;
}

void read_revocation_lists(const unitls_blob &blob, const std::string &field, const findings &found,
                           std::vector<secret_bytes> &lists) {
  read_structures(blob, field, found, wanted_crl, lists);
}

void read_private_key(const unitls_blob &blob, const std::string &field, const findings &found,
                      secret_bytes &key) {
  if (!is_readable(blob, field, found)) {
    return;
  }
  if (blob.format == UNITLS_FORMAT_DER) {
    if (!is_one_sequence({blob.data, blob.size})) {
      return found.invalid(field, "neither PEM nor a private key in DER");
    }
    if (is_encrypted_key({blob.data, blob.size})) {
      return found.unsupported(field, encrypted_key_in_der);
    }
    key.assign(blob.data, blob.data + blob.size);
    return;
  }
  pem_reader reader(as_text(blob));
  while (auto block = reader.next()) {
    if (!take_key(*block, field, found, key)) {
      return;
    }
  }
  if (!reader.fault().empty()) {
    return found.invalid(field, reader.fault());
  }
  if (key.empty()) {
    found.invalid(field, "holds no private key in PEM");
  }
}

void find_private_key(std::span<const unitls_blob> certificates, const std::string &field,
                      const findings &found, secret_bytes &key) {
  for (const unitls_blob &blob : certificates) {
    if (blob.format != UNITLS_FORMAT_PEM || blob.data == nullptr) {
      continue;
    }
    pem_reader reader(as_text(blob));
    while (auto block = reader.next()) {
      if (!take_key(*block, field, found, key)) {
        return;
      }
    }
  }
  if (key.empty()) {
    found.invalid(field, "no private key is given, and none stands with the certificates");
  }
}

} // namespace unitls::plugin
