#include "failure.hpp"

#include <new>

#include <gnutls/gnutls.h>

namespace unitls::gnutls {
namespace {

unitls_status status_of(int code) noexcept {
  if (code == GNUTLS_E_MEMORY_ERROR) {
    return UNITLS_E_NOMEM;
  }
  return code == GNUTLS_E_INTERNAL_ERROR ? UNITLS_E_INTERNAL : UNITLS_E_PROTOCOL;
}

} // namespace

void throw_failure(unitls_status status, const std::string &field, const char *what, int code) {
  if (code == GNUTLS_E_MEMORY_ERROR) {
    throw std::bad_alloc();
  }
  unitls_error value = plugin::make_error(status, field, "%s: %s", what, gnutls_strerror(code));
  value.native_code = code;
  throw plugin::error(value);
}

void explain_failure(int code, unitls_error &error) noexcept {
  error = plugin::make_error(status_of(code), {}, "%s", gnutls_strerror(code));
}

std::uint32_t alert_for_failure(int code) noexcept {
  int level = 0;
  const int alert = gnutls_error_to_alert(code, &level);
  return static_cast<std::uint32_t>(alert > 0 ? alert : int{GNUTLS_A_INTERNAL_ERROR});
}

} // namespace unitls::gnutls
