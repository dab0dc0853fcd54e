// The C API's stream: a session over a socket, with deadlines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <unitls/unitls.h>

#include "session.hpp"
#include "socket_transport.hpp"

struct unitls_stream {
  explicit unitls_stream(unitls_context &context) noexcept : transport(failure), session(context, failure) {}

  unitls_status handshake(std::int64_t deadline, unitls_error *err) noexcept;
  unitls_status read(std::uint8_t *buffer, std::size_t size, std::size_t *done, std::int64_t deadline,
                     unitls_error *err) noexcept;
  unitls_status write(const std::uint8_t *data, std::size_t size, std::size_t *done, std::int64_t deadline,
                      unitls_error *err) noexcept;
  unitls_status flush(std::int64_t deadline, unitls_error *err) noexcept;
  unitls_status shutdown(std::int64_t deadline, unitls_error *err) noexcept;
  unitls_status close(std::int64_t deadline, unitls_error *err) noexcept;
  std::uint32_t poll_events() const noexcept;

  bool wants_input = false; // the last call ended in UNITLS_WANT_READ
  unitls::loader::transport_failure failure;
  unitls::loader::socket_transport transport;
  unitls::loader::session session; // last: it must go before the transport

private:
  template <class Step>
  unitls_status run(const Step &step, std::int64_t deadline, unitls_error *err) noexcept;
  unitls_status wait(std::uint32_t events, std::int64_t begin, std::int64_t deadline,
                     unitls_error *err) noexcept;
};

// A connection that waits costs this and what the library itself holds.
static_assert(sizeof(unitls_stream) <= 496);

namespace unitls::loader {

// Makes a stream whose descriptor is still to be set.
unitls_status make_stream(unitls_context &context, const unitls_session_config *config,
                          std::unique_ptr<unitls_stream> &stream, unitls_error *err);

} // namespace unitls::loader
