// unitls/stream.hpp: TLS over a connected socket.
//
// Every call that can wait takes a deadline: a point on std::chrono::steady_clock, a duration from now, `forever`,
// or `no_wait`, which answers want_read or want_write instead of waiting.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
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

// Until when a call may wait. A passed deadline is status::timed_out, and the call can be repeated.
class deadline {
public:
  deadline(std::chrono::steady_clock::time_point at) noexcept
      : nanoseconds_(std::max<std::int64_t>(
            1, std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count())) {}
  // From now on.
  template <class Rep, class Period>
  deadline(std::chrono::duration<Rep, Period> wait) noexcept : deadline(after(wait)) {}

  static constexpr deadline from_native(std::int64_t nanoseconds) noexcept { return deadline(nanoseconds); }
  constexpr std::int64_t native() const noexcept { return nanoseconds_; }

private:
  constexpr explicit deadline(std::int64_t nanoseconds) noexcept : nanoseconds_(nanoseconds) {}

  // A wait too long for the clock is for ever.
  template <class Rep, class Period>
  static deadline after(std::chrono::duration<Rep, Period> wait) noexcept {
    using clock = std::chrono::steady_clock;
    const auto now = clock::now();
    const std::chrono::duration<double> most = clock::time_point::max() - now;
    if (std::chrono::duration<double>(wait) >= most) {
      return deadline(std::numeric_limits<std::int64_t>::max());
    }
    return now + std::chrono::duration_cast<clock::duration>(wait);
  }

  std::int64_t nanoseconds_;
};

inline constexpr deadline no_wait = deadline::from_native(0);
inline constexpr deadline forever = deadline::from_native(std::numeric_limits<std::int64_t>::max());

// Used by one thread at a time. Its destructor closes the socket and sends nothing: closing TLS is explicit.
class stream {
public:
  // Takes over a connected stream socket before any handshake; on an error the descriptor stays the caller's.
  // `ciphertext` was already read from it and belongs to TLS; never give bytes that came in the clear (STARTTLS).
  static stream adopt(const client_context &context, int descriptor, const session_config &session,
                      std::span<const std::byte> ciphertext = {}) {
    return detail::value_or_throw(
        [&](error_info &failure) { return adopt(context, descriptor, session, ciphertext, failure); });
  }
  static std::optional<stream> adopt(const client_context &context, int descriptor,
                                     const session_config &session, std::span<const std::byte> ciphertext,
                                     error_info &failure) {
    return adopt_over(context, descriptor, session, ciphertext, failure);
  }
  static stream adopt(const server_context &context, int descriptor,
                      std::span<const std::byte> ciphertext = {}) {
    return detail::value_or_throw(
        [&](error_info &failure) { return adopt(context, descriptor, ciphertext, failure); });
  }
  static std::optional<stream> adopt(const server_context &context, int descriptor,
                                     std::span<const std::byte> ciphertext, error_info &failure) {
    return adopt_over(context, descriptor, {}, ciphertext, failure);
  }

  // ok when it is over and the peer is verified; want_callback while the verify callback is undecided: call it again
  // afterwards. A stream made by connect() has done it.
  status handshake(deadline until = forever) {
    return detail::or_throw([&](error_info &failure) { return handshake(until, failure); });
  }
  status handshake(deadline until, error_info &failure) noexcept {
    return detail::to_status(::unitls_stream_handshake(native(), until.native(), failure.receive()));
  }

  // ok with at least one byte, closed after the peer's close_notify; with no_wait also want_read.
  io_result read_some(std::span<std::byte> into, deadline until = forever) {
    return detail::or_throw([&](error_info &failure) { return read_some(into, until, failure); });
  }
  io_result read_some(std::span<std::byte> into, deadline until, error_info &failure) noexcept {
    io_result result;
    result.status = detail::to_status(::unitls_stream_read(native(), detail::octets(into.data()), into.size(),
                                                           &result.size, until.native(), failure.receive()));
    return result;
  }

  // ok with at least one byte taken; with no_wait also want_write.
  io_result write_some(std::span<const std::byte> from, deadline until = forever) {
    return detail::or_throw([&](error_info &failure) { return write_some(from, until, failure); });
  }
  io_result write_some(std::span<const std::byte> from, deadline until, error_info &failure) noexcept {
    io_result result;
    result.status = detail::to_status(::unitls_stream_write(
        native(), detail::octets(from.data()), from.size(), &result.size, until.native(), failure.receive()));
    return result;
  }

  // Writes everything, and tells how much when it could not.
  void write_all(std::span<const std::byte> from, deadline until = forever) {
    (void)detail::or_throw([&](error_info &failure) { return write_all(from, until, failure); });
  }
  io_result write_all(std::span<const std::byte> from, deadline until, error_info &failure) noexcept {
    io_result total;
    failure.clear();
    while (total.size < from.size() && total.status == status::ok) {
      const io_result step = write_some(from.subspan(total.size), until, failure);
      total.size += step.size;
      total.status = step.status;
    }
    return total;
  }
  void write_all(std::string_view text, deadline until = forever) { write_all(as_bytes(text), until); }
  io_result write_all(std::string_view text, deadline until, error_info &failure) noexcept {
    return write_all(as_bytes(text), until, failure);
  }

  // Everything up to the peer's close_notify. An end without it is status::truncated; more than `limit` bytes are
  // status::invalid.
  std::string read_all(std::size_t limit, deadline until = forever) {
    return detail::or_throw([&](error_info &failure) { return read_all(limit, until, failure); });
  }
  // What was read before an error is returned as well.
  std::string read_all(std::size_t limit, deadline until, error_info &failure) {
    std::string text;
    std::array<std::byte, 16384> piece;
    for (;;) {
      const io_result step = read_some(piece, until, failure);
      if (step.status == status::want_read) {
        failure = error_info{status::invalid, "read_all waits: it cannot be called with no_wait"};
      }
      if (step.status != status::ok) {
        return text;
      }
      if (step.size > limit - text.size()) {
        failure = error_info{status::invalid,
                             "the peer sent more than the limit of " + std::to_string(limit) + " bytes"};
        return text;
      }
      text.append(reinterpret_cast<const char *>(piece.data()), step.size);
    }
  }

  // Sends what is still held after writing with no_wait.
  status flush(deadline until = forever) {
    return detail::or_throw([&](error_info &failure) { return flush(until, failure); });
  }
  status flush(deadline until, error_info &failure) noexcept {
    return detail::to_status(::unitls_stream_flush(native(), until.native(), failure.receive()));
  }
  // Sends close_notify. Reading goes on.
  status shutdown(deadline until = forever) {
    return detail::or_throw([&](error_info &failure) { return shutdown(until, failure); });
  }
  status shutdown(deadline until, error_info &failure) noexcept {
    return detail::to_status(::unitls_stream_shutdown(native(), until.native(), failure.receive()));
  }
  // Sends close_notify and waits for the peer's; data that comes before it is dropped.
  status close(deadline until = forever) {
    return detail::or_throw([&](error_info &failure) { return close(until, failure); });
  }
  status close(deadline until, error_info &failure) noexcept {
    return detail::to_status(::unitls_stream_close(native(), until.native(), failure.receive()));
  }

  // The descriptor: its options stay the program's business.
  int native_handle() const noexcept { return ::unitls_stream_descriptor(native()); }
  // UNITLS_POLL_READ and UNITLS_POLL_WRITE: what to wait for after a call with no_wait.
  std::uint32_t poll_events() const noexcept { return ::unitls_stream_poll_events(native()); }
  // Plaintext that read_some() gives without asking the socket.
  std::size_t pending() const noexcept { return ::unitls_stream_pending(native()); }
  connection_info info() const {
    return detail::read_info([&](unitls_info *into) { return ::unitls_stream_info(native(), into); });
  }
  // As the peer presented them: DER, leaf first.
  std::vector<certificate> peer_certificates() const {
    return detail::read_certificates([&](unitls_bytes_sink sink, void *user) {
      return ::unitls_stream_peer_certificates(native(), sink, user);
    });
  }

  // The path by which the peer was verified, leaf first, its anchor last. "verified-chain".
  std::vector<certificate> verified_certificates() const {
    return detail::read_certificates([&](unitls_bytes_sink sink, void *user) {
      return ::unitls_stream_verified_certificates(native(), sink, user);
    });
  }

  unitls_stream *native() const noexcept { return handle_.get(); }
  // Takes the handle over. `context` is what the handle's context needs (client_context::keep_alive).
  static stream from_native(unitls_stream *handle, std::shared_ptr<const void> context = {}) noexcept {
    return stream(handle, std::move(context));
  }

private:
  struct destroy {
    void operator()(unitls_stream *handle) const noexcept { ::unitls_stream_destroy(handle); }
  };

  stream(unitls_stream *handle, std::shared_ptr<const void> context) noexcept
      : context_(std::move(context)), handle_(handle) {}

  template <class Context>
  static std::optional<stream> adopt_over(const Context &context, int descriptor,
                                          const session_config &session,
                                          std::span<const std::byte> ciphertext, error_info &failure) {
    const detail::native_session_config config(session);
    unitls_stream *made = nullptr;
    ::unitls_stream_adopt(context.native(), descriptor, config.get(),
                          {detail::octets(ciphertext.data()), ciphertext.size()}, &made, failure.receive());
    return failure ? std::nullopt : std::optional(stream(made, context.keep_alive()));
  }

  std::shared_ptr<const void> context_; // outlives the handle
  std::unique_ptr<unitls_stream, destroy> handle_;
};

inline stream client_context::connect(const std::string &host, std::uint16_t port,
                                      const connect_options &options) const {
  return detail::value_or_throw([&](error_info &failure) { return connect(host, port, options, failure); });
}

inline std::optional<stream> client_context::connect(const std::string &host, std::uint16_t port,
                                                     error_info &failure) const {
  return connect(host, port, connect_options{}, failure);
}

inline std::optional<stream> client_context::connect(const std::string &host, std::uint16_t port,
                                                     const connect_options &options,
                                                     error_info &failure) const {
  std::optional<detail::native_session_config> session;
  if (options.session) {
    session.emplace(*options.session);
  }
  unitls_connect_options native{};
  native.struct_size = sizeof native;
  native.host = host.c_str();
  native.address = options.address ? options.address->c_str() : nullptr;
  native.session = session ? session->get() : nullptr;
  native.port = port;
  native.connect_timeout = options.connect_timeout.count();
  native.handshake_timeout = options.handshake_timeout.count();
  unitls_stream *made = nullptr;
  ::unitls_stream_connect(handle_.get(), &native, &made, failure.receive());
  return failure ? std::nullopt : std::optional(stream::from_native(made, keep_alive()));
}

} // namespace unitls
