// One SSL behind the session guard.
#pragma once

#include <span>
#include <vector>

#include <unitls/plugin/configuration.hpp>
#include <unitls/plugin/peer.hpp>
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
  const plugin::peer_verification &verification() const noexcept { return verification_; }
  void explain(unitls_error &error) noexcept;

  // What OpenSSL's callbacks tell us.
  void note_alert(bool sent, std::uint32_t alert) noexcept;
  void note_certificate_message(std::span<const std::uint8_t> message) noexcept;
  bool verify(X509_STORE_CTX &store) noexcept;

private:
  plugin::outcome classify() const noexcept;
  bool is_tls13() const noexcept { return SSL_version(ssl_.get()) == TLS1_3_VERSION; }
  void judge_presented(X509_STORE_CTX &store);
  void judge_absence() noexcept;
  void judge_unread_certificates();

  plugin::transport_link &link_;
  const context &context_;
  plugin::session_settings settings_;
  plugin::peer_verification verification_;
  std::vector<std::uint8_t> certificate_message_; // of the peer, until it is judged
  ssl_handle ssl_;
};

// OpenSSL's callbacks; a context sets them.
void note_alerts(const SSL *ssl, int where, int value);
void note_message(int sent, int version, int content_type, const void *data, std::size_t size, SSL *ssl,
                  void *);
int verify_chain(X509_STORE_CTX *store, void *);
int check_server_name(SSL *ssl, int *alert, void *context);
int choose_identity(SSL *ssl, void *context);
int select_protocol(SSL *ssl, const unsigned char **selected, unsigned char *selected_size,
                    const unsigned char *offered, unsigned offered_size, void *context);

} // namespace unitls::openssl
