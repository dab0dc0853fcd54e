// What differs between mbedTLS 2.28 and 3.6, and what neither of them has a public call for. Nothing else in
// this folder asks for the version.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>

#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ciphersuites.h>
#include <mbedtls/version.h>

#include <unitls/types.h>

#if MBEDTLS_VERSION_NUMBER >= 0x03000000
#include <psa/crypto.h>
#define UNITLS_MBEDTLS_VERSIONED_CAPABILITIES(X) X("tls1.3") X("signature-schemes")
#else
#define UNITLS_MBEDTLS_VERSIONED_CAPABILITIES(X)
// Members of 2.28 are public.
#define MBEDTLS_PRIVATE(member) member
#endif

static_assert(MBEDTLS_VERSION_NUMBER < 0x03000000 || MBEDTLS_VERSION_NUMBER >= 0x03060600,
              "mbedTLS 3 before 3.6.6 repeats random numbers after fork");

namespace unitls::mbedtls {

// The alert that goes with an error code of a session.
struct coded_alert {
  int code;
  std::uint8_t alert;
};

using random_function = int (*)(void *, unsigned char *, std::size_t);

#if MBEDTLS_VERSION_NUMBER >= 0x03000000

inline constexpr bool has_tls13 = true;
inline constexpr bool chooses_signature_schemes = true;

inline constexpr int received_ticket = MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET;

inline constexpr int nothing_in_common = MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE;
inline constexpr int not_offered = MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER;

inline constexpr coded_alert versioned_alerts[] = {
    {MBEDTLS_ERR_SSL_DECODE_ERROR, MBEDTLS_SSL_ALERT_MSG_DECODE_ERROR},
    {MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER, MBEDTLS_SSL_ALERT_MSG_ILLEGAL_PARAMETER},
    {MBEDTLS_ERR_SSL_NO_APPLICATION_PROTOCOL, MBEDTLS_SSL_ALERT_MSG_NO_APPLICATION_PROTOCOL},
    {MBEDTLS_ERR_SSL_UNRECOGNIZED_NAME, MBEDTLS_SSL_ALERT_MSG_UNRECOGNIZED_NAME},
    {MBEDTLS_ERR_SSL_UNSUPPORTED_EXTENSION, MBEDTLS_SSL_ALERT_MSG_UNSUPPORTED_EXT},
    {MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION, MBEDTLS_SSL_ALERT_MSG_PROTOCOL_VERSION},
};

// TLS 1.3 needs it. Idempotent.
inline bool start_library() noexcept {
  return psa_crypto_init() == PSA_SUCCESS;
}

// mbedTLS prefers RSA-PSS, offers it for TLS 1.3, and cannot read it in TLS 1.2: a server with an RSA key that is left
// to choose must come upon PKCS #1 first. (One that insists on its own order stays out of reach: mbedTLS lacks the
// capability "rsa-pss-tls1.2".) The order among digests is mbedTLS's own.
inline constexpr std::uint16_t signature_schemes_of_both_versions[] = {
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256, MBEDTLS_TLS1_3_SIG_ECDSA_SECP384R1_SHA384,
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP521R1_SHA512, MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA512,
    MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA384,       MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA256,
    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA512,    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA384,
    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA256,    MBEDTLS_TLS1_3_SIG_NONE};

inline void set_versions(mbedtls_ssl_config &config, std::uint16_t min, std::uint16_t max) noexcept {
  mbedtls_ssl_conf_min_tls_version(&config, static_cast<mbedtls_ssl_protocol_version>(min));
  mbedtls_ssl_conf_max_tls_version(&config, static_cast<mbedtls_ssl_protocol_version>(max));
  if (min == UNITLS_TLS_1_2) {
    mbedtls_ssl_conf_sig_algs(&config, signature_schemes_of_both_versions);
  }
}

inline bool is_of_tls13(const mbedtls_ssl_ciphersuite_t &suite) noexcept {
  return suite.MBEDTLS_PRIVATE(min_tls_version) == MBEDTLS_SSL_VERSION_TLS1_3;
}

// A group in the list of a configuration, which ends with `no_group`.
using configured_group = std::uint16_t;
inline constexpr configured_group no_group = MBEDTLS_SSL_IANA_TLS_GROUP_NONE;

inline configured_group as_configured(std::uint16_t number, mbedtls_ecp_group_id) noexcept {
  return number;
}

// The lists are kept by address.
inline void set_groups(mbedtls_ssl_config &config, const configured_group *groups) noexcept {
  mbedtls_ssl_conf_groups(&config, groups);
}

inline void set_signature_schemes(mbedtls_ssl_config &config, const std::uint16_t *schemes) noexcept {
  mbedtls_ssl_conf_sig_algs(&config, schemes);
}

// A server sends no tickets, and neither side resumes by PSK.
inline void disable_resumption(mbedtls_ssl_config &config, bool is_server) noexcept {
  mbedtls_ssl_conf_tls13_key_exchange_modes(&config, MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_EPHEMERAL);
  if (is_server) {
    mbedtls_ssl_conf_new_session_tickets(&config, 0);
  } else {
    mbedtls_ssl_conf_session_tickets(&config, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
  }
}

inline int parse_key(mbedtls_pk_context &key, const unsigned char *der, std::size_t size,
                     random_function random) {
  return mbedtls_pk_parse_key(&key, der, size, nullptr, 0, random, nullptr);
}

inline int check_pair(const mbedtls_pk_context &leaf, const mbedtls_pk_context &key, random_function random) {
  return mbedtls_pk_check_pair(&leaf, &key, random, nullptr);
}

inline std::uint16_t version_of(const mbedtls_ssl_context &ssl) noexcept {
  return static_cast<std::uint16_t>(mbedtls_ssl_get_version_number(&ssl));
}

inline std::uint16_t cipher_suite_of(const mbedtls_ssl_context &ssl) noexcept {
  return static_cast<std::uint16_t>(mbedtls_ssl_get_ciphersuite_id_from_ssl(&ssl));
}

// 3.6 names a version in its records from the first one on.
inline void name_record_version(mbedtls_ssl_context &) noexcept {}

// Between its own Finished and the client's, a server of mbedTLS answers with the keys of the handshake. The client has
// left them behind (RFC 8446, 7.3), and could read no alert. Not so while the Finished waits to be sent by the next
// step.
inline bool has_stale_keys(const mbedtls_ssl_context &ssl) noexcept {
  const mbedtls_ssl_transform *const application = ssl.MBEDTLS_PRIVATE(transform_application);
  return application != nullptr && ssl.MBEDTLS_PRIVATE(transform_out) != application &&
         ssl.MBEDTLS_PRIVATE(out_left) == 0;
}

// As mbedTLS does it itself, but later.
inline void renew_keys(mbedtls_ssl_context &ssl) noexcept {
  static_assert(sizeof ssl.MBEDTLS_PRIVATE(cur_out_ctr) == 8);
  ssl.MBEDTLS_PRIVATE(transform_out) = ssl.MBEDTLS_PRIVATE(transform_application);
  std::memset(ssl.MBEDTLS_PRIVATE(cur_out_ctr), 0, sizeof ssl.MBEDTLS_PRIVATE(cur_out_ctr));
}

// The alert that 3.6 put aside together with the error code of a failing step, and sent.
inline std::optional<std::uint32_t> pended_alert(const mbedtls_ssl_context &ssl, int code) noexcept {
  if (ssl.MBEDTLS_PRIVATE(alert_reason) != code) {
    return std::nullopt;
  }
  return ssl.MBEDTLS_PRIVATE(alert_type);
}

#else

inline constexpr bool has_tls13 = false;
inline constexpr bool chooses_signature_schemes = false; // but digests

inline constexpr int received_ticket = MBEDTLS_ERR_SSL_WANT_READ; // 2.28 says nothing of them

inline constexpr int nothing_in_common = MBEDTLS_ERR_SSL_NO_CIPHER_CHOSEN;
inline constexpr int not_offered = MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE_VERIFY;

inline constexpr coded_alert versioned_alerts[] = {
    {MBEDTLS_ERR_SSL_BAD_HS_CLIENT_HELLO, MBEDTLS_SSL_ALERT_MSG_DECODE_ERROR},
    {MBEDTLS_ERR_SSL_BAD_HS_SERVER_HELLO, MBEDTLS_SSL_ALERT_MSG_ILLEGAL_PARAMETER},
    {MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE, MBEDTLS_SSL_ALERT_MSG_DECODE_ERROR},
    {MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE_REQUEST, MBEDTLS_SSL_ALERT_MSG_DECODE_ERROR},
    {MBEDTLS_ERR_SSL_BAD_HS_SERVER_KEY_EXCHANGE, MBEDTLS_SSL_ALERT_MSG_ILLEGAL_PARAMETER},
    {MBEDTLS_ERR_SSL_BAD_HS_SERVER_HELLO_DONE, MBEDTLS_SSL_ALERT_MSG_DECODE_ERROR},
    {MBEDTLS_ERR_SSL_BAD_HS_CLIENT_KEY_EXCHANGE, MBEDTLS_SSL_ALERT_MSG_ILLEGAL_PARAMETER},
    {MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE_VERIFY, MBEDTLS_SSL_ALERT_MSG_DECRYPT_ERROR},
    {MBEDTLS_ERR_SSL_BAD_HS_PROTOCOL_VERSION, MBEDTLS_SSL_ALERT_MSG_PROTOCOL_VERSION},
};

inline bool start_library() noexcept {
  return true;
}

inline void set_versions(mbedtls_ssl_config &config, std::uint16_t, std::uint16_t) noexcept {
  mbedtls_ssl_conf_min_version(&config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
  mbedtls_ssl_conf_max_version(&config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
}

inline bool is_of_tls13(const mbedtls_ssl_ciphersuite_t &) noexcept {
  return false;
}

using configured_group = mbedtls_ecp_group_id;
inline constexpr configured_group no_group = MBEDTLS_ECP_DP_NONE;

inline configured_group as_configured(std::uint16_t, mbedtls_ecp_group_id curve) noexcept {
  return curve;
}

inline void set_groups(mbedtls_ssl_config &config, const configured_group *groups) noexcept {
  mbedtls_ssl_conf_curves(&config, groups);
}

// Not reached: without `chooses_signature_schemes` no configuration has any.
inline void set_signature_schemes(mbedtls_ssl_config &, const std::uint16_t *) noexcept {}

inline void disable_resumption(mbedtls_ssl_config &config, bool is_server) noexcept {
  if (!is_server) {
    mbedtls_ssl_conf_session_tickets(&config, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
  }
}

inline int parse_key(mbedtls_pk_context &key, const unsigned char *der, std::size_t size, random_function) {
  return mbedtls_pk_parse_key(&key, der, size, nullptr, 0);
}

inline int check_pair(const mbedtls_pk_context &leaf, const mbedtls_pk_context &key, random_function) {
  return mbedtls_pk_check_pair(&leaf, &key);
}

inline std::uint16_t version_of(const mbedtls_ssl_context &) noexcept {
  return UNITLS_TLS_1_2; // the only one that set_versions allows
}

inline std::uint16_t cipher_suite_of(const mbedtls_ssl_context &ssl) noexcept {
  return static_cast<std::uint16_t>(mbedtls_ssl_get_ciphersuite_id(mbedtls_ssl_get_ciphersuite(&ssl)));
}

// A server that gives up before it has read the client's version would name 0.0 in the alert's record.
inline void name_record_version(mbedtls_ssl_context &ssl) noexcept {
  if (ssl.major_ver == 0) {
    ssl.major_ver = MBEDTLS_SSL_MAJOR_VERSION_3;
    ssl.minor_ver = MBEDTLS_SSL_MINOR_VERSION_3;
  }
}

// Keys change at once in TLS 1.2.
inline bool has_stale_keys(const mbedtls_ssl_context &) noexcept {
  return false;
}
inline void renew_keys(mbedtls_ssl_context &) noexcept {}

inline std::optional<std::uint32_t> pended_alert(const mbedtls_ssl_context &, int) noexcept {
  return std::nullopt;
}

#endif

// Whether the digest of the handshake is SHA-384 and not SHA-256 (RFC 5246, 5).
inline bool uses_sha384(const mbedtls_ssl_ciphersuite_t &suite) noexcept {
  return suite.MBEDTLS_PRIVATE(mac) == MBEDTLS_MD_SHA384;
}

// Which step of the handshake comes next (MBEDTLS_SSL_...).
inline int state_of(const mbedtls_ssl_context &ssl) noexcept {
  return ssl.MBEDTLS_PRIVATE(state);
}

// What mbedtls_ssl_set_bio was given.
inline void *bio_of(const mbedtls_ssl_context &ssl) noexcept {
  return ssl.MBEDTLS_PRIVATE(p_bio);
}

// The handshake message that the last step read, with its header.
inline std::span<const std::uint8_t> last_message(const mbedtls_ssl_context &ssl) noexcept {
  static_assert(std::is_same_v<decltype(ssl.MBEDTLS_PRIVATE(in_hslen)), std::size_t>);
  return {ssl.MBEDTLS_PRIVATE(in_msg), ssl.MBEDTLS_PRIVATE(in_hslen)};
}

// What the peer presented, also while the handshake goes on; the public call knows it only afterwards. Null
// when there is nothing.
inline const mbedtls_x509_crt *peer_chain_of(const mbedtls_ssl_context &ssl) noexcept {
  const mbedtls_ssl_session *const ended = ssl.MBEDTLS_PRIVATE(session);
  const mbedtls_ssl_session *const current =
      ended != nullptr ? ended : ssl.MBEDTLS_PRIVATE(session_negotiate);
  return current != nullptr ? current->MBEDTLS_PRIVATE(peer_cert) : nullptr;
}

// Our own certificate is presented whatever it may be used for: that is for the peer to judge.
inline void allow_any_purpose(mbedtls_x509_crt &own) noexcept {
  own.MBEDTLS_PRIVATE(ext_types) &= ~MBEDTLS_X509_EXT_EXTENDED_KEY_USAGE;
}

// The fatal alert that lies in the input buffer, if the last message is one. There is no public call.
inline std::optional<std::uint32_t> received_alert(const mbedtls_ssl_context &ssl) noexcept {
  static_assert(std::is_same_v<decltype(ssl.MBEDTLS_PRIVATE(in_msg)), unsigned char *>);
  static_assert(std::is_same_v<decltype(ssl.MBEDTLS_PRIVATE(in_msgtype)), int>);
  static_assert(std::is_same_v<decltype(ssl.MBEDTLS_PRIVATE(in_msglen)), std::size_t>);
  const unsigned char *const message = ssl.MBEDTLS_PRIVATE(in_msg);
  if (message == nullptr || ssl.MBEDTLS_PRIVATE(in_msgtype) != MBEDTLS_SSL_MSG_ALERT ||
      ssl.MBEDTLS_PRIVATE(in_msglen) != 2 || message[0] != MBEDTLS_SSL_ALERT_LEVEL_FATAL) {
    return std::nullopt;
  }
  return message[1];
}

} // namespace unitls::mbedtls
