// One mbedtls_ssl_context behind the session guard.
#pragma once

#include <memory>

#include <unitls/plugin/configuration.hpp>
#include <unitls/plugin/peer.hpp>
#include <unitls/plugin/session.hpp>

#include "context.hpp"
#include "handles.hpp"
#include "transport.hpp"
#include "trust.hpp"

namespace unitls::mbedtls {

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

  // What mbedTLS's callbacks tell us.
  bool choose_identity(std::span<const unsigned char> server_name) noexcept;
  std::uint32_t verify(mbedtls_x509_crt &certificate, int depth, std::uint32_t flags) noexcept;

private:
  plugin::outcome classify(int code) noexcept;
  int run_step() noexcept;
  bool has_stale_keys() const noexcept;
  int check_schemes() const noexcept;
  bool ends_verification(int state) const noexcept;
  plugin::outcome pass_gate() noexcept;
  void judge(mbedtls_x509_crt &leaf) noexcept;
  void judge_absence() noexcept;
  bool is_absent() const noexcept;
  bool agrees() const noexcept;
  unitls_error missing_certificate() const noexcept;
  bool note_server_name(std::string_view name) noexcept;
  bool is_refusal_by_library() const noexcept;
  bool sent_alert() const noexcept;
  void send_alert(std::uint32_t alert) noexcept;

  plugin::transport_link &link_;
  const context &context_;
  transport_bio bio_;
  plugin::session_settings settings_;
  // Whatever mbedTLS says, a handshake that verifies ends well only when this came to `accepted`.
  plugin::peer_verification verification_;
  std::unique_ptr<recorded_path> path_; // while mbedTLS verifies
  std::unique_ptr<char[]> server_name_; // the client's, NUL-ended
  int code_ = 0;                        // of the call that failed
  int state_ = 0;                       // the step of the handshake that ran last
  bool is_unknown_name_ = false;        // none of our identities has it
  bool out_of_memory_ = false;          // in a callback
  ssl_handle ssl_;
};

// mbedTLS's callbacks; a context and a connection set them.
int choose_identity(void *, mbedtls_ssl_context *ssl, const unsigned char *name, std::size_t size);
int verify_certificate(void *connection, mbedtls_x509_crt *certificate, int depth, std::uint32_t *flags);

} // namespace unitls::mbedtls
