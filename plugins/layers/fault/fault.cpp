#include "fault.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <thread>

namespace unitls::fault {
namespace {

constexpr std::uint64_t longest_delay = 60'000; // milliseconds

} // namespace

plan::plan(const plugin::layer_options &options) {
  constexpr std::uint64_t most = never - 1;
  seed = options.number("seed", 0, most).value_or(seed);
  short_read = options.number("short-read", 1, most).value_or(short_read);
  // Were every call refused, nothing would ever arrive.
  want_read = options.number("want-read", 2, most).value_or(want_read);
  delay = std::chrono::milliseconds(options.number("delay", 0, longest_delay).value_or(0));
  send_delay = std::chrono::milliseconds(options.number("send-delay", 0, longest_delay).value_or(0));
  truncate_after = options.number("truncate-after", 0, most).value_or(truncate_after);
  error_after = options.number("error-after", 0, most).value_or(error_after);
  send_error_after = options.number("send-error-after", 0, most).value_or(send_error_after);
}

// The same seed gives the n-th session the same faults.
layer::session::session(layer &of, context &) noexcept
    : number(of.sessions_.fetch_add(1, std::memory_order_relaxed) + 1), random(of.plan_.seed + number) {}

unitls_status layer::receive(session &of, const unitls_transport &outer, std::uint8_t *buffer,
                             std::size_t size, std::size_t *done) noexcept {
  *done = 0;
  ++of.recv_calls;
  pause(of, "recv", plan_.delay);
  if (of.received >= plan_.error_after) {
    return fail(of, "recv", plan_.error_after);
  }
  if (of.received >= plan_.truncate_after) {
    if (!of.ended) {
      of.ended = true;
      tell(of, "the transport ends after %" PRIu64 " bytes", of.received);
    }
    return UNITLS_EOF;
  }
  if (would_block(of)) {
    tell(of, "recv number %" PRIu64 " would block", of.recv_calls);
    return UNITLS_WANT_READ;
  }
  const unitls_status status = outer.recv(outer.user, buffer, cut(of, size), done);
  of.received += *done;
  return status;
}

// All or nothing: of a call that would pass the limit the peer gets no byte.
unitls_status layer::send(session &of, const unitls_transport &outer, const std::uint8_t *data,
                          std::size_t size) noexcept {
  pause(of, "send", plan_.send_delay);
  if (size > plan_.send_error_after - of.sent) {
    return fail(of, "send", plan_.send_error_after);
  }
  const unitls_status status = outer.send(outer.user, data, size);
  if (status == UNITLS_OK) {
    of.sent += size;
  }
  return status;
}

bool layer::would_block(session &of) const noexcept {
  return plan_.want_read != 0 && of.recv_calls % plan_.want_read == 0;
}

// What recv may give at once. A limit stops short of where something else goes wrong, so that it goes wrong there.
std::size_t layer::cut(session &of, std::size_t size) const noexcept {
  std::uint64_t room = std::min(plan_.truncate_after, plan_.error_after);
  room = room == never ? never : room - of.received;
  if (plan_.short_read != never) {
    room = std::min(room, std::uniform_int_distribution<std::uint64_t>(1, plan_.short_read)(of.random));
  }
  if (room >= size) {
    return size;
  }
  tell(of, "recv of %zu bytes is cut to %" PRIu64, size, room);
  return static_cast<std::size_t>(room);
}

void layer::pause(const session &of, const char *call, std::chrono::milliseconds time) const noexcept {
  if (time.count() != 0) {
    tell(of, "%s waits %" PRId64 " ms", call, static_cast<std::int64_t>(time.count()));
    std::this_thread::sleep_for(time);
  }
}

unitls_status layer::fail(session &of, const char *call, std::uint64_t limit) const noexcept {
  tell(of, "%s fails: %" PRIu64 " bytes are the limit", call, limit);
  return UNITLS_E_TRANSPORT;
}

void layer::tell(const session &of, const char *format, ...) const noexcept {
  char text[160];
  const int begin = std::snprintf(text, sizeof text, "fault: session %" PRIu64 ": ", of.number);
  if (begin < 0 || static_cast<std::size_t>(begin) >= sizeof text) {
    return;
  }
  std::va_list arguments;
  va_start(arguments, format);
  const int rest =
      std::vsnprintf(text + begin, sizeof text - static_cast<std::size_t>(begin), format, arguments);
  va_end(arguments);
  if (rest >= 0) {
    host_.log(host_.user, UNITLS_LOG_DEBUG, text);
  }
}

} // namespace unitls::fault
