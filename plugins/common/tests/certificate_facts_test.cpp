// unitls.certificate-info/1: what is told about certificates.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "der_writer.hpp"
#include "pem_writer.hpp"

#include <unitls/plugin/certificate.hpp>
#include <unitls/plugin/certificate_facts.hpp>
#include <unitls/plugin/error.hpp>

#include <doctest/doctest.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace unitls::test {

using namespace plugin;

namespace {

sha256_digest sha256(bytes data) {
  sha256_digest digest{};
  SHA256(data.data(), data.size(), digest.data());
  return digest;
}

// Facts that outlive the sink.
struct told_certificate {
  unitls_certificate_facts facts{};
  std::string subject;
  std::string issuer;
  std::string key_type;
  std::string signature_algorithm;
  blob serial_number;
  std::vector<std::pair<uint32_t, std::string>> names;
  blob der;
  blob sha256;
  blob public_key;
  blob public_key_sha256;
};

blob copy(unitls_bytes source) {
  return {source.data, source.data + source.size};
}

unitls_status UNITLS_CALL keep(void *user, const unitls_certificate_facts *facts) {
  told_certificate &told = static_cast<std::vector<told_certificate> *>(user)->emplace_back();
  told.facts = *facts;
  told.subject = facts->subject;
  told.issuer = facts->issuer;
  told.key_type = facts->key_type;
  told.signature_algorithm = facts->signature_algorithm;
  told.serial_number = copy(facts->serial_number);
  for (size_t i = 0; i < facts->subject_alt_name_count; ++i)
    told.names.emplace_back(facts->subject_alt_names[i].form, facts->subject_alt_names[i].text);
  told.der = copy(facts->der);
  told.sha256 = copy(facts->sha256);
  told.public_key = copy(facts->public_key);
  told.public_key_sha256 = copy(facts->public_key_sha256);
  return UNITLS_OK;
}

std::vector<told_certificate> read(const unitls_blob &source) {
  std::vector<told_certificate> all;
  REQUIRE(read_certificate_facts(source, sha256, keep, &all) == UNITLS_OK);
  return all;
}

told_certificate read_one(const blob &der) {
  std::vector<told_certificate> all = read(as_der(der));
  REQUIRE(all.size() == 1);
  return all.front();
}

told_certificate read_one(const certificate_plan &plan) {
  return read_one(make_certificate(plan));
}

blob certificate_of(const std::string &subject, const std::string &issuer = "root") {
  certificate_plan plan;
  plan.subject = subject;
  plan.issuer = issuer;
  return make_certificate(plan);
}

// What is said about a blob that cannot be read; nothing may have been told before.
unitls_error complaint_about(const unitls_blob &source) {
  std::vector<told_certificate> all;
  try {
    read_certificate_facts(source, sha256, keep, &all);
  } catch (const error &caught) {
    CHECK(all.empty());
    return caught.value();
  }
  FAIL("read without a complaint");
  return {};
}

blob extension_of(uint8_t last_arc, const blob &value, bool critical = false) {
  return extension({0x55, 0x1d, last_arc}, critical, value);
}

uint32_t key_usage_of(const blob &bit_string) {
  certificate_plan plan;
  plan.extensions = {extension_of(0x0f, tlv(der::tag_bit_string, bit_string))};
  return read_one(plan).facts.key_usage;
}

blob algorithm(const blob &oid, const blob &parameters = {}) {
  return sequence({tlv(der::tag_oid, oid), parameters});
}

std::string signature_text(const blob &identifier) {
  certificate_plan plan;
  plan.signature_algorithm = identifier;
  return read_one(plan).signature_algorithm;
}

// "RSA, 2048"
std::string key_text(const blob &identifier, const blob &key = {0, 1}) {
  certificate_plan plan;
  plan.public_key = sequence({identifier, tlv(der::tag_bit_string, key)});
  const told_certificate told = read_one(plan);
  return told.key_type + ", " + std::to_string(told.facts.key_bits);
}

std::string elliptic_key(const blob &curve) {
  return key_text(algorithm({0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01}, curve));
}

const blob rsa_arc{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01};

blob rsa(uint8_t last_arc) {
  return join({rsa_arc, {last_arc}});
}

} // namespace

TEST_CASE("facts are those of the certificate") {
  certificate_plan plan;
  plan.subject = "www.example";
  plan.issuer = "Some CA";
  plan.serial = 0x2a;
  plan.names = {dns_entry("www.example"), ip_entry({192, 0, 2, 1})};
  const blob der = make_certificate(plan);
  const told_certificate told = read_one(der);
  CHECK(told.facts.struct_size == sizeof told.facts);
  CHECK(told.facts.version == 3);
  CHECK(told.facts.flags == 0);
  CHECK(told.facts.not_before == 1577836800);
  CHECK(told.facts.not_after == 2208988800);
  CHECK(told.subject == "CN=www.example");
  CHECK(told.issuer == "CN=Some CA");
  CHECK(told.serial_number == blob{0x2a});
  CHECK(told.key_type == "EC secp256r1");
  CHECK(told.facts.key_bits == 256);
  CHECK(told.signature_algorithm == "ECDSA SHA-256");
  CHECK(told.der == der);
  const sha256_digest expected = sha256(der);
  CHECK(told.sha256 == blob(expected.begin(), expected.end()));
  const sha256_digest pin = sha256(certificate::parse(der)->spki);
  CHECK(told.public_key_sha256 == blob(pin.begin(), pin.end()));
  CHECK(told.public_key == blob(certificate::parse(der)->spki.begin(), certificate::parse(der)->spki.end()));
}

TEST_CASE("flags say what a certificate may do") {
  certificate_plan plan;
  plan.subject = plan.issuer = "root";
  plan.ca = true;
  CHECK(read_one(plan).facts.flags == (UNITLS_CERTIFICATE_IS_CA | UNITLS_CERTIFICATE_IS_SELF_ISSUED));

  plan = {};
  plan.extensions = {
      extension_of(0x13, sequence({tlv(der::tag_boolean, {0xff}), tlv(der::tag_integer, {3})}), true)};
  CHECK(read_one(plan).facts.flags == (UNITLS_CERTIFICATE_IS_CA | UNITLS_CERTIFICATE_HAS_PATH_LENGTH));
  CHECK(read_one(plan).facts.path_length == 3);

  const blob server_auth = tlv(der::tag_oid, {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01});
  const blob client_auth = tlv(der::tag_oid, {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02});
  const blob any_purpose = tlv(der::tag_oid, {0x55, 0x1d, 0x25, 0x00});
  plan.extensions = {extension_of(0x25, sequence({server_auth}))};
  CHECK(read_one(plan).facts.flags ==
        (UNITLS_CERTIFICATE_HAS_EXTENDED_KEY_USAGE | UNITLS_CERTIFICATE_FOR_SERVERS));
  plan.extensions = {extension_of(0x25, sequence({client_auth}))};
  CHECK(read_one(plan).facts.flags ==
        (UNITLS_CERTIFICATE_HAS_EXTENDED_KEY_USAGE | UNITLS_CERTIFICATE_FOR_CLIENTS));
  plan.extensions = {extension_of(0x25, sequence({any_purpose}))};
  CHECK(read_one(plan).facts.flags == UNITLS_CERTIFICATE_HAS_EXTENDED_KEY_USAGE);

  plan.extensions = {extension({0x2a, 0x03}, true, {5, 0})};
  CHECK(read_one(plan).facts.flags == UNITLS_CERTIFICATE_HAS_UNKNOWN_CRITICAL_EXTENSION);
}

TEST_CASE("key usage has the bits of the RFC") {
  CHECK(key_usage_of({7, 0x80}) == UNITLS_KEY_USAGE_DIGITAL_SIGNATURE);
  CHECK(key_usage_of({2, 0x04}) == UNITLS_KEY_USAGE_KEY_CERT_SIGN);
  CHECK(key_usage_of({1, 0x06}) == (UNITLS_KEY_USAGE_KEY_CERT_SIGN | UNITLS_KEY_USAGE_CRL_SIGN));
  CHECK(key_usage_of({0, 0xff}) == 0xff);
  CHECK(key_usage_of({7, 0x08, 0x80}) == (1 << 4 | 1 << 8)); // keyAgreement, decipherOnly
  CHECK(key_usage_of({0}) == 0);
  certificate_plan plan;
  plan.extensions = {extension_of(0x0f, tlv(der::tag_bit_string, {0}))};
  CHECK(read_one(plan).facts.flags == UNITLS_CERTIFICATE_HAS_KEY_USAGE);
}

TEST_CASE("alternative names are told by form, others are left out") {
  certificate_plan plan;
  plan.names = {dns_entry("*.example"),
                tlv(der::context(1), to_blob("me@example")),
                tlv(der::context(6), to_blob("https://example/a?b")),
                ip_entry({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}),
                tlv(der::context(8), {0x2a, 0x03}),
                tlv(der::context_constructed(4), distinguished_name("M\xc3\xbcller"))};
  const told_certificate told = read_one(plan);
  using name = std::pair<uint32_t, std::string>;
  CHECK(told.names == std::vector<name>{{UNITLS_NAME_DNS, "*.example"},
                                        {UNITLS_NAME_EMAIL, "me@example"},
                                        {UNITLS_NAME_URI, "https://example/a?b"},
                                        {UNITLS_NAME_IP_ADDRESS, "2001:db8::1"},
                                        {UNITLS_NAME_DIRECTORY, "CN=M\\c3\\bcller"}});
}

TEST_CASE("alternative names are printable and of limited size") {
  using namespace std::string_view_literals;
  certificate_plan plan;
  plan.names = {dns_entry("a\0b\n\xff"sv), dns_entry(std::string(5000, 'x'))};
  const told_certificate told = read_one(plan);
  REQUIRE(told.names.size() == 2);
  CHECK(told.names[0].second == R"(a\x00b\x0a\xff)");
  CHECK(told.names[1].second.size() <= 1024);
  CHECK(told.names[1].second.ends_with("..."));
}

TEST_CASE("addresses are written as RFC 5952 has them") {
  const auto text = [](const blob &address) {
    certificate_plan plan;
    plan.names = {ip_entry(address)};
    return read_one(plan).names.at(0).second;
  };
  const auto v6 = [&](std::initializer_list<int> groups) {
    blob address;
    for (const int group : groups) {
      address.push_back(static_cast<uint8_t>(group >> 8));
      address.push_back(static_cast<uint8_t>(group & 0xff));
    }
    return text(address);
  };
  CHECK(text({0, 0, 0, 0}) == "0.0.0.0");
  CHECK(text({255, 10, 0, 1}) == "255.10.0.1");
  CHECK(v6({0, 0, 0, 0, 0, 0, 0, 0}) == "::");
  CHECK(v6({0, 0, 0, 0, 0, 0, 0, 1}) == "::1");
  CHECK(v6({1, 0, 0, 0, 0, 0, 0, 0}) == "1::");
  CHECK(v6({0x2001, 0xdb8, 0, 0, 1, 0, 0, 1}) == "2001:db8::1:0:0:1"); // the first of equal runs
  CHECK(v6({0x2001, 0, 0, 1, 0, 0, 0, 1}) == "2001:0:0:1::1");         // the longest run
  CHECK(v6({0x2001, 0xdb8, 0, 1, 1, 1, 1, 1}) == "2001:db8:0:1:1:1:1:1");
  CHECK(v6({0xfe80, 0xABC, 1, 2, 3, 4, 5, 6}) == "fe80:abc:1:2:3:4:5:6");
  CHECK(v6({0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0201}) == "::ffff:192.0.2.1");
}

TEST_CASE("keys are named with their size") {
  const blob modulus = tlv(der::tag_integer, join({{0}, blob(256, 0xff)}));
  const blob rsa_key = join({{0}, sequence({modulus, tlv(der::tag_integer, {1, 0, 1})})});
  CHECK(key_text(algorithm(rsa(1), {5, 0}), rsa_key) == "RSA, 2048");
  CHECK(key_text(algorithm(rsa(10)), rsa_key) == "RSA-PSS, 0");
  CHECK(elliptic_key(tlv(der::tag_oid, {0x2b, 0x81, 0x04, 0x00, 0x22})) == "EC secp384r1, 384");
  CHECK(elliptic_key(tlv(der::tag_oid, {0x2b, 0x81, 0x04, 0x00, 0x23})) == "EC secp521r1, 521");
  CHECK(elliptic_key(tlv(der::tag_oid, {0x2b, 0x81, 0x04, 0x00, 0x0a})) == "EC secp256k1, 256");
  CHECK(elliptic_key(tlv(der::tag_oid, {0x2b, 0x81, 0x04, 0x00, 0x07})) == "EC 1.3.132.0.7, 0");
  CHECK(elliptic_key(sequence({})) == "EC, 0");
  CHECK(elliptic_key({}) == "EC, 0");
  CHECK(key_text(algorithm({0x2b, 0x65, 0x70})) == "Ed25519, 255");
  CHECK(key_text(algorithm({0x2b, 0x65, 0x71})) == "Ed448, 448");
  CHECK(key_text(algorithm({0x2a, 0x03, 0x04})) == "1.2.3.4, 0");
  CHECK(key_text(algorithm({0x80})) == "malformed object identifier, 0");
}

TEST_CASE("signature algorithms are named with their digest") {
  const blob sha384 = algorithm({0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02});
  CHECK(signature_text(algorithm(rsa(11), {5, 0})) == "RSA PKCS#1 SHA-256");
  CHECK(signature_text(algorithm(rsa(5), {5, 0})) == "RSA PKCS#1 SHA-1");
  CHECK(signature_text(algorithm(rsa(4), {5, 0})) == "RSA PKCS#1 MD5");
  CHECK(signature_text(algorithm({0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03})) == "ECDSA SHA-384");
  CHECK(signature_text(algorithm({0x2b, 0x65, 0x70})) == "Ed25519");
  CHECK(signature_text(algorithm(rsa(10), sequence({tlv(der::context_constructed(0), sha384)}))) ==
        "RSA-PSS SHA-384");
  CHECK(signature_text(algorithm(rsa(10), sequence({}))) == "RSA-PSS SHA-1");
  CHECK(signature_text(algorithm(rsa(10))) == "RSA-PSS SHA-1");
  CHECK(signature_text(algorithm(rsa(10), sequence({tlv(der::context_constructed(0), {5, 0})}))) ==
        "RSA-PSS malformed digest");
  CHECK(signature_text(algorithm({0x2a, 0x03, 0x04})) == "1.2.3.4");
}

TEST_CASE("every well-formed certificate of the vectors can be told, byte for byte") {
  for (const chain_vector &source : chain_vectors()) {
    CAPTURE(source.id);
    for (const blob &der : source.chain) {
      if (!certificate::parse(der)) {
        CHECK(std::string_view(complaint_about(as_der(der)).field) == "certificate");
        continue;
      }
      const told_certificate told = read_one(der);
      CHECK(told.der == der);
      CHECK_FALSE(told.issuer.empty());
      CHECK_FALSE(told.key_type.empty());
      CHECK_FALSE(told.signature_algorithm.empty());
    }
  }
}

TEST_CASE("keys and algorithms of real certificates") {
  const told_certificate pss = read_one(find_vector("rsa-pss").chain.at(0));
  CHECK(pss.signature_algorithm == "RSA-PSS SHA-256");
  const told_certificate rsa_leaf = read_one(find_vector("good-rsa").chain.at(0));
  CHECK(rsa_leaf.key_type == "RSA");
  CHECK(rsa_leaf.facts.key_bits == 2048);
  CHECK(rsa_leaf.signature_algorithm == "RSA PKCS#1 SHA-256");
  CHECK(read_one(find_vector("ed25519-leaf").chain.at(0)).key_type == "Ed25519");
}

TEST_CASE("of PEM every certificate is told, in its order, and other blocks are passed over") {
  const blob first = certificate_of("first");
  const blob second = certificate_of("second");
  const std::string text = "Some words\n" + pem("CERTIFICATE", first) +
                           pem("PRIVATE KEY", sequence({tlv(der::tag_integer, {0})})) +
                           pem("CERTIFICATE", second);
  const std::vector<told_certificate> told = read(as_pem(text));
  REQUIRE(told.size() == 2);
  CHECK(told[0].subject == "CN=first");
  CHECK(told[1].subject == "CN=second");
}

TEST_CASE("a malformed certificate is named with its line, and nothing is told") {
  const blob good = make_certificate({});
  const blob bad = certificate_of("leaf", "");
  const std::string before = pem("CERTIFICATE", good);
  const std::string text = before + pem("CERTIFICATE", bad);
  const unitls_error in_pem = complaint_about(as_pem(text));
  CHECK(in_pem.status == UNITLS_E_INVALID);
  CHECK(std::string_view(in_pem.field) == "certificate");
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  CHECK(std::string(in_pem.message) ==
        "line " + std::to_string(line) + ": the certificate has an empty or malformed issuer name");
  const unitls_error in_der = complaint_about(as_der(bad));
  CHECK(in_der.status == UNITLS_E_INVALID);
  CHECK(std::string(in_der.message) == "the certificate has an empty or malformed issuer name");
}

TEST_CASE("a blob that holds no certificate is refused with its reason") {
  const auto message = [](const unitls_blob &source) {
    const unitls_error said = complaint_about(source);
    CHECK(said.status == UNITLS_E_INVALID);
    CHECK(std::string_view(said.field) == "certificate");
    return std::string(said.message);
  };
  CHECK(message(as_pem("nothing")) == "holds no certificate in PEM");
  CHECK(message(as_pem("")) == "is empty");
  CHECK(message(as_pem("-----BEGIN CERTIFICATE-----\nMAA=\n")) == "line 1: BEGIN without END");
  CHECK(message(as_pem(pem("CERTIFICATE", {1, 2, 3}))) == "line 1: not a certificate");
  CHECK(message(as_der({1, 2, 3})) == "neither PEM nor a certificate in DER");
  const blob two = join({make_certificate({}), make_certificate({})});
  CHECK(message(as_der(two)) == "neither PEM nor a certificate in DER");
}

TEST_CASE("identifiers are not resolved") {
  const unitls_blob id{UNITLS_FORMAT_ID, 0, reinterpret_cast<const uint8_t *>("pkcs11:x"), 8};
  const unitls_error said = complaint_about(id);
  CHECK(said.status == UNITLS_E_UNSUPPORTED);
  CHECK(std::string_view(said.field) == "certificate");
}

TEST_CASE("the sink's answer ends the listing") {
  const std::string text =
      pem("CERTIFICATE", make_certificate({})) + pem("CERTIFICATE", make_certificate({}));
  int calls = 0;
  const unitls_certificate_sink stop = [](void *user, const unitls_certificate_facts *) -> unitls_status {
    ++*static_cast<int *>(user);
    return UNITLS_E_NOMEM;
  };
  CHECK(read_certificate_facts(as_pem(text), sha256, stop, &calls) == UNITLS_E_NOMEM);
  CHECK(calls == 1);
}

TEST_CASE("a fault of the library's digest comes through") {
  const sha256_function broken = [](bytes) -> sha256_digest { throw std::runtime_error("no digest"); };
  std::vector<told_certificate> all;
  CHECK_THROWS_AS(read_certificate_facts(as_der(make_certificate({})), broken, keep, &all),
                  std::runtime_error);
  CHECK(all.empty());
}

} // namespace unitls::test
