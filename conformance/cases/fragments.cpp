// Handshake messages that do not fit one record, or are cut into several: U-22, U-35, U-36, U-43, U-49.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "case.hpp"
#include "certificates.hpp"
#include "expect.hpp"
#include "failed_session.hpp"
#include "party.hpp"
#include "versions.hpp"
#include "watch.hpp"

namespace unitls::conformance {
namespace {

using bytes = std::vector<std::uint8_t>;

constexpr std::size_t record_max = 16384;
// Of the ABI's capabilities: who lacks it need not put a message together from several records.
constexpr const char *large_message = "large-certificate-message";

// A certificate message of at least three records.
std::vector<bytes> large_chain() {
  const std::vector<bytes> chain = certificates_in(certificate_text("large.pem"));
  require("U-49", "the case's own certificate", !chain.empty() && chain.front().size() > 2 * record_max,
          "more than two records", "less");
  return chain;
}

void exchange(conversation &talk) {
  const bytes data = pattern(1000);
  talk.client.write_all(data);
  talk.server.write_all(data);
  expect_status("U-35", "the server's read", talk.read_until(talk.server, data.size()), UNITLS_OK);
  expect_status("U-35", "the client's read", talk.read_until(talk.client, data.size()), UNITLS_OK);
  expect("U-35", "what both read", talk.server.received == data && talk.client.received == data,
         "what was written", "something else");
}

// Who lacks the capability ends the handshake as a protocol error, and the other side learns that.
void expect_ended(conversation &talk, const conversation::ends &ends) {
  const bool server_ended = ends.server == UNITLS_E_PROTOCOL;
  party &ender = server_ended ? talk.server : talk.client;
  const unitls_status status = server_ended ? ends.server : ends.client;
  expect_status("U-49", "a handshake with too large a message", status, UNITLS_E_PROTOCOL);
  expect_equal("U-36", "direction of the alert in the error", ender.error.alert_direction,
               static_cast<std::uint32_t>(UNITLS_ALERT_SENT));
  expect_failed_for_ever("U-22", ender, status);
  party &other = server_ended ? talk.client : talk.server;
  unitls_status learnt = server_ended ? ends.client : ends.server;
  if (learnt == UNITLS_OK) { // a client of TLS 1.3 may be through before its certificate is read (U-41)
    learnt = talk.read_until(other, 1);
  }
  expect("U-37", "what the other side answers", learnt == UNITLS_E_ALERT || learnt == UNITLS_E_PROTOCOL,
         status_text(UNITLS_E_ALERT), status_text(learnt));
}

// Both sides have the capability, or one of them ends the handshake.
void try_large(const setups_of_version &setups, const party conversation::*reader) {
  conversation talk(setups.client, setups.server);
  if (!has_capability(large_message)) {
    expect_ended(talk, talk.handshake());
    return;
  }
  talk.require_open();
  expect("U-49", "the peer's certificates", (talk.*reader).peer_certificates() == large_chain(),
         "those that it presented", "others");
  exchange(talk);
}

UNITLS_CASE("handshake/large-server-certificate",
            "A server's certificate message takes several records, or ends the handshake",
            "U-22 U-35 U-36 U-37 U-43 U-49", needs("client", "server")) {
  for_each_version([&](setups_of_version setups) {
    setups.server.identity = "large";
    try_large(setups, &conversation::client);
  });
}

UNITLS_CASE("auth/large-client-certificate",
            "A client's certificate message takes several records, or ends the handshake",
            "U-22 U-35 U-36 U-37 U-43 U-49", needs("client", "server")) {
  for_each_version([&](setups_of_version setups) {
    setups.client.identity = "large";
    setups.server.client_auth = UNITLS_CLIENT_AUTH_REQUIRE;
    setups.server.trust = {"ca.pem"};
    try_large(setups, &conversation::server);
  });
}

record first_record(const wire &sent) {
  const std::vector<record> records = records_of(sent);
  require("U-35", "a side's first record", !records.empty() && records.front().type == record_handshake,
          "a handshake message", "something else");
  return records.front();
}

// The client has spoken.
std::unique_ptr<conversation> begun(const setups_of_version &setups, unitls_backend_context *client,
                                    unitls_backend_context *server) {
  auto talk = std::make_unique<conversation>(setups.client, setups.server, client, server);
  require_status("U-28", "the client's handshake", talk->client.handshake(), UNITLS_WANT_READ);
  return talk;
}

// How the first record of a wire is cut.
struct cut {
  std::size_t size = 0;
  bool once = false; // a first piece of that size and the rest, else all pieces of that size
};

std::string text_of(const cut &how) {
  return (how.once ? "cut behind byte " : "in pieces of ") + std::to_string(how.size);
}

void add_record(bytes &to, const record &like, std::span<const std::uint8_t> fragment) {
  const bytes header = {
      like.type, static_cast<std::uint8_t>(like.version >> 8), static_cast<std::uint8_t>(like.version & 0xff),
      static_cast<std::uint8_t>(fragment.size() >> 8), static_cast<std::uint8_t>(fragment.size() & 0xff)};
  to.insert(to.end(), header.begin(), header.end());
  to.insert(to.end(), fragment.begin(), fragment.end());
}

// Nothing of the wire was taken yet. All records carry the header that the one had (RFC 8446, 5.1).
void cut_first_record(wire &sent, const cut &how) {
  constexpr std::size_t header_size = 5;
  const record whole = first_record(sent);
  bytes pieces;
  std::span<const std::uint8_t> left = whole.fragment;
  while (!left.empty()) {
    const bool is_rest = how.once && left.size() != whole.fragment.size();
    const std::size_t size = is_rest ? left.size() : std::min(how.size, left.size());
    add_record(pieces, whole, left.first(size));
    left = left.subspan(size);
  }
  const auto end = sent.sent.begin() + static_cast<std::ptrdiff_t>(header_size + whole.fragment.size());
  pieces.insert(pieces.end(), end, sent.sent.end());
  sent.sent = std::move(pieces);
}

// A message in pieces is understood. A plugin without the capability may also refuse it, as a protocol error that says
// whether an alert was sent.
void expect_understood(conversation &talk, party &reader, const wire &answer) {
  const conversation::ends ends = talk.handshake();
  if (ends.client == UNITLS_OK && ends.server == UNITLS_OK) {
    exchange(talk);
    return;
  }
  const unitls_status status = &reader == &talk.client ? ends.client : ends.server;
  require("U-35", "a handshake message in pieces", !has_capability(large_message), "to be understood",
          status_text(status) + ": " + reader.error.message);
  expect_status("U-36", "the handshake", status, UNITLS_E_PROTOCOL);
  const bool was_sent = !clear_alerts(answer).empty();
  expect_equal("U-36", "direction of the alert in the error", reader.error.alert_direction,
               static_cast<std::uint32_t>(was_sent ? UNITLS_ALERT_SENT : UNITLS_ALERT_NONE));
  expect_failed_for_ever("U-22", reader, status);
}

// Every size of pieces that is a boundary somewhere, and seeded points of a single cut.
std::vector<cut> cuts_of(std::size_t size) {
  std::vector<cut> all = {{1, false}, {3, false}, {4, false}, {16, false}, {100, false}};
  for (const std::size_t at : seeded_points(size - 1)) {
    all.push_back({at + 1, true});
  }
  return all;
}

UNITLS_CASE("handshake/client-hello-in-pieces", "A ClientHello may be cut into several records",
            "U-22 U-35 U-36", needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    const context_handle client = make_context(setups.client);
    const context_handle server = make_context(setups.server);
    const auto begin = [&] { return begun(setups, client.get(), server.get()); };
    for (const cut &how : cuts_of(first_record(begin()->to_server).fragment.size())) {
      const during what(text_of(how));
      const auto talk = begin();
      cut_first_record(talk->to_server, how);
      expect_understood(*talk, talk->server, talk->to_client);
    }
  });
}

UNITLS_CASE("handshake/server-hello-in-pieces",
            "The messages after a ClientHello may be cut into several records", "U-22 U-35 U-36",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    const context_handle client = make_context(setups.client);
    const context_handle server = make_context(setups.server);
    const auto begin = [&] {
      auto talk = begun(setups, client.get(), server.get());
      require_status("U-28", "the server's handshake", talk->server.handshake(), UNITLS_WANT_READ);
      return talk;
    };
    for (const cut &how : cuts_of(first_record(begin()->to_client).fragment.size())) {
      const during what(text_of(how));
      const auto talk = begin();
      cut_first_record(talk->to_client, how);
      expect_understood(*talk, talk->client, talk->to_server);
    }
  });
}

} // namespace
} // namespace unitls::conformance
