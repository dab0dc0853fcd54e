// mbedTLS's input and output over the session's transport.
#pragma once

#include <unitls/plugin/session.hpp>

#include "handles.hpp"

namespace unitls::mbedtls {

class connection;

// What mbedTLS is given to receive from and to send to. It also watches the records that go by, because
// mbedTLS does not tell which alerts it sends.
class transport_bio {
public:
  transport_bio(plugin::transport_link &link, connection &owner) noexcept : link_(link), owner_(owner) {}
  transport_bio(const transport_bio &) = delete;
  transport_bio &operator=(const transport_bio &) = delete;

  // Keeps this object by address.
  void attach(mbedtls_ssl_context &ssl) noexcept;
  connection &owner() noexcept { return owner_; }

  void begin_step() noexcept { last_sent_ = 0; }
  // In between, what mbedTLS sends goes nowhere.
  void mute() noexcept { muted_ = true; }
  void unmute() noexcept { muted_ = false; }

  // ContentType (RFC 8446, 5.1) of the last record sent since begin_step; 0 for none.
  std::uint8_t last_sent() const noexcept { return last_sent_; }
  bool peer_speaks_tls() const noexcept { return link_.peer_speaks_tls(); }

private:
  static int receive(void *self, unsigned char *buffer, std::size_t size);
  static int send(void *self, const unsigned char *data, std::size_t size);
  void look_at_output(std::span<const std::uint8_t> data) noexcept;

  plugin::transport_link &link_;
  connection &owner_;
  std::uint8_t last_sent_ = 0;
  bool muted_ = false;
};

} // namespace unitls::mbedtls
