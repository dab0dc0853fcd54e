// One SSL behind the session guard.
#pragma once

#include <optional>

#include <unitls/plugin/configuration.hpp>
#include <unitls/plugin/session.hpp>

#include "context.hpp"
#include "handles.hpp"

namespace unitls::openssl {

class connection {
public:
  connection(plugin::transport_link &link, const context &context, const unitls_session_config &config);

  plugin::outcome handshake() noexcept;
  plugin::outcome read(std::span<std::uint8_t> buffer, std::size_t &done) noexcept;
  plugin::outcome write(std::span<const std::uint8_t> data, std::size_t &done) noexcept;
  plugin::outcome close_notify() noexcept;
  std::size_t pending() const noexcept;
  void info(unitls_info &facts) const noexcept;
  unitls_status peer_certificates(unitls_bytes_sink sink, void *user) const;
  void explain(unitls_error &error) noexcept;

  // What OpenSSL's callbacks tell us.
  void note_alert(bool sent, std::uint32_t alert) noexcept;
  bool verify(X509_STORE_CTX &store) noexcept;

private:
  plugin::outcome classify() const noexcept;

  plugin::transport_link &link_;
  const context &context_;
  plugin::session_settings settings_;
  std::unique_ptr<unitls_error> refusal_;                // why the peer's certificate was rejected
  std::vector<std::vector<std::uint8_t>> refused_chain_; // OpenSSL forgets it
  ssl_handle ssl_;
};

// OpenSSL's callbacks; a context sets them.
void note_alerts(const SSL *ssl, int where, int value);
int verify_chain(X509_STORE_CTX *store, void *);
int select_protocol(SSL *ssl, const unsigned char **selected, unsigned char *selected_size,
                    const unsigned char *offered, unsigned offered_size, void *context);

} // namespace unitls::openssl
