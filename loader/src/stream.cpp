#include "stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include <poll.h>
#include <sys/socket.h>

#include "monotonic.hpp"
#include "refusal.hpp"

using namespace unitls::loader;

namespace {

// Plaintext of one call of a plugin: one record (RFC 8446, 5.1).
constexpr std::size_t piece_limit = 16384;

unitls_status report_timeout(std::uint32_t events, std::int64_t waited, unitls_error *err) noexcept {
  try {
    const char *const what =
        (events & UNITLS_POLL_READ) != 0 ? "nothing came from the peer" : "the peer took nothing";
    return report(err, UNITLS_E_TIMEOUT, {}, std::string(what) + " within " + duration_text(waited));
  } catch (...) {
    return report(err, UNITLS_E_TIMEOUT, {}, "the deadline has passed");
  }
}

timespec to_timespec(std::int64_t nanoseconds) noexcept {
  timespec result{};
  result.tv_sec = static_cast<time_t>(nanoseconds / nanoseconds_per_second);
  result.tv_nsec = static_cast<long>(nanoseconds % nanoseconds_per_second);
  return result;
}

} // namespace

// Waits until the socket is ready for one of `events`. `begin` is when the call began, for the message.
unitls_status unitls_stream::wait(std::uint32_t events, std::int64_t begin, std::int64_t deadline,
                                  unitls_error *err) noexcept {
  pollfd entry{};
  entry.fd = transport.descriptor();
  entry.events = static_cast<short>(((events & UNITLS_POLL_READ) != 0 ? POLLIN : 0) |
                                    ((events & UNITLS_POLL_WRITE) != 0 ? POLLOUT : 0));
  for (;;) {
    const std::int64_t now = monotonic_now();
    if (now >= deadline) {
      return report_timeout(events, now - begin, err);
    }
    const timespec left = to_timespec(deadline - now);
    const int ready = ::ppoll(&entry, 1, deadline == for_ever ? nullptr : &left, nullptr);
    if (ready > 0) {
      return UNITLS_OK;
    }
    if (ready < 0 && errno != EINTR) {
      return report_failure({UNITLS_E_TRANSPORT, errno, nullptr}, err);
    }
  }
}

// Repeats a step of the session until it wants nothing more from the peer.
template <class Step>
unitls_status unitls_stream::run(const Step &step, std::int64_t deadline, unitls_error *err) noexcept {
  const std::int64_t begin = deadline == no_wait || deadline == for_ever ? 0 : monotonic_now();
  for (;;) {
    // What is held goes out on the way. A socket that fails here fails in the step as well, after the last bytes
    // that the peer sent, which may tell why.
    (void)transport.flush();
    const unitls_status status = step();
    wants_input = status == UNITLS_WANT_READ;
    // A layer may want more although bytes are here that no poll would tell of.
    if (wants_input && transport.holds_input()) {
      continue;
    }
    if (!wants_input || deadline == no_wait) {
      return status;
    }
    const unitls_status ready = wait(poll_events(), begin, deadline, err);
    if (ready != UNITLS_OK) {
      return ready;
    }
  }
}

unitls_status unitls_stream::handshake(std::int64_t deadline, unitls_error *err) noexcept {
  const unitls_status status = run([&] { return session.handshake(err); }, deadline, err);
  // A peer that did not wait for our last flight may have said why: the next call reads that.
  return status == UNITLS_OK && !transport.peer_is_gone() ? flush(deadline, err) : status;
}

unitls_status unitls_stream::read(std::uint8_t *buffer, std::size_t size, std::size_t *done,
                                  std::int64_t deadline, unitls_error *err) noexcept {
  *done = 0;
  return run([&] { return session.read(buffer, size, done, err); }, deadline, err);
}

// Every piece has reached the kernel before the next one is encrypted. Without waiting, the last piece may be held; so
// it may after UNITLS_E_TIMEOUT, and then goes out with the next call.
unitls_status unitls_stream::write(const std::uint8_t *data, std::size_t size, std::size_t *done,
                                   std::int64_t deadline, unitls_error *err) noexcept {
  *done = 0;
  do {
    const unitls_status flushed = session.has_failed() ? UNITLS_OK : flush(deadline, err);
    if (flushed != UNITLS_OK) {
      return flushed == UNITLS_WANT_WRITE && *done != 0 ? UNITLS_OK : flushed;
    }
    // An error of the session after some bytes were taken is told by the next call: it stays.
    std::size_t step = 0;
    const unitls_status status =
        session.write(data + *done, std::min(size - *done, piece_limit), &step, *done == 0 ? err : nullptr);
    if (status != UNITLS_OK) {
      return *done != 0 ? UNITLS_OK : status;
    }
    *done += step;
  } while (*done < size);
  return deadline == no_wait ? UNITLS_OK : flush(deadline, err);
}

unitls_status unitls_stream::flush(std::int64_t deadline, unitls_error *err) noexcept {
  wants_input = false;
  const std::int64_t begin = transport.holds_output() && deadline != no_wait ? monotonic_now() : 0;
  for (;;) {
    const unitls_status status = transport.flush();
    if (status < 0) {
      return report_failure(failure, err);
    }
    if (status == UNITLS_OK || deadline == no_wait) {
      return status;
    }
    const unitls_status ready = wait(UNITLS_POLL_WRITE, begin, deadline, err);
    if (ready != UNITLS_OK) {
      return ready;
    }
  }
}

unitls_status unitls_stream::shutdown(std::int64_t deadline, unitls_error *err) noexcept {
  const unitls_status status = session.shutdown(err);
  return status == UNITLS_OK ? flush(deadline, err) : status;
}

unitls_status unitls_stream::close(std::int64_t deadline, unitls_error *err) noexcept {
  const unitls_status sent = shutdown(deadline, err);
  if (sent != UNITLS_OK && !transport.peer_is_gone()) {
    return sent;
  }
  std::array<std::uint8_t, 4096> dropped;
  std::size_t size = 0;
  unitls_status status = UNITLS_OK;
  while (status == UNITLS_OK) {
    status = read(dropped.data(), dropped.size(), &size, deadline, err);
  }
  return status == UNITLS_CLOSED ? sent : status;
}

std::uint32_t unitls_stream::poll_events() const noexcept {
  return (wants_input ? std::uint32_t{UNITLS_POLL_READ} : 0U) |
         (transport.holds_output() ? std::uint32_t{UNITLS_POLL_WRITE} : 0U);
}

namespace unitls::loader {

unitls_status make_stream(unitls_context &context, const unitls_session_config *config,
                          std::unique_ptr<unitls_stream> &stream, unitls_error *err) {
  auto made = std::make_unique<unitls_stream>(context);
  const unitls_status status = made->session.open(config, made->transport.native(), err);
  if (status == UNITLS_OK) {
    stream = std::move(made);
  }
  return status;
}

namespace {

void check_descriptor(int descriptor) {
  int type = 0;
  socklen_t size = sizeof type;
  if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0) {
    throw refusal(errno == EBADF ? "the descriptor is not open" : "the descriptor is not a socket",
                  UNITLS_E_INVALID, "descriptor");
  }
  if (type != SOCK_STREAM) {
    throw refusal("the descriptor is not a stream socket", UNITLS_E_INVALID, "descriptor");
  }
  sockaddr_storage peer{};
  size = sizeof peer;
  if (getpeername(descriptor, reinterpret_cast<sockaddr *>(&peer), &size) != 0) {
    throw refusal("the socket is not connected", UNITLS_E_INVALID, "descriptor");
  }
}

unitls_status adopt(unitls_context &context, int descriptor, const unitls_session_config *config,
                    unitls_bytes ciphertext, unitls_stream **stream, unitls_error *err) {
  check_descriptor(descriptor);
  std::unique_ptr<unitls_stream> made;
  const unitls_status status = make_stream(context, config, made, err);
  if (status != UNITLS_OK) {
    return status;
  }
  if (ciphertext.size != 0 && !made->transport.prepend({ciphertext.data, ciphertext.size})) {
    throw std::bad_alloc();
  }
  made->transport.take_descriptor(descriptor);
  *stream = made.release();
  return UNITLS_OK;
}

} // namespace
} // namespace unitls::loader

extern "C" {

unitls_status unitls_stream_adopt(unitls_context *context, int32_t descriptor,
                                  const unitls_session_config *config, unitls_bytes ciphertext,
                                  unitls_stream **stream, unitls_error *err) {
  *stream = nullptr;
  try {
    return adopt(*context, descriptor, config, ciphertext, stream, err);
  } catch (...) {
    return report_current_exception(err);
  }
}

void unitls_stream_destroy(unitls_stream *stream) {
  delete stream;
}

unitls_status unitls_stream_handshake(unitls_stream *stream, int64_t deadline, unitls_error *err) {
  return stream->handshake(deadline, err);
}

unitls_status unitls_stream_read(unitls_stream *stream, uint8_t *buffer, size_t size, size_t *done,
                                 int64_t deadline, unitls_error *err) {
  return stream->read(buffer, size, done, deadline, err);
}

unitls_status unitls_stream_write(unitls_stream *stream, const uint8_t *data, size_t size, size_t *done,
                                  int64_t deadline, unitls_error *err) {
  return stream->write(data, size, done, deadline, err);
}

unitls_status unitls_stream_flush(unitls_stream *stream, int64_t deadline, unitls_error *err) {
  return stream->flush(deadline, err);
}

unitls_status unitls_stream_shutdown(unitls_stream *stream, int64_t deadline, unitls_error *err) {
  return stream->shutdown(deadline, err);
}

unitls_status unitls_stream_close(unitls_stream *stream, int64_t deadline, unitls_error *err) {
  return stream->close(deadline, err);
}

int32_t unitls_stream_descriptor(const unitls_stream *stream) {
  return stream->transport.descriptor();
}

uint32_t unitls_stream_poll_events(const unitls_stream *stream) {
  return stream->poll_events();
}

size_t unitls_stream_pending(const unitls_stream *stream) {
  return stream->session.pending();
}

unitls_status unitls_stream_info(const unitls_stream *stream, unitls_info *info) {
  return stream->session.info(info);
}

unitls_status unitls_stream_peer_certificates(const unitls_stream *stream, unitls_bytes_sink sink,
                                              void *user) {
  return stream->session.peer_certificates(sink, user);
}

unitls_status unitls_stream_verified_certificates(const unitls_stream *stream, unitls_bytes_sink sink,
                                                  void *user) {
  return stream->session.verified_certificates(sink, user);
}

} // extern "C"
