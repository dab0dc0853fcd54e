// One gnutls_session_t behind the session guard.
#pragma once

#include <span>
#include <vector>

#include <unitls/plugin/peer.hpp>
#include <unitls/plugin/session.hpp>

#include "context.hpp"
#include "handles.hpp"

namespace unitls::gnutls {

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

  // What GnuTLS's callbacks ask and tell.
  int verify() noexcept;
  int look_at_hello() noexcept;
  void keep_message(unsigned type, std::span<const std::uint8_t> message) noexcept;

private:
  void apply(int code, const char *field) const;
  void apply_callbacks();
  int choose_identity(std::size_t &position) noexcept;
  int choose_priority(std::size_t identity);
  plugin::outcome classify(int code) noexcept;
  plugin::outcome refuse_renegotiation() noexcept;
  bool is_alert_in_certificates_place() const noexcept;
  plugin::peer_verification::answer judge(std::span<const unitls_bytes> presented) noexcept;
  void judge_kept_certificates() noexcept;
  bool lacks_client_certificate() const noexcept;
  std::uint32_t alert_due() const noexcept;
  void send_alert(std::uint32_t alert) noexcept;

  plugin::transport_link &link_;
  const context &context_;
  plugin::session_settings settings_;
  plugin::peer_verification verification_;
  std::vector<std::uint8_t> client_hello_;        // when the priorities depend on it
  std::vector<std::uint8_t> certificate_message_; // of the peer, until it is verified
  session_handle session_;
  int code_ = 0; // of the last call that did not succeed
  bool renegotiation_refused_ = false;
};

// GnuTLS's callbacks; a connection sets them.
int verify_chain(gnutls_session_t session);
int look_at_hello(gnutls_session_t session);
int note_message(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming,
                 const gnutls_datum_t *message);

} // namespace unitls::gnutls
