#include "failure.hpp"

#include <new>
#include <string_view>

#include <gnutls/gnutls.h>

namespace unitls::gnutls {
namespace {

unitls_status status_of(int code) noexcept {
  if (code == GNUTLS_E_MEMORY_ERROR) {
    return UNITLS_E_NOMEM;
  }
  return code == GNUTLS_E_INTERNAL_ERROR ? UNITLS_E_INTERNAL : UNITLS_E_PROTOCOL;
}

// GnuTLS's sentences end with a full stop, ours do not.
std::string_view reason_of(int code) noexcept {
  std::string_view reason = gnutls_strerror(code);
  if (reason.ends_with('.')) {
    reason.remove_suffix(1);
  }
  return reason;
}

} // namespace

void throw_failure(unitls_status status, const std::string &field, const char *what, int code) {
  if (code == GNUTLS_E_MEMORY_ERROR) {
    throw std::bad_alloc();
  }
  const std::string_view reason = reason_of(code);
  unitls_error value =
      plugin::make_error(status, field, "%s: %.*s", what, static_cast<int>(reason.size()), reason.data());
  value.native_code = code;
  throw plugin::error(value);
}

void explain_failure(int code, unitls_error &error) noexcept {
  const std::string_view reason = reason_of(code);
  error = plugin::make_error(status_of(code), {}, "%.*s", static_cast<int>(reason.size()), reason.data());
}

std::uint32_t alert_for_failure(int code) noexcept {
  // In every mode of verification GnuTLS refuses a key that its certificate forbids to sign with.
  if (code == GNUTLS_E_KEY_USAGE_VIOLATION) { // its own choice would be internal_error
    return GNUTLS_A_UNSUPPORTED_CERTIFICATE;
  }
  int level = 0;
  const int alert = gnutls_error_to_alert(code, &level);
  return static_cast<std::uint32_t>(alert > 0 ? alert : int{GNUTLS_A_INTERNAL_ERROR});
}

} // namespace unitls::gnutls
