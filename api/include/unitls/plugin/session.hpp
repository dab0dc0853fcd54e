// The session guard: everything that the contract of backend.h asks of a session and no TLS library keeps by
// itself. It stands in front of the library's connection, written once for all C++ backends.
//
//   transport_link  remembers what the transport truly answered, because every library flattens it
//   session         states, latches and the rule about WANT_READ
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include <unitls/backend.h>
#include <unitls/plugin/certificate_list.hpp>
#include <unitls/plugin/error.hpp>

namespace unitls::plugin {

// The way to the transport, and the memory of what it answered. An error or an end is final: the transport is not
// asked again (U-27).
class transport_link {
public:
  explicit transport_link(const unitls_transport &transport) noexcept : transport_(&transport) {}
  transport_link(const transport_link &) = delete;
  transport_link &operator=(const transport_link &) = delete;

  // UNITLS_OK with done of at least 1, UNITLS_WANT_READ, UNITLS_EOF or an error.
  unitls_status receive(std::uint8_t *buffer, std::size_t size, std::size_t &done) noexcept;
  // UNITLS_OK or an error.
  unitls_status send(const std::uint8_t *data, std::size_t size) noexcept;

  // What happened since `begin_call`.
  void begin_call() noexcept {
    wants_read_ = false;
    active_ = false;
  }
  bool wants_read() const noexcept { return wants_read_; }
  // What happened since `begin_step`: whether a byte moved.
  void begin_step() noexcept { active_ = false; }
  bool active() const noexcept { return active_; }

  // What happened ever.
  bool ended() const noexcept { return ended_; }
  unitls_status error() const noexcept { return error_; }
  // Whether what came in began as a record of TLS does (RFC 8446, 5.1). Nobody else is sent an alert.
  bool peer_speaks_tls() const noexcept;

  // The fatal alert that was sent or received; for the library's glue to note. The first one stays.
  void note_alert(std::uint32_t direction, std::uint32_t alert) noexcept {
    if (alert_direction_ == UNITLS_ALERT_NONE) {
      alert_direction_ = static_cast<std::uint8_t>(direction);
      alert_ = static_cast<std::uint8_t>(alert);
    }
  }
  std::uint32_t alert_direction() const noexcept { return alert_direction_; }
  std::uint32_t alert() const noexcept { return alert_; }

private:
  void keep_first_bytes(std::span<const std::uint8_t> received) noexcept;

  const unitls_transport *transport_;
  unitls_status error_ = UNITLS_OK;
  bool ended_ = false;
  bool wants_read_ = false;
  bool active_ = false;
  std::uint8_t alert_direction_ = UNITLS_ALERT_NONE;
  std::uint8_t alert_ = 0;
  std::uint8_t first_bytes_[2] = {}; // content type and major version
  std::uint8_t first_bytes_size_ = 0;
};

// Inline: they stand between the library and its host for every record.
inline unitls_status transport_link::receive(std::uint8_t *buffer, std::size_t size,
                                             std::size_t &done) noexcept {
  done = 0;
  if (error_ != UNITLS_OK) {
    return error_;
  }
  if (ended_) {
    return UNITLS_EOF;
  }
  const unitls_status status = transport_->recv(transport_->user, buffer, size, &done);
  switch (status) {
  case UNITLS_OK:
    if (done == 0 || done > size) {
      error_ = UNITLS_E_INTERNAL; // the host broke its own promise
      done = 0;
      return error_;
    }
    active_ = true;
    if (first_bytes_size_ < sizeof first_bytes_) [[unlikely]] {
      keep_first_bytes({buffer, done});
    }
    return UNITLS_OK;
  case UNITLS_WANT_READ:
    wants_read_ = true;
    return status;
  case UNITLS_EOF:
    ended_ = true;
    return status;
  default:
    error_ = status < 0 ? status : UNITLS_E_INTERNAL;
    return error_;
  }
}

inline unitls_status transport_link::send(const std::uint8_t *data, std::size_t size) noexcept {
  if (error_ != UNITLS_OK) {
    return error_;
  }
  const unitls_status status = transport_->send(transport_->user, data, size);
  if (status == UNITLS_OK) {
    active_ = true;
    return UNITLS_OK;
  }
  error_ = status < 0 ? status : UNITLS_E_INTERNAL;
  return error_;
}

// What a call of the library came to, as far as the library knows.
enum class outcome {
  done,
  again,   // it would block, or swallowed a record without data
  closed,  // the peer's close_notify
  pending, // a callback of the program has not decided yet
  failed
};

// What needs no template: the states and the latched failure.
class session_state {
protected:
  enum class phase : std::uint8_t { handshaking, open };

  bool failed() const noexcept { return failure_status_ != UNITLS_OK; }
  unitls_status repeat_failure(unitls_error *err) const noexcept;
  // Makes the session failed, for ever.
  unitls_status latch(const unitls_error &failure, unitls_error *err) noexcept;
  unitls_status latch_transport(const transport_link &link, unitls_error *err) noexcept;
  unitls_status latch_end(unitls_error *err) noexcept;
  unitls_status latch_early_close(unitls_error *err) noexcept;
  unitls_status latch_standstill(unitls_error *err) noexcept;
  // Puts the alert into a failure; a received one is the failure (U-37).
  static void name_alert(const transport_link &link, unitls_error &failure) noexcept;

  phase phase_ = phase::handshaking;
  bool own_side_closed_ = false;
  bool peer_closed_ = false;

private:
  unitls_status failure_status_ = UNITLS_OK;
  std::unique_ptr<unitls_error> failure_; // made when it happens: most sessions never need the room
};

// A session over a library's connection. `Connection` offers, with nothing thrown:
//
//   outcome handshake();
//   outcome read(std::span<std::uint8_t>, std::size_t &done);
//   outcome write(std::span<const std::uint8_t>, std::size_t &done);
//   outcome close_notify();
//   std::size_t pending() const;
//   void info(unitls_info &) const;           only asked after the handshake
//   unitls_status peer_certificates(unitls_bytes_sink, void *) const;
//   const peer_verification &verification() const;
//   void explain(unitls_error &);             after `failed`: the library's complaint in the common vocabulary;
//                                             also sends the alert where the library does not. Alerts go to
//                                             transport_link::note_alert, not into the error.
template <class Connection>
class session : private session_state {
public:
  template <class... Arguments>
  explicit session(const unitls_transport &transport, Arguments &&...arguments)
      : link_(transport), connection_(link_, std::forward<Arguments>(arguments)...) {}

  unitls_status handshake(unitls_error *err) noexcept {
    if (failed()) {
      return repeat_failure(err);
    }
    if (phase_ == phase::open) {
      return UNITLS_OK;
    }
    const unitls_status status = run(err, [this] { return connection_.handshake(); });
    if (status == UNITLS_CLOSED) {
      return latch_early_close(err);
    }
    if (status == UNITLS_OK) {
      phase_ = phase::open;
    }
    return status;
  }

  unitls_status read(std::span<std::uint8_t> buffer, std::size_t &done, unitls_error *err) noexcept {
    done = 0;
    if (failed()) {
      return repeat_failure(err);
    }
    if (phase_ != phase::open) {
      return fail(err, UNITLS_E_STATE, {}, "read before the end of the handshake");
    }
    if (buffer.empty()) {
      return fail(err, UNITLS_E_INVALID, "size", "read of length 0");
    }
    if (peer_closed_) {
      return UNITLS_CLOSED;
    }
    const unitls_status status = run(err, [&] { return connection_.read(buffer, done); });
    peer_closed_ = status == UNITLS_CLOSED;
    return status;
  }

  unitls_status write(std::span<const std::uint8_t> data, std::size_t &done, unitls_error *err) noexcept {
    done = 0;
    if (failed()) {
      return repeat_failure(err);
    }
    if (phase_ != phase::open) {
      return fail(err, UNITLS_E_STATE, {}, "write before the end of the handshake");
    }
    if (own_side_closed_) {
      return fail(err, UNITLS_E_STATE, {}, "write after shutdown");
    }
    if (data.empty()) {
      return UNITLS_OK;
    }
    return run(err, [&] { return connection_.write(data, done); });
  }

  unitls_status shutdown(unitls_error *err) noexcept {
    if (failed()) {
      return repeat_failure(err);
    }
    if (phase_ != phase::open) {
      return fail(err, UNITLS_E_STATE, {}, "shutdown before the end of the handshake");
    }
    if (own_side_closed_) {
      return UNITLS_OK;
    }
    const unitls_status status = run(err, [this] { return connection_.close_notify(); });
    own_side_closed_ = status == UNITLS_OK;
    return status;
  }

  std::size_t pending() const noexcept {
    return phase_ == phase::open && !failed() && !peer_closed_ ? connection_.pending() : 0;
  }

  void info(unitls_info &facts) const noexcept {
    if (phase_ == phase::open) {
      connection_.info(facts);
    }
  }

  // May throw std::bad_alloc, as the next.
  unitls_status peer_certificates(unitls_bytes_sink sink, void *user) const {
    return connection_.peer_certificates(sink, user);
  }

  unitls_status verified_certificates(unitls_bytes_sink sink, void *user) const {
    if (phase_ != phase::open || connection_.verification().path().empty()) {
      return UNITLS_OK;
    }
    certificate_list presented;
    const unitls_status status = connection_.peer_certificates(certificate_list::collect, &presented);
    if (status != UNITLS_OK) {
      return status;
    }
    return certificate_list(connection_.verification().path().views(presented.views())).give(sink, user);
  }

private:
  // Calls the library until it says something that the contract has a word for. What the transport answered counts
  // more than what the library made of it.
  template <class Step>
  unitls_status run(unitls_error *err, Step step) noexcept {
    constexpr int standstill_limit = 1024;
    link_.begin_call();
    for (int idle = 0; idle < standstill_limit; ++idle) {
      link_.begin_step();
      const outcome result = step();
      if (link_.error() != UNITLS_OK) {
        return latch_transport(link_, err);
      }
      switch (result) {
      case outcome::done:
        return UNITLS_OK;
      case outcome::closed:
        return UNITLS_CLOSED;
      case outcome::pending:
        return UNITLS_WANT_CALLBACK;
      case outcome::failed:
        return link_.ended() ? latch_end(err) : latch_failure(err);
      case outcome::again:
        break;
      }
      if (link_.wants_read()) {
        return UNITLS_WANT_READ;
      }
      if (link_.ended()) {
        return latch_end(err);
      }
      if (link_.active()) {
        idle = 0;
      }
    }
    return latch_standstill(err);
  }

  unitls_status latch_failure(unitls_error *err) noexcept {
    unitls_error failure{};
    failure.struct_size = sizeof failure;
    failure.status = UNITLS_E_INTERNAL;
    connection_.explain(failure);
    name_alert(link_, failure);
    return link_.error() != UNITLS_OK ? latch_transport(link_, err) : latch(failure, err);
  }

  transport_link link_; // before the connection, which keeps its address
  Connection connection_;
};

} // namespace unitls::plugin
