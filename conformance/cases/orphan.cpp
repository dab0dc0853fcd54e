// Sessions that are destroyed while their peers live on, in every order and at every stage: U-21, U-26, U-33, U-34.
#include <memory>
#include <optional>
#include <string>

#include "case.hpp"
#include "expect.hpp"
#include "party.hpp"
#include "versions.hpp"

namespace unitls::conformance {
namespace {

// Two sides that can be destroyed one by one, over contexts that the case keeps (U-14).
struct separable {
  explicit separable(const setups_of_version &setups)
      : client_context(make_context(setups.client)), server_context(make_context(setups.server)) {
    client.emplace(role::client, client_context.get(), native_session(setups.client).config, to_client,
                   to_server);
    server.emplace(role::server, server_context.get(), native_session(setups.server).config, to_server,
                   to_client);
  }

  context_handle client_context;
  context_handle server_context;
  wire to_server;
  wire to_client;
  std::optional<party> client;
  std::optional<party> server;

  void open() {
    unitls_status of_client = UNITLS_WANT_READ;
    unitls_status of_server = UNITLS_WANT_READ;
    for (int flights = 0; flights < 8 && (of_client != UNITLS_OK || of_server != UNITLS_OK); ++flights) {
      of_client = client->handshake();
      of_server = server->handshake();
    }
    require_status("U-42", "the client's handshake", of_client, UNITLS_OK);
    require_status("U-42", "the server's handshake", of_server, UNITLS_OK);
  }
};

struct view {
  const char *text;
  std::optional<party> separable::*gone;
  std::optional<party> separable::*left;
  wire separable::*to_left;
};

constexpr view views[] = {
    {"the client goes first", &separable::client, &separable::server, &separable::to_server},
    {"the server goes first", &separable::server, &separable::client, &separable::to_client},
};

// Runs a body for both orders; it destroys one side, and the other one is destroyed after it.
template <class Body>
void for_each_order(Body body) {
  for_each_version([&](const setups_of_version &setups) {
    for (const view &each : views) {
      const during what(each.text);
      separable pair(setups);
      body(pair, each);
    }
  });
}

// Destroys the one side, as a program does that loses a connection.
party &leave_alone(separable &pair, const view &order) {
  (pair.*order.gone).reset();
  (pair.*order.to_left).ended = true;
  return *(pair.*order.left);
}

UNITLS_CASE("close/peer-destroyed-before-handshake", "A session may go before anything was said", "U-26 U-33",
            needs("client", "server")) {
  for_each_order([](separable &pair, const view &order) {
    party &left = leave_alone(pair, order);
    unitls_status status = left.handshake();
    expect_status("U-33", "handshake", status, UNITLS_E_TRUNCATED);
  });
}

UNITLS_CASE("close/peer-destroyed-in-handshake", "A session may go inside the handshake", "U-26 U-33",
            needs("client", "server")) {
  for_each_order([](separable &pair, const view &order) {
    pair.client->handshake();
    pair.server->handshake();
    party &left = leave_alone(pair, order);
    unitls_status status = UNITLS_WANT_READ;
    for (int calls = 0; calls < 4 && (status == UNITLS_WANT_READ || status == UNITLS_OK); ++calls) {
      status = left.handshake();
      if (status == UNITLS_OK) { // in TLS 1.3 a client can be through
        status = left.read();
      }
    }
    expect_status("U-33", "the other side", status, UNITLS_E_TRUNCATED);
  });
}

UNITLS_CASE("close/peer-destroyed", "Without close_notify a peer that goes leaves a truncation", "U-26 U-33",
            needs("client", "server")) {
  const auto data = pattern(20000);
  for_each_order([&](separable &pair, const view &order) {
    pair.open();
    (pair.*order.gone)->write_all(data);
    party &left = leave_alone(pair, order);
    unitls_status status = UNITLS_OK;
    while (status == UNITLS_OK) {
      status = left.read(1000);
    }
    expect_status("U-33", "the end of what is read", status, UNITLS_E_TRUNCATED);
    expect("U-33", "what is read before it", left.received == data, "what was written",
           std::to_string(left.received.size()) + " bytes, not the same");
  });
}

UNITLS_CASE("close/peer-destroyed-after-close", "After close_notify a peer may go, and what it said is read",
            "U-25 U-26 U-34", needs("client", "server")) {
  const auto data = pattern(20000);
  for_each_order([&](separable &pair, const view &order) {
    pair.open();
    party &leaving = *(pair.*order.gone);
    (pair.*order.left)->write_all(data); // the one that goes never reads it
    leaving.write_all(data);
    expect_status("U-25", "shutdown with data that was not read", leaving.shutdown(), UNITLS_OK);
    party &left = leave_alone(pair, order);
    unitls_status status = UNITLS_OK;
    while (status == UNITLS_OK) {
      status = left.read(1000);
    }
    expect_status("U-34", "the end of what is read", status, UNITLS_CLOSED);
    expect("U-25", "what is read before it", left.received == data, "what was written",
           std::to_string(left.received.size()) + " bytes, not the same");
    expect_status("U-21", "shutdown", left.shutdown(), UNITLS_OK);
  });
}

UNITLS_CASE("close/context-outlives-sessions",
            "A context serves new sessions when others of it have gone or failed", "U-13 U-22",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    const context_handle client = make_context(setups.client);
    const context_handle server = make_context(setups.server);
    const auto begin = [&] {
      return std::make_unique<conversation>(setups.client, setups.server, client.get(), server.get());
    };
    const auto kept = begin();
    kept->require_open();
    {
      const auto failed = begin();
      failed->client.transport.plan.end_after = 100;
      expect_status("U-33", "a handshake that is cut", failed->handshake().client, UNITLS_E_TRUNCATED);
      const auto broken = begin();
      broken->require_open();
      broken->client.write_all(pattern(100));
      broken->to_server.sent.back() ^= 1U;
      expect_status("U-36", "a record that was changed", broken->server.read(), UNITLS_E_PROTOCOL);
    }
    begin()->require_open();
    const auto data = pattern(3000);
    kept->client.write_all(data);
    kept->read_until(kept->server, data.size());
    expect("U-22", "what the first session reads", kept->server.received == data, "what its peer wrote",
           std::to_string(kept->server.received.size()) + " bytes, not the same");
  });
}

} // namespace
} // namespace unitls::conformance
