#include "transport.hpp"

#include <climits>

#include <mbedtls/net_sockets.h>

namespace unitls::mbedtls {

// An error of the transport is told by these codes; the session guard knows which one it really was.
int transport_bio::receive(void *self, unsigned char *buffer, std::size_t size) {
  auto &bio = *static_cast<transport_bio *>(self);
  std::size_t done = 0;
  switch (bio.link_.receive(buffer, size < INT_MAX ? size : INT_MAX, done)) {
  case UNITLS_OK:
    return static_cast<int>(done);
  case UNITLS_WANT_READ:
    return MBEDTLS_ERR_SSL_WANT_READ;
  case UNITLS_EOF:
    return 0;
  default:
    return MBEDTLS_ERR_NET_RECV_FAILED;
  }
}

int transport_bio::send(void *self, const unsigned char *data, std::size_t size) {
  auto &bio = *static_cast<transport_bio *>(self);
  if (size > INT_MAX) {
    return MBEDTLS_ERR_NET_SEND_FAILED;
  }
  if (!bio.muted_) {
    if (bio.link_.send(data, size) != UNITLS_OK) {
      return MBEDTLS_ERR_NET_SEND_FAILED;
    }
    bio.look_at_output({data, size});
  }
  return static_cast<int>(size);
}

void transport_bio::attach(mbedtls_ssl_context &ssl) noexcept {
  mbedtls_ssl_set_bio(&ssl, this, send, receive, nullptr);
}

// mbedTLS hands over whole records. An alert of two bytes is not encrypted and can be read.
void transport_bio::look_at_output(std::span<const std::uint8_t> data) noexcept {
  constexpr std::size_t header = 5;
  while (data.size() >= header) {
    const std::size_t length = static_cast<std::size_t>(data[3]) << 8 | data[4];
    if (data.size() < header + length) {
      return;
    }
    last_sent_ = data[0];
    if (last_sent_ == MBEDTLS_SSL_MSG_ALERT && length == 2 && data[header] == MBEDTLS_SSL_ALERT_LEVEL_FATAL) {
      link_.note_alert(UNITLS_ALERT_SENT, data[header + 1]);
    }
    data = data.subspan(header + length);
  }
}

} // namespace unitls::mbedtls
