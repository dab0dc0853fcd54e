// unitls/channel.hpp: TLS over memory. The program moves the ciphertext.
//
//     auto room = channel.incoming_buffer();
//     channel.commit(receive(room));                    // or channel.feed(bytes)
//     auto result = channel.read(plaintext);
//     channel.consume(send(channel.outgoing()));
//
// Both directions are bounded. want_read: feed more. want_write: outgoing() is full, nothing was taken.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unitls/connection_info.hpp>
#include <unitls/context.hpp>
#include <unitls/error.hpp>
#include <unitls/unitls.h>

namespace unitls {

// Used by one thread at a time. Its destructor sends nothing: closing is explicit.
class channel {
public:
  // `limit` bounds each direction; 0 is 64 KiB, the least is 32 KiB.
  channel(const client_context &context, const session_config &session, std::size_t limit = 0)
      : channel(make_or_throw(context, session, limit)) {}
  // A client that checks for, and asks for, `host`.
  channel(const client_context &context, std::string_view host, std::size_t limit = 0)
      : channel(context, session_config::for_host(host), limit) {}
  explicit channel(const server_context &context, std::size_t limit = 0)
      : channel(make_or_throw(context, {}, limit)) {}

  static std::optional<channel> create(const client_context &context, const session_config &session,
                                       std::size_t limit, error_info &failure) {
    return make(context, session, limit, failure);
  }
  static std::optional<channel> create(const server_context &context, std::size_t limit,
                                       error_info &failure) {
    return make(context, {}, limit, failure);
  }

  // Room to receive ciphertext into; empty when the limit is reached. Valid until the next call.
  std::span<std::byte> incoming_buffer() {
    return detail::or_throw([&](error_info &failure) { return incoming_buffer(failure); });
  }
  std::span<std::byte> incoming_buffer(error_info &failure) noexcept {
    failure.clear();
    std::uint8_t *data = nullptr;
    std::size_t size = 0;
    const unitls_status status = ::unitls_channel_incoming_buffer(native(), &data, &size);
    if (status < 0) {
      detail::fail(failure, status, "there is no memory for incoming bytes");
      return {};
    }
    return {reinterpret_cast<std::byte *>(data), size};
  }

  // Says how much of incoming_buffer() was filled.
  void commit(std::size_t size) {
    (void)detail::or_throw([&](error_info &failure) { return commit(size, failure); });
  }
  status commit(std::size_t size, error_info &failure) noexcept {
    failure.clear();
    const unitls_status result = ::unitls_channel_commit(native(), size);
    if (result < 0) {
      detail::fail(failure, result, "more bytes were committed than incoming_buffer() has room for");
    }
    return detail::to_status(result);
  }

  // Copies ciphertext in and says how much was taken.
  std::size_t feed(std::span<const std::byte> bytes) {
    return detail::or_throw([&](error_info &failure) { return feed(bytes, failure); });
  }
  std::size_t feed(std::span<const std::byte> bytes, error_info &failure) noexcept {
    failure.clear();
    std::size_t taken = 0;
    const unitls_status result =
        ::unitls_channel_feed(native(), detail::octets(bytes.data()), bytes.size(), &taken);
    if (result < 0) {
      detail::fail(failure, result, "there is no memory for incoming bytes");
    }
    return taken;
  }
  // Says that the transport has ended: without it, a cut answer looks like silence.
  void feed_eof() noexcept { ::unitls_channel_feed_eof(native()); }

  // Ciphertext to send. Valid until the next call.
  std::span<const std::byte> outgoing() const noexcept {
    return detail::as_span(::unitls_channel_outgoing(native()));
  }
  // Says how much of outgoing() was sent.
  void consume(std::size_t size) {
    (void)detail::or_throw([&](error_info &failure) { return consume(size, failure); });
  }
  status consume(std::size_t size, error_info &failure) noexcept {
    failure.clear();
    const unitls_status result = ::unitls_channel_consume(native(), size);
    if (result < 0) {
      detail::fail(failure, result, "more bytes were consumed than outgoing() holds");
    }
    return detail::to_status(result);
  }

  // ok when it is over and the peer is verified; else want_read, or want_callback while the verify callback is undecided.
  status handshake() {
    return detail::or_throw([&](error_info &failure) { return handshake(failure); });
  }
  status handshake(error_info &failure) noexcept {
    return detail::to_status(::unitls_channel_handshake(native(), failure.receive()));
  }

  // ok with at least one byte, closed after the peer's close_notify, or want_read.
  io_result read(std::span<std::byte> into) {
    return detail::or_throw([&](error_info &failure) { return read(into, failure); });
  }
  io_result read(std::span<std::byte> into, error_info &failure) noexcept {
    io_result result;
    result.status = detail::to_status(::unitls_channel_read(native(), detail::octets(into.data()),
                                                            into.size(), &result.size, failure.receive()));
    return result;
  }

  // ok with what was taken, or want_write.
  io_result write(std::span<const std::byte> from) {
    return detail::or_throw([&](error_info &failure) { return write(from, failure); });
  }
  io_result write(std::span<const std::byte> from, error_info &failure) noexcept {
    io_result result;
    result.status = detail::to_status(::unitls_channel_write(native(), detail::octets(from.data()),
                                                             from.size(), &result.size, failure.receive()));
    return result;
  }
  io_result write(std::string_view text) { return write(as_bytes(text)); }
  io_result write(std::string_view text, error_info &failure) noexcept {
    return write(as_bytes(text), failure);
  }

  // Puts close_notify into outgoing(). Reading goes on.
  status shutdown() {
    return detail::or_throw([&](error_info &failure) { return shutdown(failure); });
  }
  status shutdown(error_info &failure) noexcept {
    return detail::to_status(::unitls_channel_shutdown(native(), failure.receive()));
  }

  // Plaintext that read() gives without more ciphertext.
  std::size_t pending() const noexcept { return ::unitls_channel_pending(native()); }
  connection_info info() const {
    return detail::read_info([&](unitls_info *into) { return ::unitls_channel_info(native(), into); });
  }
  // As the peer presented them: DER, leaf first.
  std::vector<certificate> peer_certificates() const {
    return detail::read_certificates([&](unitls_bytes_sink sink, void *user) {
      return ::unitls_channel_peer_certificates(native(), sink, user);
    });
  }

  // The path by which the peer was verified, leaf first, its anchor last. "verified-chain".
  std::vector<certificate> verified_certificates() const {
    return detail::read_certificates([&](unitls_bytes_sink sink, void *user) {
      return ::unitls_channel_verified_certificates(native(), sink, user);
    });
  }

  unitls_channel *native() const noexcept { return handle_.get(); }

private:
  struct destroy {
    void operator()(unitls_channel *handle) const noexcept { ::unitls_channel_destroy(handle); }
  };

  channel(unitls_channel *handle, std::shared_ptr<const void> context) noexcept
      : context_(std::move(context)), handle_(handle) {}

  template <class Context>
  static std::optional<channel> make(const Context &context, const session_config &session, std::size_t limit,
                                     error_info &failure) {
    const detail::native_session_config config(session);
    unitls_channel *made = nullptr;
    ::unitls_channel_create(context.native(), config.get(), limit, &made, failure.receive());
    return failure ? std::nullopt : std::optional(channel(made, context.keep_alive()));
  }
  template <class Context>
  static channel make_or_throw(const Context &context, const session_config &session, std::size_t limit) {
    return detail::value_or_throw(
        [&](error_info &failure) { return make(context, session, limit, failure); });
  }

  std::shared_ptr<const void> context_; // outlives the handle
  std::unique_ptr<unitls_channel, destroy> handle_;
};

} // namespace unitls
