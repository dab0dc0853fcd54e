#include "client_hello.hpp"

#include <span>
#include <vector>

#include "failure.hpp"

namespace unitls::openssl {
namespace {

// OpenSSL shows every message before it sends it, with its header.
void keep_client_hello(int sent, int, int content_type, const void *data, std::size_t size, SSL *,
                       void *own) {
  constexpr std::size_t header_size = 4; // type and length
  const std::span message(static_cast<const std::uint8_t *>(data), size);
  if (sent == 0 || content_type != SSL3_RT_HANDSHAKE || size < header_size ||
      message.front() != SSL3_MT_CLIENT_HELLO) {
    return;
  }
  const auto body = message.subspan(header_size);
  try {
    static_cast<std::vector<std::uint8_t> *>(own)->assign(body.begin(), body.end());
  } catch (const std::bad_alloc &) { // then it stays empty, and nothing is offered
  }
}

} // namespace

plugin::offered_parameters read_offer(SSL_CTX *context) {
  const error_scope scope;
  const ssl_handle ssl(SSL_new(context));
  bio_handle nowhere(BIO_new(BIO_s_null()));
  if (ssl == nullptr || nowhere == nullptr) {
    throw std::bad_alloc();
  }
  BIO *const bio = nowhere.release();
  SSL_set_bio(ssl.get(), bio, bio);
  std::vector<std::uint8_t> message;
  SSL_set_msg_callback(ssl.get(), keep_client_hello);
  SSL_set_msg_callback_arg(ssl.get(), &message);
  SSL_connect(ssl.get()); // does not succeed: nobody answers
  return plugin::read_offered_parameters(message);
}

} // namespace unitls::openssl
