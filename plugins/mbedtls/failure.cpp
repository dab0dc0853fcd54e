#include "failure.hpp"

#include <mbedtls/asn1.h>
#include <mbedtls/bignum.h>
#include <mbedtls/cipher.h>
#include <mbedtls/ecp.h>
#include <mbedtls/error.h>
#include <mbedtls/md.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509.h>

#include <unitls/plugin/verdict_text.hpp>

#include "version.hpp"

namespace unitls::mbedtls {
namespace {

// A code is the sum of a high one, of a module, and a low one.
constexpr int high_part(int code) noexcept {
  return -(-code & 0x7f80);
}
constexpr int low_part(int code) noexcept {
  return -(-code & 0x007f);
}

struct reason {
  char text[128];
};

reason reason_of(int code) noexcept {
  reason result{};
  mbedtls_strerror(code, result.text, sizeof result.text);
  return result;
}

// A failure of our own side, not of the peer's.
bool is_internal(int code) noexcept {
  const bool is_random =
      -code >= 0x0034 && -code <= 0x0040; // MBEDTLS_ERR_CTR_DRBG_..., MBEDTLS_ERR_ENTROPY_...
  return is_random || code == MBEDTLS_ERR_ECP_RANDOM_FAILED || code == MBEDTLS_ERR_SSL_INTERNAL_ERROR ||
         code == MBEDTLS_ERR_SSL_COUNTER_WRAPPING;
}

bool is_of_certificate_parser(int code) noexcept {
  return high_part(code) <= MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE &&
         high_part(code) >= MBEDTLS_ERR_X509_BUFFER_TOO_SMALL;
}

// A public key that is no point of its curve.
bool is_of_curves(int code) noexcept {
  return high_part(code) <= MBEDTLS_ERR_ECP_SIG_LEN_MISMATCH &&
         high_part(code) >= MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
}

// What the peer's certificate was rejected for before mbedTLS handed it out. 0: the failure is not one of the
// certificate.
unitls_verify_flags certificate_flags(int code) noexcept {
  switch (code) {
  case MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE: // critical certificate policies
  case MBEDTLS_ERR_X509_INVALID_EXTENSIONS + MBEDTLS_ERR_ASN1_UNEXPECTED_TAG:
    return UNITLS_VERIFY_UNKNOWN_CRITICAL_EXTENSION;
  case MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG:
  case MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG + MBEDTLS_ERR_OID_NOT_FOUND:
  case MBEDTLS_ERR_PK_UNKNOWN_PK_ALG:
    return UNITLS_VERIFY_WEAK_ALGORITHM;
  case MBEDTLS_ERR_PK_UNKNOWN_NAMED_CURVE:
    return UNITLS_VERIFY_WEAK_KEY;
  case MBEDTLS_ERR_X509_FATAL_ERROR: // more than 8 intermediates
    return UNITLS_VERIFY_CHAIN_TOO_LONG;
  default:
    break;
  }
  const bool is_key = high_part(code) == MBEDTLS_ERR_PK_INVALID_PUBKEY ||
                      high_part(code) == MBEDTLS_ERR_PK_INVALID_ALG ||
                      high_part(code) == MBEDTLS_ERR_PK_KEY_INVALID_FORMAT || is_of_curves(code);
  return is_key || is_of_certificate_parser(code) ? UNITLS_VERIFY_MALFORMED : 0;
}

bool reads_certificate(int state) noexcept {
  return state == MBEDTLS_SSL_SERVER_CERTIFICATE || state == MBEDTLS_SSL_CLIENT_CERTIFICATE;
}

// A signature or hash over the handshake.
bool reads_proof(int state) noexcept {
  return state == MBEDTLS_SSL_CERTIFICATE_VERIFY || state == MBEDTLS_SSL_SERVER_FINISHED ||
         state == MBEDTLS_SSL_CLIENT_FINISHED;
}

// The alert that mbedTLS sends together with this code, or the one that fits where it sends none.
std::uint32_t alert_for(int code, int state) noexcept {
  if (code == MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE) {
    return MBEDTLS_SSL_ALERT_MSG_UNEXPECTED_MESSAGE;
  }
  if (code == MBEDTLS_ERR_SSL_INVALID_MAC) {
    return MBEDTLS_SSL_ALERT_MSG_BAD_RECORD_MAC;
  }
  const bool is_over = state == MBEDTLS_SSL_HANDSHAKE_OVER;
  if (code == MBEDTLS_ERR_SSL_INVALID_RECORD) { // by then it is the type that is unknown (RFC 8446, 5)
    return is_over ? MBEDTLS_SSL_ALERT_MSG_UNEXPECTED_MESSAGE : MBEDTLS_SSL_ALERT_MSG_DECODE_ERROR;
  }
  if (is_over &&
      code == MBEDTLS_ERR_SSL_BAD_INPUT_DATA) { // of mbedtls_ssl_fetch_input: more than its buffer holds
    return MBEDTLS_SSL_ALERT_MSG_RECORD_OVERFLOW;
  }
  for (const coded_alert &row : versioned_alerts) {
    if (row.code == code) {
      return row.alert;
    }
  }
  if (reads_proof(state)) {
    return MBEDTLS_SSL_ALERT_MSG_DECRYPT_ERROR;
  }
  return is_over ? MBEDTLS_SSL_ALERT_MSG_INTERNAL_ERROR : MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE;
}

unitls_error describe(int code, int state) noexcept {
  const reason words = reason_of(code);
  if (is_out_of_memory(code) || is_internal(code)) {
    unitls_error error =
        plugin::make_error(is_out_of_memory(code) ? UNITLS_E_NOMEM : UNITLS_E_INTERNAL, {}, "%s", words.text);
    error.alert = MBEDTLS_SSL_ALERT_MSG_INTERNAL_ERROR;
    return error;
  }
  const unitls_verify_flags flags = reads_certificate(state) ? certificate_flags(code) : 0;
  if (flags != 0) {
    unitls_error error = plugin::make_error(UNITLS_E_CERTIFICATE, {},
                                            "mbedTLS refuses the peer's certificate: %s", words.text);
    error.verify_flags = flags;
    error.alert = plugin::alert_for(flags);
    return error;
  }
  unitls_error error = plugin::make_error(UNITLS_E_PROTOCOL, {}, "%s", words.text);
  error.alert = alert_for(code, state);
  return error;
}

} // namespace

bool is_out_of_memory(int code) noexcept {
  switch (high_part(code)) {
  case MBEDTLS_ERR_SSL_ALLOC_FAILED:
  case MBEDTLS_ERR_X509_ALLOC_FAILED:
  case MBEDTLS_ERR_PK_ALLOC_FAILED:
  case MBEDTLS_ERR_ECP_ALLOC_FAILED:
  case MBEDTLS_ERR_MD_ALLOC_FAILED:
  case MBEDTLS_ERR_CIPHER_ALLOC_FAILED:
    return true;
  default:
    return low_part(code) == MBEDTLS_ERR_MPI_ALLOC_FAILED || low_part(code) == MBEDTLS_ERR_ASN1_ALLOC_FAILED;
  }
}

void make_sure_of_memory() {
  constexpr std::size_t enough = std::size_t{64} * 1024;
  ::operator delete(::operator new(enough));
}

void throw_failure(int code, unitls_status status, const std::string &field, const char *what) {
  if (is_out_of_memory(code)) {
    throw std::bad_alloc();
  }
  unitls_error value = plugin::make_error(status, field, "%s: %s", what, reason_of(code).text);
  value.native_code = code;
  throw plugin::error(value);
}

void explain_failure(int code, int state, unitls_error &error) noexcept {
  error = describe(code, state);
  error.native_code = code;
}

} // namespace unitls::mbedtls
