// Alerts on the wire, in the error and at the peer: U-22, U-36, U-37.
#include <string>
#include <vector>

#include "case.hpp"
#include "expect.hpp"
#include "failed_session.hpp"
#include "party.hpp"
#include "versions.hpp"
#include "watch.hpp"

namespace unitls::conformance {
namespace {

using bytes = std::vector<std::uint8_t>;

void inject(wire &into, const bytes &what) {
  into.sent.insert(into.sent.end(), what.begin(), what.end());
}

// The server gets bytes that no client would send, in the open state.
void expect_fatal_in_data(conversation &talk, const std::vector<std::uint32_t> &allowed) {
  const std::size_t before = talk.to_client.sent.size();
  const unitls_status status = talk.read_until(talk.server, unbounded);
  expect_status("U-36", "the server's read", status, UNITLS_E_PROTOCOL);
  expect_alert_sent("U-36", "the server", talk.server, talk.to_client, allowed);
  expect_equal("U-36", "records that the server sent with its alert",
               records_of(talk.to_client, before).size(), std::size_t{1});
  const std::uint32_t alert = talk.server.error.alert;
  expect_failed_for_ever("U-22", talk.server, status);
  const unitls_status seen = talk.read_until(talk.client, 1);
  expect_alert_received("the client's read", talk.client, seen, alert);
  expect_failed_for_ever("U-22", talk.client, seen);
}

UNITLS_CASE("alert/changed-record", "A changed record is answered with bad_record_mac, once",
            "U-22 U-36 U-37", needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    talk.require_open();
    talk.client.write_all(pattern(100));
    talk.to_server.sent.back() ^= 1;
    expect_fatal_in_data(talk, {alert_bad_record_mac});
    expect_equal("U-36", "bytes of the changed record that were delivered", talk.server.received.size(),
                 std::size_t{0});
  });
}

UNITLS_CASE("alert/oversized-record", "A record above the limit is answered with record_overflow",
            "U-22 U-36 U-37", needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    talk.require_open();
    constexpr std::size_t size = 16384 + 2048 + 1; // RFC 5246, 6.2.3; RFC 8446, 5.2 allows less
    inject(talk.to_server, {record_application_data, 3, 3, size >> 8, size & 0xff});
    inject(talk.to_server, bytes(size));
    expect_fatal_in_data(talk, {alert_record_overflow});
  });
}

// Which alert it is, RFC 5246 leaves open; a record layer may try to decrypt first.
UNITLS_CASE("alert/unknown-record", "A record of an unknown type ends the session", "U-22 U-36 U-37",
            needs("client", "server")) {
  constexpr std::uint32_t unexpected_message = 10;
  constexpr std::uint8_t size = 64; // enough for any suite's nonce and tag
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    talk.require_open();
    inject(talk.to_server, {99, 3, 3, 0, size});
    inject(talk.to_server, bytes(size));
    expect_fatal_in_data(talk, {unexpected_message, alert_bad_record_mac});
  });
}

// One byte holds no tag. A library may find that out where it prepares to decrypt, and take it for a mistake of its own.
UNITLS_CASE("alert/short-record", "A record that is too short to be an encrypted one ends the session",
            "U-22 U-36 U-37", needs("client", "server")) {
  constexpr std::uint32_t decode_error = 50;
  constexpr std::uint32_t internal_error = 80;
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    talk.require_open();
    inject(talk.to_server, {record_application_data, 3, 3, 0, 1, 0});
    expect_fatal_in_data(talk, {alert_bad_record_mac, decode_error, internal_error});
  });
}

UNITLS_CASE("alert/after-data", "What came before a bad record is read first", "U-22 U-31 U-36 U-37",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    talk.require_open();
    talk.client.write_all(pattern(100));
    talk.client.write_all(pattern(100));
    talk.to_server.sent.back() ^= 1;
    expect_status("U-31", "the server's first read", talk.read_until(talk.server, 100), UNITLS_OK);
    expect("U-31", "what the server read", talk.server.received == pattern(100), "the first record",
           std::to_string(talk.server.received.size()) + " bytes");
    expect_fatal_in_data(talk, {alert_bad_record_mac});
  });
}

// Garbage as the peer's first bytes: an alert is in the error exactly when one is on the wire.
void expect_garbage_refused(party &side, unitls_status got, const wire &sent) {
  expect_status("U-36", "the handshake", got, UNITLS_E_PROTOCOL);
  const std::vector<std::uint32_t> alerts = clear_alerts(sent);
  expect("U-36", "fatal alerts on the wire", alerts.size() <= 1, "at most one",
         std::to_string(alerts.size()));
  expect_equal("U-36", "direction of the alert in the error", side.error.alert_direction,
               static_cast<std::uint32_t>(alerts.empty() ? UNITLS_ALERT_NONE : UNITLS_ALERT_SENT));
  if (!alerts.empty()) {
    expect_equal("U-36", "alert in the error", side.error.alert, alerts.front());
  }
  expect_failed_for_ever("U-22", side, got);
}

bytes http_request() {
  const std::string text = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  return {text.begin(), text.end()};
}

UNITLS_CASE("alert/garbage-to-server", "A server that gets no ClientHello says so", "U-22 U-36",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    inject(talk.to_server, http_request());
    expect_garbage_refused(talk.server, talk.drive(talk.server, &party::handshake), talk.to_client);
  });
}

UNITLS_CASE("alert/garbage-to-client", "A client that gets no ServerHello says so", "U-22 U-36",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    require_status("U-28", "the client's handshake", talk.client.handshake(), UNITLS_WANT_READ);
    inject(talk.to_client, http_request());
    expect_garbage_refused(talk.client, talk.drive(talk.client, &party::handshake), talk.to_server);
  });
}

UNITLS_CASE("alert/changed-server-hello", "A broken message inside the handshake is answered with one alert",
            "U-22 U-36 U-37", needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    require_status("U-28", "the client's handshake", talk.client.handshake(), UNITLS_WANT_READ);
    require_status("U-28", "the server's handshake", talk.server.handshake(), UNITLS_WANT_READ);
    constexpr std::size_t message_length = 5 + 3; // of the ServerHello, which then holds too little
    talk.to_client.sent[message_length] -= 1;
    const unitls_status status = talk.drive(talk.client, &party::handshake);
    expect_status("U-36", "the client's handshake", status, UNITLS_E_PROTOCOL);
    expect("U-36", "the alert in the client's error", talk.client.error.alert_direction == UNITLS_ALERT_SENT,
           "one that was sent", talk.client.error.message);
    expect_alert_sent("U-36", "the client", talk.client, talk.to_server, {talk.client.error.alert});
    const std::uint32_t alert = talk.client.error.alert;
    expect_failed_for_ever("U-22", talk.client, status);
    expect_peer_gave_up("the server's handshake", talk.server, talk.drive(talk.server, &party::handshake),
                        alert, setups.version);
  });
}

} // namespace
} // namespace unitls::conformance
