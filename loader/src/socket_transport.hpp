// A transport over a connected socket: straight to the kernel, and what the kernel does not take is held.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <unitls/backend.h>

#include "byte_queue.hpp"
#include "session.hpp"

namespace unitls::loader {

class socket_transport {
public:
  // `failure` is where the reasons of errors go. The descriptor belongs to this from take_descriptor on.
  explicit socket_transport(transport_failure &failure) noexcept;
  ~socket_transport();
  socket_transport(const socket_transport &) = delete;
  socket_transport &operator=(const socket_transport &) = delete;

  void take_descriptor(int descriptor) noexcept { descriptor_ = descriptor; }
  int descriptor() const noexcept { return descriptor_; }
  const unitls_transport &native() const noexcept { return native_; }

  // Bytes that were already read from the socket; false when there is no memory.
  bool prepend(std::span<const std::uint8_t> ciphertext) noexcept { return given_.add(ciphertext); }

  // Whether bytes that were read already wait to be asked for.
  bool holds_input() const noexcept { return ahead_begin_ != ahead_end_ || !given_.empty(); }
  // Whether bytes wait for the kernel to take them.
  bool holds_output() const noexcept { return !held_.empty(); }
  // Whether output was lost because the peer has closed. What it sent before may still be read.
  bool peer_is_gone() const noexcept;
  // Gives the kernel what it takes now: UNITLS_OK, UNITLS_WANT_WRITE when some is left, or an error.
  unitls_status flush() noexcept;

private:
  static constexpr std::size_t output_limit = UNITLS_CHANNEL_LIMIT_DEFAULT + output_reserve;

  static unitls_status UNITLS_CALL receive(void *user, std::uint8_t *buffer, std::size_t size,
                                           std::size_t *done) noexcept;
  static unitls_status UNITLS_CALL send(void *user, const std::uint8_t *data, std::size_t size) noexcept;

  std::size_t serve_held(std::uint8_t *buffer, std::size_t size) noexcept;
  unitls_status receive_from_kernel(std::uint8_t *buffer, std::size_t size, std::size_t *done) noexcept;
  unitls_status send_to_kernel(std::span<const std::uint8_t> bytes, std::size_t *sent) noexcept;
  unitls_status hold(std::span<const std::uint8_t> bytes) noexcept;
  unitls_status fail(unitls_status status, int native_code, const char *sentence = nullptr) noexcept;

  transport_failure &failure_;
  unitls_transport native_{};
  int descriptor_ = -1;
  int output_error_ = 0; // errno of the send that failed: nothing more goes out
  bool ended_ = false;
  // A library asks for a record's header and then for its body. What lies behind either comes with the same call
  // of the kernel, so that a record costs one.
  std::uint16_t ahead_begin_ = 0;
  std::uint16_t ahead_end_ = 0;
  std::array<std::uint8_t, 192> ahead_;
  byte_queue given_;
  byte_queue held_;
};

} // namespace unitls::loader
