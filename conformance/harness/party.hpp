// A session of the plugin under test that is watched at every call, and two of them in conversation.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <unitls/backend.h>

#include "configuration.hpp"
#include "memory_transport.hpp"
#include "plugin_access.hpp"

namespace unitls::conformance {

// By the table that made it; none stands for the plugin under test.
struct destroy_context {
  const unitls_backend *table = nullptr;
  void operator()(unitls_backend_context *context) const noexcept;
};
struct destroy_session {
  const unitls_backend *table = nullptr;
  void operator()(unitls_backend_session *session) const noexcept;
};
using context_handle = std::unique_ptr<unitls_backend_context, destroy_context>;
using session_handle = std::unique_ptr<unitls_backend_session, destroy_session>;

// Make a context of the side's player that must come to be; the case ends when it does not.
context_handle make_context(const client_setup &from);
context_handle make_context(const server_setup &from);
context_handle make_context(const unitls_client_config &config);
context_handle make_context(const unitls_server_config &config);

// One side. Each call checks what holds for all calls: *done is written (U-11), the transport is called only inside
// (U-26) and never after it has failed (U-27), UNITLS_WANT_READ only when it said so (U-28), an error tells its own
// status (U-08).
class party {
public:
  party(role side, unitls_backend_context *context, const unitls_session_config &config, wire &in, wire &out);
  ~party();
  party(const party &) = delete;
  party &operator=(const party &) = delete;

  unitls_status handshake();
  // What was read is added to `received`.
  unitls_status read(std::size_t size = 16384);
  // *done is added to `written`.
  unitls_status write(std::span<const std::uint8_t> data);
  unitls_status shutdown();

  // Writes all of it; the case ends when that fails.
  void write_all(std::span<const std::uint8_t> data);
  // For calls that are made past this; nothing about them is checked.
  unitls_backend_session *native() const noexcept { return session_.get(); }

  std::size_t pending() const;
  unitls_info info() const;
  std::vector<std::vector<std::uint8_t>> peer_certificates() const;
  std::vector<std::vector<std::uint8_t>> verified_certificates() const;

  // Whether the verify callback may put off its answer: only then UNITLS_WANT_CALLBACK is an answer (U-55).
  bool may_wait = false;
  memory_transport transport;
  unitls_error error = no_error(); // of the last call
  std::vector<std::uint8_t> received;
  std::size_t written = 0;

private:
  void begin();
  unitls_status finish(const char *call, unitls_status status);

  const unitls_backend *table_;
  std::string name_;
  session_handle session_;
};

// Client and server of the plugin under test, joined in memory.
class conversation {
public:
  conversation(const client_setup &client_side, const server_setup &server_side);
  // With contexts that were made in another way.
  conversation(const client_setup &client_side, context_handle client_context, context_handle server_context);
  conversation(const client_setup &client_side, const server_setup &server_side,
               context_handle client_context, context_handle server_context);
  // With contexts that outlive it (U-14).
  conversation(const client_setup &client_side, const server_setup &server_side,
               unitls_backend_context *client_context, unitls_backend_context *server_context);

  // Handshakes of both until neither can go on. Each side's last status.
  struct ends {
    unitls_status client = UNITLS_WANT_READ;
    unitls_status server = UNITLS_WANT_READ;
  };
  ends handshake();
  // Both must succeed; the case ends when they do not.
  void require_open();
  // Reads at `to` until it has so many bytes, wants more than there is, or ends.
  unitls_status read_until(party &to, std::size_t size);
  // The server's or the client's view that the other one gave up: repeats a call until it does not want to read.
  unitls_status drive(party &side, unitls_status (party::*call)());

private:
  client_setup client_setup_;
  server_setup server_setup_;
  context_handle client_context_; // its own ones
  context_handle server_context_;

public:
  wire to_server;
  wire to_client;
  party client;
  party server;
};

// Bytes that tell their place: nothing is lost, doubled or turned around unseen.
std::vector<std::uint8_t> pattern(std::size_t size, std::uint8_t start = 0);

} // namespace unitls::conformance
