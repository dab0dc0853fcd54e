#include "failure.hpp"

#include <new>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <unitls/plugin/peer.hpp>

namespace unitls::openssl {
namespace {

const char *reason_of(unsigned long code) noexcept {
  const char *const reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "no reason given";
}

unitls_error error_of(unsigned long code) noexcept {
  if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE) {
    return plugin::make_error(UNITLS_E_NOMEM, {}, "out of memory");
  }
  if (ERR_GET_REASON(code) == ERR_R_INTERNAL_ERROR) {
    return plugin::make_error(UNITLS_E_INTERNAL, {}, "%s", reason_of(code));
  }
  switch (ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0) {
  case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
    return plugin::missing_client_certificate();
  case SSL_R_CALLBACK_FAILED: // only that about the server name fails
    return plugin::make_error(UNITLS_E_PROTOCOL, {}, "no identity has the client's server name");
  case SSL_R_CERT_CB_ERROR: // identities were tried when the context was made
    return plugin::make_error(UNITLS_E_NOMEM, {}, "out of memory while an identity was chosen");
  default:
    return plugin::make_error(UNITLS_E_PROTOCOL, {}, "%s", reason_of(code));
  }
}

} // namespace

error_scope::error_scope() noexcept {
  ERR_set_mark();
}
error_scope::~error_scope() {
  ERR_pop_to_mark();
}

// Nothing is taken out of the queue: what lies deeper may be the program's, and OpenSSL keeps the texts of what was
// taken.
void throw_failure(unitls_status status, const std::string &field, const char *what) {
  const unsigned long code = ERR_peek_last_error();
  if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE || ERR_GET_REASON(code) == ERR_R_INTERNAL_ERROR) {
    throw std::bad_alloc();
  }
  unitls_error value = plugin::make_error(status, field, "%s: %s", what, reason_of(code));
  value.native_code = static_cast<std::int64_t>(code);
  throw plugin::error(value);
}

void explain_failure(unitls_error &error) noexcept {
  const unsigned long code = ERR_peek_last_error();
  error = error_of(code);
  error.native_code = static_cast<std::int64_t>(code);
  ERR_clear_error();
}

} // namespace unitls::openssl
