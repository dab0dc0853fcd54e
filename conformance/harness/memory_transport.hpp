// A transport in memory that does what a network may do: give few bytes at a time, keep a session waiting, end, fail.
// It also watches the plugin: when it calls, and what it sends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include <unitls/backend.h>

namespace unitls::conformance {

inline constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

// Bytes on their way in one direction.
struct wire {
  std::vector<std::uint8_t> sent; // all that ever was
  std::size_t taken = 0;
  bool ended = false; // nothing will come beyond what is here

  std::size_t waiting() const noexcept { return sent.size() - taken; }
};

// What goes wrong. Calls are counted from 0, over the life of the transport.
struct trouble {
  std::size_t most_per_recv = unbounded;
  // Every n-th recv has nothing to give; 0: never.
  std::size_t want_read_every = 0;
  // This recv has nothing to give.
  std::optional<std::size_t> want_read_at;
  // After so many bytes the transport has ended.
  std::size_t end_after = unbounded;
  std::optional<std::size_t> fail_recv;
  std::optional<std::size_t> fail_send;
  unitls_status failure = UNITLS_E_TRANSPORT;
};

class memory_transport {
public:
  memory_transport(wire &in, wire &out);
  memory_transport(const memory_transport &) = delete;
  memory_transport &operator=(const memory_transport &) = delete;

  const unitls_transport *native() const noexcept { return &native_; }

  trouble plan;

  // The plugin may call only in between (U-26).
  void begin_call() noexcept;
  void end_call() noexcept { allowed_ = false; }

  bool was_called_outside() const noexcept { return called_outside_; }
  bool was_called_after_failure() const noexcept { return called_after_failure_; }
  // Within the last call.
  bool said_want_read() const noexcept { return said_want_read_; }
  // In all.
  std::size_t recv_calls() const noexcept { return recv_calls_; }
  std::size_t send_calls() const noexcept { return send_calls_; }
  std::size_t bytes_received() const noexcept { return received_; }

private:
  static unitls_status UNITLS_CALL recv(void *user, std::uint8_t *buffer, std::size_t size,
                                        std::size_t *done);
  static unitls_status UNITLS_CALL send(void *user, const std::uint8_t *data, std::size_t size);
  unitls_status give(std::uint8_t *buffer, std::size_t size, std::size_t *done);
  void note_call() noexcept;

  wire &in_;
  wire &out_;
  unitls_transport native_{};
  bool allowed_ = false;
  bool failed_ = false;
  bool called_outside_ = false;
  bool called_after_failure_ = false;
  bool said_want_read_ = false;
  std::size_t recv_calls_ = 0;
  std::size_t send_calls_ = 0;
  std::size_t received_ = 0;
};

// A record as it stood on the wire (RFC 8446, 5.1).
struct record {
  std::uint8_t type = 0;
  std::uint16_t version = 0;
  std::vector<std::uint8_t> fragment;
};

enum : std::uint8_t {
  record_change_cipher_spec = 20,
  record_alert = 21,
  record_handshake = 22,
  record_application_data = 23
};

// The whole records from an offset on.
std::vector<record> records_of(const wire &sent, std::size_t from = 0);

} // namespace unitls::conformance
