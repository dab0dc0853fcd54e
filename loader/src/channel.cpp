// unitls_channel: a session over two bounded queues in memory.
#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include <unitls/backend.h>
#include <unitls/unitls.h>

#include "byte_queue.hpp"
#include "refusal.hpp"
#include "session.hpp"

struct unitls_channel {
  unitls_channel(unitls_context &context, std::size_t given_limit) noexcept
      : limit(given_limit), session(context, failure) {
    transport.struct_size = sizeof transport;
    transport.user = this;
    transport.recv = &unitls_channel::receive;
    transport.send = &unitls_channel::send;
  }

  std::size_t incoming_room() const noexcept { return ended ? 0 : limit - std::min(limit, incoming.size()); }
  std::size_t outgoing_room() const noexcept { return limit - std::min(limit, outgoing.size()); }

  static unitls_status UNITLS_CALL receive(void *user, std::uint8_t *buffer, std::size_t size,
                                           std::size_t *done) noexcept;
  static unitls_status UNITLS_CALL send(void *user, const std::uint8_t *data, std::size_t size) noexcept;

  std::size_t limit;
  std::size_t offered = 0; // what incoming_buffer gave last
  bool ended = false;      // nothing will come beyond what is held
  unitls::loader::byte_queue incoming;
  unitls::loader::byte_queue outgoing;
  unitls_transport transport{};
  unitls::loader::transport_failure failure;
  unitls::loader::session session; // last: it must go before the transport
};

// A connection that waits costs this and what the library itself holds.
static_assert(sizeof(unitls_channel) <= 496);

unitls_status UNITLS_CALL unitls_channel::receive(void *user, std::uint8_t *buffer, std::size_t size,
                                                  std::size_t *done) noexcept {
  auto &self = *static_cast<unitls_channel *>(user);
  const auto held = self.incoming.bytes();
  *done = std::min(size, held.size());
  if (*done == 0) {
    return self.ended ? UNITLS_EOF : UNITLS_WANT_READ;
  }
  std::memcpy(buffer, held.data(), *done);
  self.incoming.take(*done);
  return UNITLS_OK;
}

unitls_status UNITLS_CALL unitls_channel::send(void *user, const std::uint8_t *data,
                                               std::size_t size) noexcept {
  auto &self = *static_cast<unitls_channel *>(user);
  const std::size_t most = self.limit + unitls::loader::output_reserve;
  if (size > most - std::min(most, self.outgoing.size())) {
    self.failure = {UNITLS_E_TRANSPORT, 0, "the peer does not read: too much output is waiting for it"};
    return UNITLS_E_TRANSPORT;
  }
  if (!self.outgoing.add({data, size})) {
    self.failure = {UNITLS_E_NOMEM, 0, "out of memory"};
    return UNITLS_E_NOMEM;
  }
  return UNITLS_OK;
}

namespace unitls::loader {
namespace {

unitls_status make_channel(unitls_context &context, const unitls_session_config *config, std::size_t limit,
                           unitls_channel **channel, unitls_error *err) {
  if (limit == 0) {
    limit = UNITLS_CHANNEL_LIMIT_DEFAULT;
  }
  if (limit < UNITLS_CHANNEL_LIMIT_MIN || limit > SIZE_MAX / 4) {
    return report(err, UNITLS_E_INVALID, "limit", "a channel's limit is 0 or at least 32768 bytes");
  }
  auto made = std::make_unique<unitls_channel>(context, limit);
  const unitls_status status = made->session.open(config, made->transport, err);
  if (status == UNITLS_OK) {
    *channel = made.release();
  }
  return status;
}

} // namespace
} // namespace unitls::loader

extern "C" {

using namespace unitls::loader;

unitls_status unitls_channel_create(unitls_context *context, const unitls_session_config *config,
                                    size_t limit, unitls_channel **channel, unitls_error *err) {
  *channel = nullptr;
  try {
    return make_channel(*context, config, limit, channel, err);
  } catch (...) {
    return report_current_exception(err);
  }
}

void unitls_channel_destroy(unitls_channel *channel) {
  delete channel;
}

unitls_status unitls_channel_incoming_buffer(unitls_channel *channel, uint8_t **data, size_t *size) {
  channel->offered = channel->incoming_room();
  const auto room = channel->offered != 0 ? channel->incoming.room(channel->offered) : std::span<uint8_t>{};
  const bool out_of_memory = room.size() < channel->offered;
  channel->offered = room.size();
  *data = room.data();
  *size = room.size();
  return out_of_memory ? UNITLS_E_NOMEM : UNITLS_OK;
}

unitls_status unitls_channel_commit(unitls_channel *channel, size_t size) {
  if (size > channel->offered) {
    return UNITLS_E_INVALID;
  }
  channel->offered = 0;
  channel->incoming.added(size);
  channel->incoming.release_if_empty();
  return UNITLS_OK;
}

unitls_status unitls_channel_feed(unitls_channel *channel, const uint8_t *data, size_t size, size_t *taken) {
  channel->offered = 0;
  *taken = std::min(size, channel->incoming_room());
  if (*taken == 0) {
    return channel->ended && size != 0 ? UNITLS_E_STATE : UNITLS_OK;
  }
  if (!channel->incoming.add({data, *taken})) {
    *taken = 0;
    return UNITLS_E_NOMEM;
  }
  return UNITLS_OK;
}

void unitls_channel_feed_eof(unitls_channel *channel) {
  channel->ended = true;
}

unitls_bytes unitls_channel_outgoing(const unitls_channel *channel) {
  const auto held = channel->outgoing.bytes();
  return {held.data(), held.size()};
}

unitls_status unitls_channel_consume(unitls_channel *channel, size_t size) {
  if (size > channel->outgoing.size()) {
    return UNITLS_E_INVALID;
  }
  channel->outgoing.take(size);
  return UNITLS_OK;
}

unitls_status unitls_channel_handshake(unitls_channel *channel, unitls_error *err) {
  return channel->session.handshake(err);
}

unitls_status unitls_channel_read(unitls_channel *channel, uint8_t *buffer, size_t size, size_t *done,
                                  unitls_error *err) {
  return channel->session.read(buffer, size, done, err);
}

unitls_status unitls_channel_write(unitls_channel *channel, const uint8_t *data, size_t size, size_t *done,
                                   unitls_error *err) {
  *done = 0;
  do {
    // A session that has failed says so, also when its last output was never sent.
    const std::size_t room = channel->session.has_failed() ? size : channel->outgoing_room();
    if (room == 0 && size != 0) {
      return *done != 0 ? UNITLS_OK : UNITLS_WANT_WRITE;
    }
    // An error after some bytes were taken is told by the next call: errors of a session stay.
    unitls_error *const tell = *done == 0 ? err : nullptr;
    std::size_t step = 0;
    const unitls_status status =
        channel->session.write(data + *done, std::min(size - *done, room), &step, tell);
    if (status != UNITLS_OK) {
      return *done != 0 ? UNITLS_OK : status;
    }
    *done += step;
  } while (*done < size);
  return UNITLS_OK;
}

unitls_status unitls_channel_shutdown(unitls_channel *channel, unitls_error *err) {
  return channel->session.shutdown(err);
}

size_t unitls_channel_pending(const unitls_channel *channel) {
  return channel->session.pending();
}

unitls_status unitls_channel_info(const unitls_channel *channel, unitls_info *info) {
  return channel->session.info(info);
}

unitls_status unitls_channel_peer_certificates(const unitls_channel *channel, unitls_bytes_sink sink,
                                               void *user) {
  return channel->session.peer_certificates(sink, user);
}

unitls_status unitls_channel_verified_certificates(const unitls_channel *channel, unitls_bytes_sink sink,
                                                   void *user) {
  return channel->session.verified_certificates(sink, user);
}

} // extern "C"
