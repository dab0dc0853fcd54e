// A backend's session over one of our transports, and what channel and stream have in common about it.
#pragma once

#include <cstddef>
#include <cstdint>

#include <unitls/backend.h>
#include <unitls/unitls.h>

#include "context.hpp"

namespace unitls::loader {

// Beyond the limit of a channel or stream, handshake and read may still send this much; then the peer does not read.
inline constexpr std::size_t output_reserve = std::size_t{256} * 1024;

// Why a transport of ours failed: a plugin hands its status on, but cannot know the reason.
struct transport_failure {
  unitls_status status = UNITLS_OK;
  std::int32_t native_code = 0;
  const char *sentence = nullptr; // a literal; NULL: the text of native_code
};

// Fills `err` from a failure and returns its status.
unitls_status report_failure(const transport_failure &failure, unitls_error *err) noexcept;

class session {
public:
  // `failure` is set by the transport before it answers an error.
  session(unitls_context &context, const transport_failure &failure) noexcept;
  ~session();
  session(const session &) = delete;
  session &operator=(const session &) = delete;

  // `config` may be NULL. `transport` is kept by address.
  unitls_status open(const unitls_session_config *config, const unitls_transport &transport,
                     unitls_error *err) noexcept;

  unitls_status handshake(unitls_error *err) noexcept;
  unitls_status read(std::uint8_t *buffer, std::size_t size, std::size_t *done, unitls_error *err) noexcept;
  unitls_status write(const std::uint8_t *data, std::size_t size, std::size_t *done,
                      unitls_error *err) noexcept;
  unitls_status shutdown(unitls_error *err) noexcept;
  std::size_t pending() const noexcept { return table().pending(handle_); }
  unitls_status info(unitls_info *info) const noexcept { return table().info(handle_, info); }
  unitls_status peer_certificates(unitls_bytes_sink sink, void *user) const noexcept {
    return table().peer_certificates(handle_, sink, user);
  }
  unitls_status verified_certificates(unitls_bytes_sink sink, void *user) const noexcept {
    return table().verified_certificates(handle_, sink, user);
  }

  // Whether every further call answers the same error.
  bool has_failed() const noexcept { return failed_; }

private:
  const unitls_backend &table() const noexcept { return context_.table(); }
  unitls_status checked(unitls_status status, unitls_error *err) noexcept;
  void judge() noexcept;
  unitls_status refuse_connection(unitls_error *err) const noexcept;
  unitls_status moved(unitls_status status, std::size_t size, std::size_t *done, unitls_error *err) noexcept;

  unitls_context &context_;
  const transport_failure &failure_;
  unitls_backend_session *handle_ = nullptr;
  bool failed_ = false;
  bool is_judged_ = false;    // by the policy, when the handshake was over
  bool is_forbidden_ = false; // by the policy: every further call says so
  std::uint16_t version_ = 0; // what was judged
  std::uint16_t cipher_suite_ = 0;
};

} // namespace unitls::loader
