// Identities in a configuration: certificates, keys, and what is wrong with them.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "configuration_parts.hpp"

namespace unitls::test {

namespace {

using list = finding_list;

} // namespace

TEST_CASE("identities of a server") {
  server none;
  none.identities.clear();
  CHECK(none.findings() == list{"E_INVALID identities: a server needs at least one identity"});
  server null;
  null.identities.push_back(nullptr);
  CHECK(null.findings() == list{"E_INVALID identities[1]: must not be NULL"});
  server two;
  two.identities.push_back(&two.one_identity);
  CHECK(two.findings().empty());
  CHECK(two.decoded().identities.size() == 2);
  two.backend.facts.identity_set = false;
  CHECK(two.findings() == list{"E_UNSUPPORTED identities[1]: this backend serves one identity"});
}

TEST_CASE("a client has at most one identity") {
  client one;
  one.identities = {&one.one_identity};
  CHECK(one.findings().empty());
  one.identities.push_back(&one.one_identity);
  CHECK(one.findings() == list{"E_INVALID identities[1]: a client has at most one identity"});
}

TEST_CASE("strict SNI is a server's flag") {
  server one;
  one.config.flags = UNITLS_SERVER_STRICT_SNI;
  CHECK(one.decoded().strict_sni);
  one.config.flags = UNITLS_SERVER_STRICT_SNI | 2;
  CHECK(one.findings() == list{"E_UNSUPPORTED flags: unknown bits are set"});
  client other;
  other.config.flags = UNITLS_SERVER_STRICT_SNI;
  CHECK(other.findings() == list{"E_UNSUPPORTED flags: unknown bits are set"});
}

TEST_CASE("certificates of an identity that cannot be read are named") {
  server one;
  one.chain.clear();
  CHECK(one.findings() ==
        list{"E_INVALID identities[0].certificates: an identity has at least one certificate"});
  const blob nonsense = to_blob("nonsense");
  const std::string key_alone = pem("PRIVATE KEY", some_key());
  one.chain = {as_der(one.certificate), as_der(nonsense), as_pem(key_alone)};
  CHECK(one.findings() ==
        list{"E_INVALID identities[0].certificates[1]: neither PEM nor a certificate in DER",
             "E_INVALID identities[0].certificates[2]: holds no certificate in PEM"});
}

TEST_CASE("a chain may stand in one PEM text, and its key with it") {
  server one;
  const std::string bundle = pem("PRIVATE KEY", some_key()) + pem("CERTIFICATE", some_certificate("leaf")) +
                             pem("CERTIFICATE", some_certificate("intermediate"));
  one.chain = {as_pem(bundle)};
  one.one_identity.private_key = {};
  CHECK(one.findings().empty());
  const configuration made = one.decoded();
  REQUIRE(made.identities.size() == 1);
  REQUIRE(made.identities[0].certificates.size() == 2);
  CHECK(equal(made.identities[0].certificates[1], some_certificate("intermediate")));
  CHECK(equal(made.identities[0].private_key, some_key()));
}

TEST_CASE("keys may have any of the three labels, after curve parameters or not") {
  for (const char *label : {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"}) {
    server one;
    const std::string text = pem("EC PARAMETERS", {6, 1, 1}) + pem(label, some_key());
    one.one_identity.private_key = as_pem(text);
    CHECK(one.findings().empty());
    CHECK(equal(one.decoded().identities[0].private_key, some_key()));
  }
}

TEST_CASE("a key that is nowhere is named") {
  server absent;
  absent.one_identity.private_key = {};
  CHECK(absent.findings() ==
        list{"E_INVALID identities[0].private_key: no private key is given, and none stands "
             "with the certificates"});
  server wrong;
  const std::string certificate = pem("CERTIFICATE", some_certificate());
  wrong.one_identity.private_key = as_pem(certificate);
  CHECK(wrong.findings() == list{"E_INVALID identities[0].private_key: holds no private key in PEM"});
  server junk;
  const blob nonsense = to_blob("nonsense");
  junk.one_identity.private_key = as_der(nonsense);
  CHECK(junk.findings() == list{"E_INVALID identities[0].private_key: neither PEM nor a private key in DER"});
  server cut;
  const std::string text = "-----BEGIN PRIVATE KEY-----\nMAA=\n";
  cut.one_identity.private_key = as_pem(text);
  CHECK(cut.findings() == list{"E_INVALID identities[0].private_key: line 1: BEGIN without END"});
}

TEST_CASE("two keys where one belongs are refused, for none may be ignored") {
  const std::string two = pem("PRIVATE KEY", some_key(0)) + pem("EC PRIVATE KEY", some_key(1));
  server own;
  own.one_identity.private_key = as_pem(two);
  CHECK(own.findings() == list{"E_INVALID identities[0].private_key: more than one private key is given"});
  server bundled;
  const std::string bundle = two + pem("CERTIFICATE", some_certificate());
  bundled.chain = {as_pem(bundle)};
  bundled.one_identity.private_key = {};
  CHECK(bundled.findings() ==
        list{"E_INVALID identities[0].private_key: more than one private key is given"});
}

TEST_CASE("an encrypted key is unsupported, with the way to decrypt it") {
  const std::string advice =
      "E_UNSUPPORTED identities[0].private_key: the private key is encrypted; decrypt it "
      "first, for example: openssl pkey -in KEY -out PLAIN";
  const std::string pkcs8 = pem("ENCRYPTED PRIVATE KEY", sequence({}));
  const std::string rfc1421 = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
                              "DEK-Info: AES-256-CBC,00112233\n\nq83vEg==\n-----END RSA PRIVATE KEY-----\n";
  for (const std::string &text : {pkcs8, rfc1421}) {
    server own;
    own.one_identity.private_key = as_pem(text);
    CHECK(own.findings() == list{advice});
    server bundled;
    const std::string bundle = pem("CERTIFICATE", some_certificate()) + text;
    bundled.chain = {as_pem(bundle)};
    bundled.one_identity.private_key = {};
    CHECK(bundled.findings() == list{advice});
  }
}

// EncryptedPrivateKeyInfo (RFC 5958, 3) begins with an AlgorithmIdentifier, every plain key with a version.
TEST_CASE("an encrypted key in DER is known, too") {
  server one;
  const blob encrypted =
      sequence({sequence({tlv(der::tag_oid, {0x2a, 0x03})}), tlv(der::tag_octet_string, {1, 2})});
  one.one_identity.private_key = as_der(encrypted);
  CHECK(one.findings() ==
        list{"E_UNSUPPORTED identities[0].private_key: the private key is encrypted; decrypt it "
             "first, for example: openssl pkey -inform DER -in KEY -out PLAIN"});
}

} // namespace unitls::test
