#include "handles.hpp"

#include "failure.hpp"

namespace unitls::openssl {

ssl_ctx_handle make_ssl_ctx(const SSL_METHOD *method) {
  ssl_ctx_handle made;
  attempt_twice([&] {
    made.reset(SSL_CTX_new(method));
    if (made == nullptr) {
      throw_failure(UNITLS_E_INTERNAL, {}, "OpenSSL makes no context");
    }
  });
  return made;
}

} // namespace unitls::openssl
