#include "client_hello.hpp"

#include <climits>
#include <new>
#include <span>

#include "failure.hpp"

namespace unitls::openssl {
namespace {

using bytes = std::span<const std::uint8_t>;

// Takes octets from the front of `rest`. OpenSSL wrote them: what is too short has none.
bytes take(bytes &rest, std::size_t size) noexcept {
  const bytes taken = rest.first(std::min(size, rest.size()));
  rest = rest.subspan(taken.size());
  return taken;
}

std::size_t take_number(bytes &rest, std::size_t size) noexcept {
  std::size_t number = 0;
  for (const std::uint8_t octet : take(rest, size)) {
    number = number << CHAR_BIT | octet;
  }
  return number;
}

// A vector with a length of so many octets before it (RFC 8446, 3.4).
bytes take_vector(bytes &rest, std::size_t length_size) noexcept {
  const std::size_t size = take_number(rest, length_size);
  return take(rest, size);
}

std::vector<std::uint16_t> read_numbers(bytes list) {
  std::vector<std::uint16_t> numbers;
  while (!list.empty()) {
    numbers.push_back(static_cast<std::uint16_t>(take_number(list, 2)));
  }
  return numbers;
}

offered_parameters read_client_hello(bytes message) {
  constexpr std::size_t head_size = 4 + 2 + 32; // type and length, legacy_version, random
  constexpr std::size_t supported_groups = 10;
  constexpr std::size_t signature_algorithms = 13;
  offered_parameters offer;
  take(message, head_size);
  take_vector(message, 1); // legacy_session_id
  offer.cipher_suites = read_numbers(take_vector(message, 2));
  take_vector(message, 1); // legacy_compression_methods
  bytes extensions = take_vector(message, 2);
  while (!extensions.empty()) {
    const std::size_t type = take_number(extensions, 2);
    bytes content = take_vector(extensions, 2);
    if (type == supported_groups) {
      offer.groups = read_numbers(take_vector(content, 2));
    } else if (type == signature_algorithms) {
      offer.signature_schemes = read_numbers(take_vector(content, 2));
    }
  }
  return offer;
}

// OpenSSL shows every message before it sends it.
void keep_client_hello(int sent, int, int content_type, const void *data, std::size_t size, SSL *,
                       void *own) {
  const bytes message(static_cast<const std::uint8_t *>(data), size);
  if (sent == 0 || content_type != SSL3_RT_HANDSHAKE || message.empty() ||
      message.front() != SSL3_MT_CLIENT_HELLO) {
    return;
  }
  try {
    static_cast<std::vector<std::uint8_t> *>(own)->assign(message.begin(), message.end());
  } catch (const std::bad_alloc &) { // then it is empty, and nothing is offered
  }
}

} // namespace

offered_parameters read_offer(SSL_CTX *context) {
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
  SSL_connect(ssl.get()); // fails: nobody answers
  if (message.empty()) {
    throw_if_out_of_memory();
    return {};
  }
  return read_client_hello(message);
}

} // namespace unitls::openssl
