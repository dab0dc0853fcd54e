// What stands in a certificate: U-09, U-62.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "case.hpp"
#include "certificates.hpp"
#include "chain_question.hpp"
#include "configuration.hpp"
#include "expect.hpp"
#include "plugin_access.hpp"
#include "sha256.hpp"
#include "watch.hpp"

namespace unitls::conformance {
namespace {

using octets = std::vector<std::uint8_t>;

struct told_name {
  std::uint32_t form = 0;
  std::string text;
  bool operator==(const told_name &) const = default;
};

// The facts, as values.
struct told_facts {
  unitls_certificate_facts plain{}; // its pointers are dead
  std::string subject;
  std::string issuer;
  std::string key_type;
  std::string signature_algorithm;
  octets serial_number;
  std::vector<told_name> names;
  octets der;
  octets sha256;
  octets public_key;
  octets public_key_sha256;
};

octets copy_of(unitls_bytes bytes) {
  return {bytes.data, bytes.data + bytes.size};
}

unitls_status UNITLS_CALL keep(void *user, const unitls_certificate_facts *facts) {
  expect("U-62", "the facts' size", facts->struct_size >= sizeof *facts, "that of their struct or more",
         std::to_string(facts->struct_size));
  told_facts told{*facts,
                  facts->subject,
                  facts->issuer,
                  facts->key_type,
                  facts->signature_algorithm,
                  copy_of(facts->serial_number),
                  {},
                  copy_of(facts->der),
                  copy_of(facts->sha256),
                  copy_of(facts->public_key),
                  copy_of(facts->public_key_sha256)};
  for (std::size_t i = 0; i < facts->subject_alt_name_count; ++i) {
    told.names.push_back({facts->subject_alt_names[i].form, facts->subject_alt_names[i].text});
  }
  static_cast<std::vector<told_facts> *>(user)->push_back(std::move(told));
  return UNITLS_OK;
}

struct reading {
  unitls_status status = UNITLS_OK;
  unitls_error error = no_error();
  std::vector<told_facts> certificates;
};

// Reads twice, the second time without an error struct.
reading read(const unitls_blob &blob) {
  const auto &functions = extension<unitls_certificate_info>(certificate_info_id);
  reading result;
  result.status = functions.read(plugin().table, &blob, keep, &result.certificates, &result.error);
  expect_status("U-08", "read: status in the error", result.error.status, result.status);
  expect("U-08", "read: message in the error", (result.status < 0) == (result.error.message[0] != '\0'),
         "a sentence with a failure", result.error.message);
  std::vector<told_facts> again;
  expect_status("U-07", "read without an error struct",
                functions.read(plugin().table, &blob, keep, &again, nullptr), result.status);
  return result;
}

told_facts facts_of(const std::string &stem) {
  const reading result = read(pem(certificate_text(stem + ".pem")));
  require("U-62", "read", result.status == UNITLS_OK && result.certificates.size() == 1, "one certificate",
          status_text(result.status) + ": " + result.error.message);
  return result.certificates.front();
}

void expect_bit(const told_facts &told, std::uint32_t bit, const char *what, bool is_set) {
  expect_equal("U-62", what, (told.plain.flags & bit) != 0, is_set);
}

UNITLS_CASE("certificate-info/leaf", "A leaf's facts are those that it was made of", "U-62",
            needs(certificate_info_id)) {
  const told_facts told = facts_of("told");
  expect_equal("U-62", "version", told.plain.version, 3U);
  expect_equal("U-62", "subject", told.subject, "CN=told.example");
  expect_equal("U-62", "issuer", told.issuer, "CN=Told\\, \\\"authority\\\" \\+ more");
  expect_equal("U-62", "notBefore", told.plain.not_before, std::int64_t{1614834367});
  expect_equal("U-62", "notAfter", told.plain.not_after, std::int64_t{2879906587});
  expect_equal("U-62", "key type", told.key_type, "EC secp256r1");
  expect_equal("U-62", "bits of the key", told.plain.key_bits, 256U);
  expect_equal("U-62", "signature algorithm", told.signature_algorithm, "ECDSA SHA-256");
  const octets serial = {0x00, 0xc0, 0xff, 0xee, 0x0b, 0xad, 0xca, 0xfe}; // an INTEGER that is positive
  expect("U-62", "serial number", told.serial_number == serial, "00c0ffee0badcafe", "another one");
  expect_bit(told, UNITLS_CERTIFICATE_IS_CA, "is an authority", false);
  expect_bit(told, UNITLS_CERTIFICATE_HAS_PATH_LENGTH, "has a path length", false);
  expect_bit(told, UNITLS_CERTIFICATE_HAS_KEY_USAGE, "has a key usage", true);
  expect_bit(told, UNITLS_CERTIFICATE_HAS_EXTENDED_KEY_USAGE, "has an extended key usage", true);
  expect_bit(told, UNITLS_CERTIFICATE_FOR_SERVERS, "is for servers", true);
  expect_bit(told, UNITLS_CERTIFICATE_FOR_CLIENTS, "is for clients", false);
  expect_bit(told, UNITLS_CERTIFICATE_IS_SELF_ISSUED, "is self-issued", false);
  expect_bit(told, UNITLS_CERTIFICATE_HAS_UNKNOWN_CRITICAL_EXTENSION, "has an unknown critical extension",
             false);
  constexpr std::uint32_t key_agreement = 1 << 4;
  expect_equal("U-62", "key usage", told.plain.key_usage,
               std::uint32_t{UNITLS_KEY_USAGE_DIGITAL_SIGNATURE} | key_agreement);
}

UNITLS_CASE("certificate-info/names", "Every alternative name is told, and none with what cannot be printed",
            "U-62", needs(certificate_info_id)) {
  const told_facts told = facts_of("told");
  const auto has = [&](std::uint32_t form, const std::string &text) {
    expect("U-62", "the alternative names",
           std::find(told.names.begin(), told.names.end(), told_name{form, text}) != told.names.end(), text,
           "without it");
  };
  expect_equal("U-62", "alternative names", told.names.size(), std::size_t{7});
  has(UNITLS_NAME_DNS, "told.example");
  has(UNITLS_NAME_DNS, "*.told.example");
  has(UNITLS_NAME_IP_ADDRESS, "192.0.2.7");
  has(UNITLS_NAME_IP_ADDRESS, "2001:db8::1");
  has(UNITLS_NAME_URI, "https://told.example/");
  has(UNITLS_NAME_EMAIL, "who@told.example");
  for (const told_name &each : told.names) {
    expect("U-62", "an alternative name",
           std::all_of(each.text.begin(), each.text.end(), [](char c) { return c >= ' ' && c < 0x7f; }),
           "printable", printable(each.text));
    expect("U-62", "the name with a NUL", each.text != "nul", "told whole", "cut at the NUL");
  }
}

UNITLS_CASE("certificate-info/authority", "An authority's facts are those that it was made of", "U-62",
            needs(certificate_info_id)) {
  const told_facts told = facts_of("told-ca");
  expect_equal("U-62", "issuer", told.issuer, told.subject);
  expect_equal("U-62", "key type", told.key_type, "EC secp384r1");
  expect_equal("U-62", "bits of the key", told.plain.key_bits, 384U);
  expect_equal("U-62", "path length", told.plain.path_length, 2U);
  expect("U-62", "serial number", told.serial_number == octets{0x7f, 0x01}, "7f01", "another one");
  expect_bit(told, UNITLS_CERTIFICATE_IS_CA, "is an authority", true);
  expect_bit(told, UNITLS_CERTIFICATE_HAS_PATH_LENGTH, "has a path length", true);
  expect_bit(told, UNITLS_CERTIFICATE_IS_SELF_ISSUED, "is self-issued", true);
  expect_bit(told, UNITLS_CERTIFICATE_HAS_EXTENDED_KEY_USAGE, "has an extended key usage", false);
  expect_equal("U-62", "key usage", told.plain.key_usage,
               std::uint32_t{UNITLS_KEY_USAGE_KEY_CERT_SIGN | UNITLS_KEY_USAGE_CRL_SIGN});
}

UNITLS_CASE("certificate-info/algorithms", "Keys and signatures are told by their kinds", "U-62",
            needs(certificate_info_id)) {
  struct kind {
    const char *stem;
    const char *key_type;
    std::uint32_t bits;
    const char *signature_algorithm;
  };
  for (const kind &each : {kind{"told-rsa", "RSA", 3072, "ECDSA SHA-512"},
                           {"told-below-rsa", "EC secp521r1", 521, "RSA PKCS#1 SHA-256"},
                           {"told-below-rsa-pss", "EC secp256r1", 256, nullptr},
                           {"told-ed25519", "Ed25519", 256, "ECDSA SHA-256"},
                           {"scheme-ed25519", "Ed25519", 256, "Ed25519"}}) {
    const during what(each.stem);
    const told_facts told = facts_of(each.stem);
    expect_equal("U-62", "key type", told.key_type, each.key_type);
    if (each.signature_algorithm != nullptr) {
      expect_equal("U-62", "signature algorithm", told.signature_algorithm, each.signature_algorithm);
    } else { // the header does not spell it out
      expect("U-62", "signature algorithm", told.signature_algorithm.find("PSS") != std::string::npos,
             "one with PSS", told.signature_algorithm);
    }
    if (told.key_type != "Ed25519") { // whose size needs no telling
      expect_equal("U-62", "bits of the key", told.plain.key_bits, each.bits);
    }
  }
}

UNITLS_CASE("certificate-info/bytes", "The certificate, its key and their SHA-256 are told as they are",
            "U-62", needs(certificate_info_id)) {
  for (const char *const stem : {"told", "told-rsa", "told-ed25519", "told-version-1", "ca"}) {
    const during what(stem);
    const told_facts told = facts_of(stem);
    const octets whole = certificates_in(certificate_text(std::string(stem) + ".pem")).front();
    expect("U-62", "the DER", told.der == whole, "the certificate's", "another one");
    expect("U-62", "its SHA-256", told.sha256 == sha256(whole), "the digest of the DER", "another one");
    expect("U-62", "the public key",
           !told.public_key.empty() && std::search(whole.begin(), whole.end(), told.public_key.begin(),
                                                   told.public_key.end()) != whole.end(),
           "a part of the certificate", "something else");
    expect("U-62", "the key's SHA-256", told.public_key_sha256 == sha256(told.public_key),
           "the digest of the key", "another one");
  }
  expect("U-62", "two certificates of one key",
         facts_of("told").public_key == facts_of("told-key-again").public_key, "the same key",
         "different keys");
  expect("U-62", "certificates of different keys",
         facts_of("told").public_key != facts_of("told-ca").public_key, "different keys", "the same key");
}

UNITLS_CASE("certificate-info/oddities", "Version 1 and unknown critical extensions are told, not judged",
            "U-62", needs(certificate_info_id)) {
  const told_facts old = facts_of("told-version-1");
  expect_equal("U-62", "version", old.plain.version, 1U);
  expect_bit(old, UNITLS_CERTIFICATE_HAS_KEY_USAGE, "has a key usage", false);
  expect_bit(facts_of("told-critical"), UNITLS_CERTIFICATE_HAS_UNKNOWN_CRITICAL_EXTENSION,
             "has an unknown critical extension", true);
  expect_equal("U-62", "notAfter of an expired one", facts_of("client-expired").plain.not_after > 0, true);
}

UNITLS_CASE("certificate-info/several", "Every certificate of a PEM text is told, in its order", "U-62",
            needs(certificate_info_id)) {
  const std::string text = "First comes one.\n" + certificate_text("told.pem") +
                           certificate_text("told.key") + certificate_text("told-ca.pem") +
                           certificate_text("server.pem");
  const reading result = read(pem(text));
  expect_status("U-62", "read", result.status, UNITLS_OK);
  std::vector<octets> told;
  for (const told_facts &each : result.certificates) {
    told.push_back(each.der);
  }
  expect("U-62", "the certificates", told == certificates_in(text), "those of the text",
         std::to_string(told.size()) + ", not the same");
  const reading one = read(der(told.at(0)));
  expect_equal("U-62", "certificates of a DER blob", one.certificates.size(), std::size_t{1});
}

UNITLS_CASE("certificate-info/sink-stops", "A sink's answer ends the telling and comes back", "U-62",
            needs(certificate_info_id)) {
  constexpr unitls_status stop = -4242;
  const auto refuse = [](void *user, const unitls_certificate_facts *) -> unitls_status {
    ++*static_cast<int *>(user);
    return stop;
  };
  const unitls_blob blob = pem(certificate_text("server.pem"));
  int calls = 0;
  expect_status("U-62", "read",
                extension<unitls_certificate_info>(certificate_info_id)
                    .read(plugin().table, &blob, refuse, &calls, nullptr),
                stop);
  expect_equal("U-62", "calls of the sink", calls, 1);
}

void expect_malformed(const std::string &what, const unitls_blob &blob) {
  const reading result = read(blob);
  expect_status("U-62", what, result.status, UNITLS_E_INVALID);
  expect("U-62", what + ": field", std::string_view(result.error.field).starts_with("certificate"),
         "certificate", result.error.field);
}

UNITLS_CASE("certificate-info/malformed", "What is no certificate is wrong, and how is told", "U-09 U-62",
            needs(certificate_info_id)) {
  const octets whole = certificates_in(certificate_text("told.pem")).front();
  const octets cut(whole.begin(), std::prev(whole.end()));
  octets longer = whole;
  longer.push_back(0);
  octets other_version = whole;
  const octets version_3 = {0xa0, 0x03, 0x02, 0x01, 0x02};
  const auto version =
      std::search(other_version.begin(), other_version.end(), version_3.begin(), version_3.end());
  require("U-62", "the version of a certificate", version != other_version.end(), "there", "absent");
  *(version + 4) = 7;
  const octets empty_sequence = {0x30, 0x00};
  const octets text = {'h', 'e', 'l', 'l', 'o'};
  expect_malformed("a cut one", der(cut));
  expect_malformed("one with a byte behind", der(longer));
  expect_malformed("one of version 8", der(other_version));
  expect_malformed("an empty sequence", der(empty_sequence));
  expect_malformed("a text", der(text));
  expect_malformed("a PEM text without a certificate", pem(certificate_text("told.key")));
  const std::string garbage =
      certificate_text("told.pem") + "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n";
  expect_malformed("garbage behind a certificate", pem(garbage));
  const std::string unended = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n";
  expect_malformed("a PEM text without an end", pem(unended));
  expect_malformed("nothing", {UNITLS_FORMAT_DER, 0, nullptr, 0});
}

UNITLS_CASE("certificate-info/every-byte", "A certificate that is cut anywhere is wrong, and nothing worse",
            "U-06 U-62", needs(certificate_info_id)) {
  const octets whole = certificates_in(certificate_text("told.pem")).front();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const during what(std::to_string(size) + " bytes");
    const octets cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    expect_status("U-62", "read", read(der(cut)).status, UNITLS_E_INVALID);
  }
}

UNITLS_CASE("certificate-info/format", "An unknown format is refused as not possible", "U-04",
            needs(certificate_info_id)) {
  unitls_blob blob = pem(certificate_text("told.pem"));
  blob.format = 99;
  expect_status("U-04", "read", read(blob).status, UNITLS_E_UNSUPPORTED);
}

} // namespace
} // namespace unitls::conformance
