#include <doctest/doctest.h>

#include <string>

#include <unitls/unitls.hpp>

TEST_CASE("IANA's numbers have their names, and names their numbers") {
  CHECK(std::string(unitls_cipher_suite_name(0x1301)) == "TLS_AES_128_GCM_SHA256");
  CHECK(unitls_cipher_suite_number("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384") == 0xC02C);
  CHECK(std::string(unitls_group_name(29)) == "x25519");
  CHECK(unitls_group_number("X25519MLKEM768") == 4588);
  CHECK(unitls_group_number("ffdhe8192") == 260);
  CHECK(std::string(unitls_signature_scheme_name(0x0807)) == "ed25519");
  CHECK(unitls_signature_scheme_number("rsa_pss_rsae_sha256") == 0x0804);
  CHECK(std::string(unitls_alert_name(48)) == "unknown_ca");
  CHECK(std::string(unitls_alert_name(0)) == "close_notify");
  CHECK(std::string(unitls_version_name(0x0304)) == "TLS 1.3");
}

TEST_CASE("what is unknown has no name and no number") {
  CHECK(unitls_cipher_suite_name(0xFFFF) == nullptr);
  CHECK(unitls_group_name(0) == nullptr);
  CHECK(unitls_alert_name(255) == nullptr);
  CHECK(unitls_version_name(0x0302) == nullptr);
  CHECK(unitls_cipher_suite_number("") == 0);
  CHECK(unitls_cipher_suite_number("tls_aes_128_gcm_sha256") == 0);
  CHECK(unitls_group_number("x25519 ") == 0);
}

TEST_CASE("the C++ types are written and parsed by the same names") {
  CHECK(unitls::to_string(unitls::cipher_suite::TLS_CHACHA20_POLY1305_SHA256) ==
        "TLS_CHACHA20_POLY1305_SHA256");
  CHECK(unitls::to_string(static_cast<unitls::group>(0x6399)) == "0x6399");
  CHECK(unitls::to_string(unitls::version::tls1_2) == "TLS 1.2");
  CHECK(unitls::parse<unitls::version>("TLS 1.3") == unitls::version::tls1_3);
  CHECK(unitls::parse<unitls::group>("secp256r1") == unitls::group::secp256r1);
  CHECK(unitls::parse<unitls::signature_scheme>("ed448") == unitls::signature_scheme::ed448);
  CHECK_FALSE(unitls::parse<unitls::cipher_suite>("NULL").has_value());
}
