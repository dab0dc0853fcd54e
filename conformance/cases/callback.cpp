// The program's verify callback, and the path by which a peer was verified: U-22, U-36 to U-38, U-41, U-42, U-55, U-58.
#include <algorithm>
#include <string>
#include <vector>

#include "attempt.hpp"
#include "case.hpp"
#include "certificates.hpp"
#include "expect.hpp"
#include "failed_session.hpp"
#include "party.hpp"
#include "refusal.hpp"
#include "verify_callback.hpp"
#include "versions.hpp"
#include "watch.hpp"

namespace unitls::conformance {
namespace {

using certificates = std::vector<std::vector<std::uint8_t>>;

certificates presented_by(const std::string &stem) {
  return certificates_in(certificate_text(stem + ".pem"));
}

// The chain and then its anchor.
certificates path_to(const std::string &stem, const std::string &anchor) {
  certificates path = presented_by(stem);
  path.push_back(presented_by(anchor).front());
  return path;
}

std::string count_text(const certificates &all) {
  return std::to_string(all.size()) + " certificates";
}

// Who judges whom. A server asks for a certificate of a client that has one.
struct judgement {
  const char *name;
  bool is_server;
};
constexpr judgement both_sides[] = {{"the client judges", false}, {"the server judges", true}};

setups_of_version with_callback(const setups_of_version &plain, const judgement &who,
                                const verify_callback &callback) {
  setups_of_version setups = plain;
  if (who.is_server) {
    setups.client.identity = "client";
    setups.server.client_auth = UNITLS_CLIENT_AUTH_REQUIRE;
    setups.server.trust = {"client-ca.pem"};
    setups.server.verify_callback = callback.native();
  } else {
    setups.client.verify_callback = callback.native();
  }
  return setups;
}

// What the judged side presents.
void present(setups_of_version &setups, const judgement &who, const std::string &stem) {
  (who.is_server ? static_cast<setup &>(setups.client) : static_cast<setup &>(setups.server)).identity = stem;
}

party &judge_of(conversation &talk, const judgement &who) {
  return who.is_server ? talk.server : talk.client;
}

void expect_refused_by(const judgement &who, conversation &talk, const conversation::ends &ends,
                       unitls_verify_flags flags, std::uint16_t version, place at = place::here()) {
  if (who.is_server) {
    expect_server_refuses(talk, ends, flags, version, at);
  } else {
    expect_client_refuses(talk, ends, flags, version, at);
  }
}

// For both sides in every version; the callback is new each time.
template <class Body>
void for_each_judgement(Body body) {
  for (const judgement &who : both_sides) {
    const during side(who.name);
    for_each_version([&](const setups_of_version &plain) {
      verify_callback callback;
      body(who, with_callback(plain, who, callback), callback);
    });
  }
}

UNITLS_CASE("callback/once", "It is called once for a good peer, with the whole chain and its path", "U-55",
            needs("client", "server", "verify-callback")) {
  for_each_judgement([](const judgement &who, setups_of_version setups, verify_callback &callback) {
    int mark = 0;
    setups.client.user = who.is_server ? nullptr : &mark;
    setups.server.user = who.is_server ? &mark : nullptr;
    conversation talk(setups.client, setups.server);
    talk.require_open();
    talk.client.write_all(pattern(3));
    talk.server.write_all(pattern(3));
    talk.read_until(talk.client, 3);
    talk.read_until(talk.server, 3);
    require("U-55", "calls", callback.calls().size() == 1, "one", std::to_string(callback.calls().size()));
    const verify_call &call = callback.calls().front();
    const std::string stem = who.is_server ? "client" : "server";
    expect_flags("U-55", "flags", call.flags, 0);
    expect("U-55", "the chain", call.chain == presented_by(stem), "what the peer presented",
           count_text(call.chain));
    expect("U-55", "the chain", call.chain == judge_of(talk, who).peer_certificates(),
           "what peer_certificates tells", "another one");
    expect("U-55", "the path", call.path == path_to(stem, who.is_server ? "client-ca" : "ca"),
           "the chain and its anchor", count_text(call.path));
    expect("U-55", "session_user", call.session_user == &mark, "the session's", "another pointer");
    expect_equal("U-55", "purpose", call.purpose,
                 static_cast<std::uint32_t>(who.is_server ? UNITLS_PURPOSE_CLIENT : UNITLS_PURPOSE_SERVER));
  });
}

UNITLS_CASE("callback/told-of-bad", "It is called for a bad peer, too, told why, and cannot accept it",
            "U-22 U-36 U-37 U-38 U-41 U-42 U-55", needs("client", "server", "verify-callback")) {
  for_each_judgement([](const judgement &who, setups_of_version setups, verify_callback &callback) {
    const std::string stem = who.is_server ? "client-expired" : "expired-untrusted";
    const unitls_verify_flags flags = who.is_server ? unitls_verify_flags{UNITLS_VERIFY_EXPIRED}
                                                    : UNITLS_VERIFY_EXPIRED | UNITLS_VERIFY_UNKNOWN_ISSUER;
    present(setups, who, stem);
    conversation talk(setups.client, setups.server);
    expect_refused_by(who, talk, talk.handshake(), flags, setups.version);
    require("U-55", "calls", callback.calls().size() == 1, "one", std::to_string(callback.calls().size()));
    expect_flags("U-55", "flags", callback.calls().front().flags, flags);
    expect("U-55", "the chain", callback.calls().front().chain == presented_by(stem),
           "what the peer presented", count_text(callback.calls().front().chain));
  });
}

UNITLS_CASE("callback/refuses", "It refuses a good peer with flags of its own",
            "U-22 U-36 U-37 U-38 U-41 U-42 U-55", needs("client", "server", "verify-callback")) {
  for_each_judgement([](const judgement &who, setups_of_version setups, verify_callback &callback) {
    callback.answer(UNITLS_E_CERTIFICATE, UNITLS_VERIFY_PIN_MISMATCH | UNITLS_VERIFY_REVOKED);
    conversation talk(setups.client, setups.server);
    expect_refused_by(who, talk, talk.handshake(), UNITLS_VERIFY_PIN_MISMATCH | UNITLS_VERIFY_REVOKED,
                      setups.version);
    expect("U-22", "the certificates of a refused peer",
           judge_of(talk, who).peer_certificates() == presented_by(who.is_server ? "client" : "server"),
           "those that it presented", count_text(judge_of(talk, who).peer_certificates()));
    expect_equal("U-58", "certificates of the verified path",
                 has_capability("verified-chain") ? judge_of(talk, who).verified_certificates().size() : 0,
                 std::size_t{0});
    expect_failed_for_ever("U-22", judge_of(talk, who), UNITLS_E_CERTIFICATE);
    expect_equal("U-55", "calls", callback.calls().size(), std::size_t{1});
  });
}

UNITLS_CASE("callback/refuses-without-reason", "A refusal without flags is `other`", "U-38 U-55",
            needs("client", "server", "verify-callback")) {
  for_each_judgement([](const judgement &who, setups_of_version setups, verify_callback &callback) {
    callback.answer(UNITLS_E_CERTIFICATE);
    conversation talk(setups.client, setups.server);
    expect_refused_by(who, talk, talk.handshake(), UNITLS_VERIFY_OTHER, setups.version);
  });
}

UNITLS_CASE("callback/adds-reasons", "Its flags are added to those that were found", "U-12 U-38 U-55",
            needs("client", "server", "verify-callback")) {
  for_each_judgement([](const judgement &who, setups_of_version setups, verify_callback &callback) {
    present(setups, who, who.is_server ? "client-expired" : "expired");
    callback.answer(UNITLS_E_CERTIFICATE, UNITLS_VERIFY_REVOKED);
    conversation talk(setups.client, setups.server);
    expect_refused_by(who, talk, talk.handshake(), UNITLS_VERIFY_EXPIRED | UNITLS_VERIFY_REVOKED,
                      setups.version);
  });
}

UNITLS_CASE("callback/accepts-with-flags", "Flags without a refusal mean nothing", "U-12 U-55",
            needs("client", "server", "verify-callback")) {
  for_each_judgement([](const judgement &, const setups_of_version &setups, verify_callback &callback) {
    callback.answer(UNITLS_OK, UNITLS_VERIFY_REVOKED);
    conversation talk(setups.client, setups.server);
    talk.require_open();
  });
}

UNITLS_CASE("callback/unknown-answer", "Any answer that is not known is a refusal", "U-55",
            needs("client", "server", "verify-callback")) {
  for (const unitls_status answer : {unitls_status{77}, unitls_status{UNITLS_WANT_READ},
                                     unitls_status{UNITLS_CLOSED}, unitls_status{UNITLS_E_INTERNAL}, -4242}) {
    const during said("answer " + std::to_string(answer));
    for_each_judgement([&](const judgement &who, setups_of_version setups, verify_callback &callback) {
      callback.answer(answer);
      conversation talk(setups.client, setups.server);
      expect_refused_by(who, talk, talk.handshake(), UNITLS_VERIFY_OTHER, setups.version);
    });
  }
}

UNITLS_CASE("callback/requested", "A certificate that was requested and came is judged as a required one",
            "U-47 U-55", needs("client", "server", "verify-callback")) {
  for_each_version([](const setups_of_version &plain) {
    for (const bool accepts : {true, false}) {
      const during said(accepts ? "accepted" : "refused");
      verify_callback callback;
      setups_of_version setups = with_callback(plain, both_sides[1], callback);
      setups.server.client_auth = UNITLS_CLIENT_AUTH_REQUEST;
      callback.answer(accepts ? UNITLS_OK : UNITLS_E_CERTIFICATE);
      conversation talk(setups.client, setups.server);
      if (accepts) {
        talk.require_open();
      } else {
        expect_server_refuses(talk, talk.handshake(), UNITLS_VERIFY_OTHER, setups.version);
      }
      expect_equal("U-55", "calls", callback.calls().size(), std::size_t{1});
    }
  });
}

// The alert is that of a refusal without a reason or that of a missing certificate: no clause decides.
void expect_absence_refused(conversation &talk, std::uint16_t version) {
  const conversation::ends ends = talk.handshake();
  expect_status("U-55", "the server's handshake", ends.server, UNITLS_E_CERTIFICATE);
  expect_flags("U-55", "the server's error", talk.server.error.verify_flags, UNITLS_VERIFY_OTHER);
  const std::uint32_t missing =
      version == UNITLS_TLS_1_3 ? alert_certificate_required : alert_handshake_failure;
  expect_alert_sent("U-36", "the server", talk.server, talk.to_client, {alert_bad_certificate, missing});
  expect_client_learns(talk, ends.client, talk.server.error.alert, version);
}

UNITLS_CASE("callback/absent",
            "For a requested certificate that does not come it is called with an empty chain",
            "U-36 U-41 U-42 U-47 U-55", needs("client", "server", "verify-callback")) {
  for_each_version([](const setups_of_version &plain) {
    for (const bool accepts : {true, false}) {
      const during said(accepts ? "accepted" : "refused");
      verify_callback callback;
      setups_of_version setups = with_callback(plain, both_sides[1], callback);
      setups.server.client_auth = UNITLS_CLIENT_AUTH_REQUEST;
      setups.client.identity.reset();
      callback.answer(accepts ? UNITLS_OK : UNITLS_E_CERTIFICATE);
      conversation talk(setups.client, setups.server);
      if (accepts) {
        talk.require_open();
      } else {
        expect_absence_refused(talk, setups.version);
      }
      require("U-55", "calls", callback.calls().size() == 1, "one", std::to_string(callback.calls().size()));
      expect("U-55", "the chain", callback.calls().front().chain.empty(), "empty",
             count_text(callback.calls().front().chain));
      expect_flags("U-55", "flags", callback.calls().front().flags, 0);
    }
  });
}

UNITLS_CASE("callback/required-absent", "A required certificate that does not come stays an error of its own",
            "U-39 U-55", needs("client", "server", "verify-callback")) {
  for_each_version([](const setups_of_version &plain) {
    verify_callback callback;
    setups_of_version setups = with_callback(plain, both_sides[1], callback);
    setups.client.identity.reset();
    conversation talk(setups.client, setups.server);
    const conversation::ends ends = talk.handshake();
    expect_status("U-39", "the server's handshake", ends.server, UNITLS_E_CERTIFICATE);
    expect_flags("U-39", "the server's error", talk.server.error.verify_flags, 0);
  });
}

UNITLS_CASE("callback/not-asked", "Without a client's certificate in question a server takes no callback",
            "U-09", needs("server", "verify-callback")) {
  const verify_callback callback;
  server_setup setup;
  setup.verify_callback = callback.native();
  expect_refused("U-09", "a callback", native_server(setup).config, UNITLS_E_INVALID, "verify_callback");
}

UNITLS_CASE("callback/struct", "A callback without a function is wrong, and a longer one is taken",
            "U-05 U-09", needs("client", "verify-callback")) {
  const verify_callback callback;
  struct {
    unitls_verify_callback known;
    std::uint64_t tail = 1;
  } longer{*callback.native()};
  longer.known.struct_size = sizeof longer;
  client_setup setup;
  setup.verify_callback = &longer.known;
  expect_accepted("U-05", "a longer callback", native_client(setup).config);
  unitls_verify_callback empty = *callback.native();
  empty.verify = nullptr;
  setup.verify_callback = &empty;
  expect_refused("U-09", "no function", native_client(setup).config, UNITLS_E_INVALID, "verify_callback");
}

UNITLS_CASE("callback/each-session", "Each session's callback is told its own peer", "U-13 U-55",
            needs("client", "server", "verify-callback")) {
  verify_callback callback;
  client_setup client;
  client.verify_callback = callback.native();
  const context_handle client_context = make_context(client);
  const context_handle server_context = make_context(server_setup{});
  int marks[3] = {};
  for (int &mark : marks) {
    wire to_server;
    wire to_client;
    client.user = &mark;
    party one(role::client, client_context.get(), native_session(client).config, to_client, to_server);
    party other(role::server, server_context.get(), native_session().config, to_server, to_client);
    for (int flights = 0; flights < 4; ++flights) {
      one.handshake();
      other.handshake();
    }
    expect_status("U-42", "the client's handshake", one.handshake(), UNITLS_OK);
    require("U-55", "calls", !callback.calls().empty(), "one more", "none");
    expect("U-55", "session_user", callback.calls().back().session_user == &mark, "this session's",
           "another one's");
  }
  expect_equal("U-55", "calls", callback.calls().size(), std::size(marks));
}

// A session that waits answers the same again, asks each time, and sends nothing meanwhile; then it goes on.
void expect_waiting(const judgement &who, conversation &talk, verify_callback &callback,
                    const setups_of_version &setups) {
  constexpr std::size_t rounds = 3;
  party &judge = judge_of(talk, who);
  judge.may_wait = true;
  const conversation::ends ends = talk.handshake();
  require_status("U-55", "the handshake while the answer is put off",
                 who.is_server ? ends.server : ends.client, UNITLS_WANT_CALLBACK);
  const std::size_t calls = callback.calls().size();
  const std::size_t sends = judge.transport.send_calls();
  for (std::size_t i = 0; i < rounds; ++i) {
    expect_status("U-55", "the handshake once more", judge.handshake(), UNITLS_WANT_CALLBACK);
  }
  expect_equal("U-55", "calls by that", callback.calls().size() - calls, rounds);
  expect_equal("U-42", "calls of send by that", judge.transport.send_calls() - sends, std::size_t{0});
  std::uint8_t byte = 0;
  expect_status("U-21", "read while the answer is put off", judge.read(1), UNITLS_E_STATE);
  expect_status("U-21", "write while the answer is put off", judge.write({&byte, 1}), UNITLS_E_STATE);
  if (setups.version == UNITLS_TLS_1_2) {
    expect("U-42", "ChangeCipherSpec and Finished of who waits",
           !has_record(who.is_server ? talk.to_client : talk.to_server, record_change_cipher_spec),
           "not sent", "sent");
  }
  for (const verify_call &each : callback.calls()) {
    expect("U-55", "the chain of every call", each.chain == callback.calls().front().chain, "the same",
           count_text(each.chain));
    expect("U-55", "the path of every call", each.path == callback.calls().front().path, "the same",
           count_text(each.path));
    expect_flags("U-55", "the flags of every call", each.flags, 0);
  }
}

void wait_then_accept(const judgement &who) {
  for_each_version([&](const setups_of_version &plain) {
    verify_callback callback;
    callback.answer(UNITLS_WANT_CALLBACK);
    const setups_of_version setups = with_callback(plain, who, callback);
    conversation talk(setups.client, setups.server);
    expect_waiting(who, talk, callback, setups);
    callback.answer(UNITLS_OK);
    talk.require_open();
    talk.client.write_all(pattern(100));
    talk.server.write_all(pattern(100));
    talk.read_until(talk.client, 100);
    talk.read_until(talk.server, 100);
    expect("U-55", "data afterwards",
           talk.client.received == pattern(100) && talk.server.received == pattern(100), "whole",
           "not whole");
    expect("U-22", "the peer's certificates",
           judge_of(talk, who).peer_certificates() == callback.calls().front().chain,
           "those that were judged", "others");
    if (has_capability("verified-chain")) {
      expect("U-58", "the verified path",
             judge_of(talk, who).verified_certificates() == callback.calls().front().path,
             "the one that was judged", "another one");
    }
  });
}

void wait_then_refuse(const judgement &who) {
  for_each_version([&](const setups_of_version &plain) {
    verify_callback callback;
    callback.answer(UNITLS_WANT_CALLBACK);
    const setups_of_version setups = with_callback(plain, who, callback);
    conversation talk(setups.client, setups.server);
    expect_waiting(who, talk, callback, setups);
    callback.answer(UNITLS_E_CERTIFICATE, UNITLS_VERIFY_REVOKED);
    expect_refused_by(who, talk, talk.handshake(), UNITLS_VERIFY_REVOKED, setups.version);
    expect_failed_for_ever("U-22", judge_of(talk, who), UNITLS_E_CERTIFICATE);
  });
}

// A peer that the built-in verification refuses waits for nobody.
void refuse_without_waiting(const judgement &who) {
  for_each_version([&](const setups_of_version &plain) {
    verify_callback callback;
    callback.answer(UNITLS_WANT_CALLBACK);
    setups_of_version setups = with_callback(plain, who, callback);
    present(setups, who, who.is_server ? "client-expired" : "expired");
    conversation talk(setups.client, setups.server);
    expect_refused_by(who, talk, talk.handshake(), UNITLS_VERIFY_EXPIRED, setups.version);
    expect_equal("U-55", "calls", callback.calls().size(), std::size_t{1});
  });
}

UNITLS_CASE("callback/client-waits", "A client waits for a put-off answer, then goes on",
            "U-21 U-42 U-55 U-58", needs("client", "server", "verify-callback", "async-verify-client")) {
  wait_then_accept(both_sides[0]);
}

UNITLS_CASE("callback/client-waits-refuses", "A client waits for a put-off answer, then refuses",
            "U-22 U-36 U-37 U-42 U-55", needs("client", "server", "verify-callback", "async-verify-client")) {
  wait_then_refuse(both_sides[0]);
}

UNITLS_CASE("callback/client-bad-does-not-wait", "A server that the client refuses is refused at once",
            "U-43 U-55", needs("client", "server", "verify-callback", "async-verify-client")) {
  refuse_without_waiting(both_sides[0]);
}

UNITLS_CASE("callback/server-waits", "A server waits for a put-off answer, then goes on",
            "U-21 U-42 U-55 U-58", needs("client", "server", "verify-callback", "async-verify-server")) {
  wait_then_accept(both_sides[1]);
}

UNITLS_CASE("callback/server-waits-refuses", "A server waits for a put-off answer, then refuses",
            "U-22 U-36 U-37 U-41 U-42 U-55",
            needs("client", "server", "verify-callback", "async-verify-server")) {
  wait_then_refuse(both_sides[1]);
}

UNITLS_CASE("callback/server-bad-does-not-wait", "A client that the server refuses is refused at once",
            "U-43 U-55", needs("client", "server", "verify-callback", "async-verify-server")) {
  refuse_without_waiting(both_sides[1]);
}

UNITLS_CASE("callback/server-absent-waits", "A server also waits about a certificate that did not come",
            "U-55", needs("client", "server", "verify-callback", "async-verify-server")) {
  for_each_version([](const setups_of_version &plain) {
    for (const bool accepts : {true, false}) {
      const during said(accepts ? "accepted" : "refused");
      verify_callback callback;
      callback.answer(UNITLS_WANT_CALLBACK);
      setups_of_version setups = with_callback(plain, both_sides[1], callback);
      setups.server.client_auth = UNITLS_CLIENT_AUTH_REQUEST;
      setups.client.identity.reset();
      conversation talk(setups.client, setups.server);
      expect_waiting(both_sides[1], talk, callback, setups);
      callback.answer(accepts ? UNITLS_OK : UNITLS_E_CERTIFICATE);
      if (accepts) {
        talk.require_open();
      } else {
        expect_absence_refused(talk, setups.version);
      }
    }
  });
}

// One byte at a time, so that the wait begins in the midst of a flight.
UNITLS_CASE("callback/waits-among-bytes", "A put-off answer is waited for also when bytes come one by one",
            "U-35 U-55", needs("client", "server", "verify-callback", "async-verify-client")) {
  for_each_version([](const setups_of_version &plain) {
    verify_callback callback;
    callback.answer(UNITLS_WANT_CALLBACK);
    const setups_of_version setups = with_callback(plain, both_sides[0], callback);
    conversation talk(setups.client, setups.server);
    talk.client.may_wait = true;
    talk.client.transport.plan.most_per_recv = 1;
    talk.client.transport.plan.want_read_every = 2;
    require_status("U-55", "the client's handshake", talk.handshake().client, UNITLS_WANT_CALLBACK);
    callback.answer(UNITLS_OK);
    talk.require_open();
  });
}

// Without the capability a put-off answer is a refusal.
void refuse_put_off(const judgement &who, const char *capability) {
  for_each_version([&](const setups_of_version &plain) {
    verify_callback callback;
    callback.answer(UNITLS_WANT_CALLBACK);
    const setups_of_version setups = with_callback(plain, who, callback);
    conversation talk(setups.client, setups.server);
    judge_of(talk, who).may_wait = has_capability(capability);
    const conversation::ends ends = talk.handshake();
    if (has_capability(capability)) {
      expect_status("U-49", "the handshake", who.is_server ? ends.server : ends.client, UNITLS_WANT_CALLBACK);
    } else {
      expect_refused_by(who, talk, ends, UNITLS_VERIFY_OTHER, setups.version);
    }
  });
}

UNITLS_CASE("capability/async-verify",
            "A put-off answer is waited for where declared, and a refusal elsewhere", "U-49 U-55",
            needs("client", "server", "verify-callback")) {
  for (const judgement &who : both_sides) {
    const during side(who.name);
    refuse_put_off(who, who.is_server ? "async-verify-server" : "async-verify-client");
  }
}

UNITLS_CASE("capability/verify-callback", "A callback is refused by name where it is not declared", "U-49",
            needs()) {
  const verify_callback callback;
  for_each_side([&](auto &native) {
    native.config.verify_callback = callback.native();
    if (has_capability("verify-callback")) {
      expect_accepted("U-49", "a callback", native.config);
    } else {
      expect_refused("U-49", "a callback", native.config, UNITLS_E_UNSUPPORTED, "verify_callback");
    }
  });
}

UNITLS_CASE("verified-chain/path", "The path by which a peer was verified is told, its anchor last", "U-58",
            needs("client", "server", "verified-chain")) {
  for_each_version([](setups_of_version setups) {
    setups.client.identity = "client";
    setups.server.client_auth = UNITLS_CLIENT_AUTH_REQUIRE;
    setups.server.trust = {"client-ca.pem"};
    conversation talk(setups.client, setups.server);
    expect_equal("U-58", "before the handshake", talk.client.verified_certificates().size(), std::size_t{0});
    talk.require_open();
    expect("U-58", "the server's path", talk.client.verified_certificates() == path_to("server", "ca"),
           "leaf, issuer, anchor", count_text(talk.client.verified_certificates()));
    expect("U-58", "the client's path", talk.server.verified_certificates() == path_to("client", "client-ca"),
           "leaf, anchor", count_text(talk.server.verified_certificates()));
  });
}

UNITLS_CASE("verified-chain/differs", "The path is what was verified, not what was presented", "U-58",
            needs("client", "server", "verified-chain")) {
  struct kind {
    const char *presented;
    const char *key;
    const char *anchor;
    std::vector<std::string> path;
  };
  const kind kinds[] = {
      {"live-unordered", "live-two", "ca", {"live-two", "live-int-2", "live-int", "ca"}},
      {"live-with-root", "live-two", "ca", {"live-two", "live-int-2", "live-int", "ca"}},
      {"live-two", "live-two", "live-int", {"live-two", "live-int-2", "live-int"}},
      {"live-cross-signed", "live-of-twins", "ca", {"live-of-twins", "live-same-int", "ca"}},
      {"live-alone", "live-alone", "live-alone", {"live-alone"}},
  };
  for (const kind &each : kinds) {
    const during presented(each.presented);
    certificates path;
    for (const std::string &stem : each.path) {
      path.push_back(presented_by(stem).front());
    }
    for_each_version([&](setups_of_version setups) {
      setups.client.trust = {std::string(each.anchor) + ".pem"};
      native_server native(setups.server);
      const unitls_blob chain = pem(certificate_text(std::string(each.presented) + ".pem"));
      native.identity.certificates = &chain;
      native.identity.private_key = pem(certificate_text(std::string(each.key) + ".key"));
      conversation talk(setups.client, make_context(setups.client), make_context(native.config));
      talk.require_open();
      expect("U-58", "the path", talk.client.verified_certificates() == path,
             std::to_string(path.size()) + " certificates, from leaf to anchor",
             count_text(talk.client.verified_certificates()));
    });
  }
}

UNITLS_CASE("verified-chain/none", "Nothing was verified where nobody presented a certificate", "U-58",
            needs("client", "server", "verified-chain")) {
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    talk.require_open();
    expect_equal("U-58", "certificates of the client's path", talk.server.verified_certificates().size(),
                 std::size_t{0});
  });
}

} // namespace
} // namespace unitls::conformance
