// The states of a session and its ends: U-21, U-22, U-24, U-25, U-32 to U-34.
#include <array>

#include "case.hpp"
#include "expect.hpp"
#include "failed_session.hpp"
#include "party.hpp"
#include "sides.hpp"
#include "versions.hpp"

namespace unitls::conformance {
namespace {

// Reads until there is nothing to read, and tells why.
unitls_status read_all(party &side) {
  unitls_status status = UNITLS_OK;
  while (status == UNITLS_OK) {
    status = side.read();
  }
  return status;
}

// Whether two bodies of bytes are the same.
void expect_bytes(const char *clause, const std::string &what, const std::vector<std::uint8_t> &got,
                  const std::vector<std::uint8_t> &expected) {
  expect(clause, what, got == expected, "what was written, " + std::to_string(expected.size()) + " bytes",
         std::to_string(got.size()) + " bytes, not the same");
}

// Runs a body for every version, and in each for both points of view.
template <class Body>
void for_each_open_session(Body body) {
  for_each_version([&](const setups_of_version &setups) { for_each_open_side(setups, body); });
}

UNITLS_CASE("close/both-ways", "close_notify is CLOSED at the other side, for ever", "U-25 U-34",
            needs("client", "server")) {
  for_each_open_session([](sides talk) {
    expect_status("U-25", "shutdown", talk.near.shutdown(), UNITLS_OK);
    for (int i = 0; i < 3; ++i) {
      expect_status("U-34", "read after close_notify", talk.far.read(), UNITLS_CLOSED);
    }
    expect_equal("U-32", "bytes pending after close_notify", talk.far.pending(), std::size_t{0});
    expect_status("U-25", "the other side's shutdown", talk.far.shutdown(), UNITLS_OK);
    for (int i = 0; i < 3; ++i) {
      expect_status("U-34", "read after both have closed", talk.near.read(), UNITLS_CLOSED);
      expect_status("U-34", "read after both have closed", talk.far.read(), UNITLS_CLOSED);
    }
  });
}

UNITLS_CASE("close/crossing", "Both sides may close at once", "U-25 U-34", needs("client", "server")) {
  for_each_open_session([](sides talk) {
    expect_status("U-25", "shutdown", talk.near.shutdown(), UNITLS_OK);
    expect_status("U-25", "the other side's shutdown", talk.far.shutdown(), UNITLS_OK);
    expect_status("U-34", "read", talk.near.read(), UNITLS_CLOSED);
    expect_status("U-34", "the other side's read", talk.far.read(), UNITLS_CLOSED);
  });
}

UNITLS_CASE("close/half-close", "After its own shutdown a session still reads, and its peer still writes",
            "U-21 U-25 U-30", needs("client", "server")) {
  for_each_open_session([](sides talk) {
    const auto first = pattern(1000, 1);
    talk.near.write_all(first);
    expect_status("U-25", "shutdown", talk.near.shutdown(), UNITLS_OK);
    expect_status("U-25", "the end of what the peer reads", read_all(talk.far), UNITLS_CLOSED);
    expect_bytes("U-25", "what the peer reads before it", talk.far.received, first);
    const auto answer = pattern(40000, 2);
    talk.far.write_all(answer);
    expect_status("U-25", "read after the own shutdown", read_all(talk.near), UNITLS_WANT_READ);
    expect_bytes("U-25", "what is read after the own shutdown", talk.near.received, answer);
    expect_status("U-25", "the peer's shutdown", talk.far.shutdown(), UNITLS_OK);
    expect_status("U-34", "read at the end", talk.near.read(), UNITLS_CLOSED);
  });
}

UNITLS_CASE("close/unread-data", "What has not been read at a shutdown stays readable", "U-25",
            needs("client", "server")) {
  for_each_open_session([](sides talk) {
    const auto data = pattern(40000);
    talk.far.write_all(data);
    expect_status("U-25", "read of a piece", talk.near.read(10), UNITLS_OK);
    expect_status("U-25", "shutdown with bytes pending", talk.near.shutdown(), UNITLS_OK);
    expect_status("U-25", "the peer's shutdown", talk.far.shutdown(), UNITLS_OK);
    expect_status("U-25", "the end of what is read", read_all(talk.near), UNITLS_CLOSED);
    expect_bytes("U-25", "what is read", talk.near.received, data);
  });
}

UNITLS_CASE("close/shutdown-once", "A second shutdown succeeds and sends nothing", "U-21 U-25",
            needs("client", "server")) {
  for_each_open_session([](sides talk) {
    const std::size_t before = talk.to_far.sent.size();
    expect_status("U-25", "shutdown", talk.near.shutdown(), UNITLS_OK);
    const std::size_t after = talk.to_far.sent.size();
    expect_equal("U-25", "records of the shutdown", records_of(talk.to_far, before).size(), std::size_t{1});
    expect_status("U-25", "second shutdown", talk.near.shutdown(), UNITLS_OK);
    expect_status("U-25", "the peer's shutdown", talk.far.shutdown(), UNITLS_OK);
    expect_status("U-34", "read", talk.near.read(), UNITLS_CLOSED);
    expect_status("U-25", "third shutdown", talk.near.shutdown(), UNITLS_OK);
    expect_equal("U-25", "bytes of the second and third", talk.to_far.sent.size() - after, std::size_t{0});
  });
}

UNITLS_CASE("close/write-after-shutdown", "After its own shutdown a session does not write", "U-21 U-25",
            needs("client", "server")) {
  for_each_open_session([](sides talk) {
    expect_status("U-25", "shutdown", talk.near.shutdown(), UNITLS_OK);
    const std::size_t before = talk.to_far.sent.size();
    expect_status("U-21", "write after shutdown", talk.near.write(pattern(10)), UNITLS_E_STATE);
    expect_equal("U-21", "bytes sent by it", talk.to_far.sent.size() - before, std::size_t{0});
    talk.far.write_all(pattern(10));
    expect_status("U-21", "read after a refused write", talk.near.read(), UNITLS_OK);
  });
}

// The calls that an unfinished handshake does not allow.
void expect_too_early(party &side) {
  const std::size_t calls = side.transport.send_calls() + side.transport.recv_calls();
  expect_status("U-21", "read before the end of the handshake", side.read(), UNITLS_E_STATE);
  expect_status("U-21", "write before the end of the handshake", side.write(pattern(10)), UNITLS_E_STATE);
  expect_status("U-21", "shutdown before the end of the handshake", side.shutdown(), UNITLS_E_STATE);
  expect_equal("U-21", "calls of the transport by them",
               side.transport.send_calls() + side.transport.recv_calls() - calls, std::size_t{0});
}

UNITLS_CASE("close/before-handshake",
            "Before the end of the handshake nothing else is allowed, and trying changes nothing",
            "U-21 U-24", needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    unitls_status client = UNITLS_WANT_READ;
    unitls_status server = UNITLS_WANT_READ;
    for (int flights = 0; flights < 8 && (client != UNITLS_OK || server != UNITLS_OK); ++flights) {
      if (client == UNITLS_WANT_READ) {
        expect_too_early(talk.client);
        expect_equal("U-24", "version before the end of the handshake", talk.client.info().version, 0);
        client = talk.client.handshake();
      }
      if (server == UNITLS_WANT_READ) {
        expect_too_early(talk.server);
        expect_equal("U-24", "version before the end of the handshake", talk.server.info().version, 0);
        server = talk.server.handshake();
      }
    }
    expect_status("U-21", "the client's handshake", client, UNITLS_OK);
    expect_status("U-21", "the server's handshake", server, UNITLS_OK);
    talk.client.write_all(pattern(10));
    expect_status("U-21", "read", talk.server.read(), UNITLS_OK);
  });
}

void expect_handshake_is_over(party &side, const char *state) {
  const std::size_t sends = side.transport.send_calls();
  expect_status("U-21", std::string("handshake, ") + state, side.handshake(), UNITLS_OK);
  expect_equal("U-21", std::string("calls of send by a handshake, ") + state,
               side.transport.send_calls() - sends, std::size_t{0});
}

UNITLS_CASE("close/handshake-afterwards", "handshake answers OK without effect in every later state",
            "U-21 U-25", needs("client", "server")) {
  for_each_open_session([](sides talk) {
    expect_handshake_is_over(talk.near, "open");
    const auto data = pattern(2000);
    talk.far.write_all(data);
    talk.near.read(10);
    expect_handshake_is_over(talk.near, "bytes pending");
    talk.near.shutdown();
    expect_handshake_is_over(talk.near, "own side closed");
    talk.far.shutdown();
    expect_status("U-34", "the end of what is read", read_all(talk.near), UNITLS_CLOSED);
    expect_bytes("U-21", "what is read", talk.near.received, data);
    expect_handshake_is_over(talk.near, "both sides closed");
    expect_status("U-34", "the end of what the peer reads", read_all(talk.far), UNITLS_CLOSED);
    expect_handshake_is_over(talk.far, "both sides closed");
  });
}

UNITLS_CASE("close/truncated", "An end without close_notify is told apart, after all that came before it",
            "U-22 U-33", needs("client", "server")) {
  for_each_open_session([](sides talk) {
    const auto data = pattern(20000);
    talk.far.write_all(data);
    talk.to_near.ended = true;
    expect_status("U-33", "the end of what is read", read_all(talk.near), UNITLS_E_TRUNCATED);
    expect_bytes("U-33", "what is read before it", talk.near.received, data);
    expect_equal("U-36", "direction of an alert", talk.near.error.alert_direction,
                 std::uint32_t{UNITLS_ALERT_NONE});
    expect_failed_for_ever("U-33", talk.near, UNITLS_E_TRUNCATED);
  });
}

UNITLS_CASE("close/truncated-record", "A record that is cut short is a truncation, wherever it is cut",
            "U-33", needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    conversation whole(setups.client, setups.server);
    whole.require_open();
    const std::size_t before = whole.to_client.sent.size();
    whole.server.write_all(pattern(50));
    for (const std::size_t size : seeded_points(whole.to_client.sent.size() - before)) {
      const during what(std::to_string(size) + " bytes of a record");
      conversation talk(setups.client, setups.server);
      talk.require_open();
      const std::size_t begin = talk.to_client.sent.size();
      talk.server.write_all(pattern(50));
      talk.to_client.sent.resize(begin + size);
      talk.to_client.ended = true;
      expect_status("U-33", "read", talk.client.read(), UNITLS_E_TRUNCATED);
      expect_equal("U-33", "bytes given", talk.client.received.size(), std::size_t{0});
    }
  });
}

UNITLS_CASE("close/truncated-after-shutdown", "The own shutdown does not make a truncation a proper end",
            "U-22 U-25 U-33", needs("client", "server")) {
  for_each_open_session([](sides talk) {
    expect_status("U-25", "shutdown", talk.near.shutdown(), UNITLS_OK);
    talk.to_near.ended = true;
    expect_status("U-33", "read", talk.near.read(), UNITLS_E_TRUNCATED);
    expect_failed_for_ever("U-33", talk.near, UNITLS_E_TRUNCATED);
  });
}

UNITLS_CASE("close/end-after-close", "An end of the transport after close_notify changes nothing",
            "U-21 U-25 U-34", needs("client", "server")) {
  for_each_open_session([](sides talk) {
    talk.far.shutdown();
    talk.to_near.ended = true;
    expect_status("U-34", "read", talk.near.read(), UNITLS_CLOSED);
    expect_status("U-34", "read again", talk.near.read(), UNITLS_CLOSED);
    const auto data = pattern(3000);
    talk.near.write_all(data);
    expect_status("U-25", "shutdown", talk.near.shutdown(), UNITLS_OK);
    expect_status("U-34", "the end of what the peer reads", read_all(talk.far), UNITLS_CLOSED);
    expect_bytes("U-21", "what the peer reads", talk.far.received, data);
  });
}

// An alert in the clear: warning, close_notify (RFC 8446, 6.1).
constexpr std::array<std::uint8_t, 7> plain_close_notify{record_alert, 3, 3, 0, 2, 1, 0};

void deliver_close_notify(wire &line) {
  line.sent.resize(line.taken); // it stands in the place of what was on its way
  line.sent.insert(line.sent.end(), plain_close_notify.begin(), plain_close_notify.end());
}

UNITLS_CASE("close/inside-handshake", "A close_notify inside the handshake is a protocol error",
            "U-22 U-33 U-36", needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    {
      const during what("client, after its hello");
      conversation talk(setups.client, setups.server);
      require_status("U-28", "handshake", talk.client.handshake(), UNITLS_WANT_READ);
      deliver_close_notify(talk.to_client);
      expect_status("U-33", "handshake", talk.client.handshake(), UNITLS_E_PROTOCOL);
      expect_failed_for_ever("U-33", talk.client, UNITLS_E_PROTOCOL);
    }
    {
      const during what("server, after its first flight");
      conversation talk(setups.client, setups.server);
      talk.client.handshake();
      require_status("U-28", "handshake", talk.server.handshake(), UNITLS_WANT_READ);
      deliver_close_notify(talk.to_server);
      expect_status("U-33", "handshake", talk.server.handshake(), UNITLS_E_PROTOCOL);
      expect_failed_for_ever("U-33", talk.server, UNITLS_E_PROTOCOL);
    }
  });
}

UNITLS_CASE("close/failed", "A failed session repeats its error and still tells what it knows",
            "U-22 U-36 U-37", needs("client", "server")) {
  for_each_open_session([](sides talk) {
    const unitls_info before = talk.near.info();
    const auto certificates = talk.near.peer_certificates();
    talk.far.write_all(pattern(100));
    talk.to_near.sent.back() ^= 1U; // of the tag that protects the record
    expect_status("U-36", "read of a record that was changed", talk.near.read(), UNITLS_E_PROTOCOL);
    expect_equal("U-36", "direction of the alert", talk.near.error.alert_direction,
                 std::uint32_t{UNITLS_ALERT_SENT});
    expect_equal("U-31", "bytes given", talk.near.received.size(), std::size_t{0});
    expect_failed_for_ever("U-22", talk.near, UNITLS_E_PROTOCOL);
    const unitls_info after = talk.near.info();
    expect_equal("U-22", "version in info", after.version, before.version);
    expect_equal("U-22", "cipher suite in info", after.cipher_suite, before.cipher_suite);
    expect("U-22", "peer_certificates", talk.near.peer_certificates() == certificates, "as before", "others");
    // The other side is told.
    expect_status("U-37", "the peer's read", talk.far.read(), UNITLS_E_ALERT);
    expect_equal("U-37", "its alert", talk.far.error.alert, talk.near.error.alert);
    expect_failed_for_ever("U-37", talk.far, UNITLS_E_ALERT);
  });
}

} // namespace
} // namespace unitls::conformance
