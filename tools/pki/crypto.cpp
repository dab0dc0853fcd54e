#include "crypto.hpp"

#include "error.hpp"

#include <ctime>

#include <openssl/err.h>

namespace unitls::pki {

void throw_crypto_failure(const char *step) {
  const unsigned long error = ERR_get_error();
  ERR_clear_error();
  const char *reason = ERR_reason_error_string(error);
  throw Failure(ExitCode::internal, std::string("cannot ") + step + ": " +
                                        (reason != nullptr ? reason : "OpenSSL gave no reason"));
}

Asn1TimePtr make_time(std::int64_t seconds) {
  // UTCTime before 2050 and GeneralizedTime from then on, as RFC 5280, section 4.1.2.5, asks.
  return Asn1TimePtr(required(ASN1_TIME_set(nullptr, static_cast<std::time_t>(seconds)), "encode a time"));
}

} // namespace unitls::pki
