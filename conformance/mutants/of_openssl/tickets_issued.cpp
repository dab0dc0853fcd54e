// The lie of a file that is otherwise the OpenSSL plugin: what it asks for is not done, and OpenSSL's own number of
// tickets stays (U-19).
#include <openssl/ssl.h>

extern "C" int SSL_CTX_set_num_tickets(SSL_CTX *, std::size_t) {
  return 1;
}
