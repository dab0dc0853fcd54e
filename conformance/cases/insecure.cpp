// The two modes that weaken verification: U-04, U-09, U-16, U-43, U-56.
#include <algorithm>
#include <string>
#include <vector>

#include <unitls/insecure.h>

#include "attempt.hpp"
#include "case.hpp"
#include "certificates.hpp"
#include "expect.hpp"
#include "party.hpp"
#include "refusal.hpp"
#include "verify_callback.hpp"
#include "versions.hpp"
#include "watch.hpp"

namespace unitls::conformance {
namespace {

// A client of one mode and a server with that identity; the callback, when the plugin has one, must be told `flags`.
void expect_client(std::uint32_t mode, const std::string &identity, unitls_verify_flags flags,
                   unitls_verify_flags refused_for, const std::vector<std::string> &names = {"localhost"},
                   const std::vector<std::string> &trust = {"ca.pem"}) {
  const during presented(identity);
  for_each_version([&](setups_of_version setups) {
    verify_callback callback;
    setups.client.verify_callback = has_capability("verify-callback") ? callback.native() : nullptr;
    setups.client.verify = mode;
    setups.client.reference_names = names;
    setups.client.trust = trust;
    setups.server.identity = identity;
    conversation talk(setups.client, setups.server);
    if (refused_for == 0) {
      talk.require_open();
    } else {
      expect_client_refuses(talk, talk.handshake(), refused_for, setups.version);
    }
    expect("U-56", "the server's certificates",
           talk.client.peer_certificates() == certificates_in(certificate_text(identity + ".pem")),
           "those that it presented", "others");
    if (has_capability("verify-callback")) {
      require("U-55", "calls", callback.calls().size() == 1, "one", std::to_string(callback.calls().size()));
      expect_flags("U-56", "what the callback is told", callback.calls().front().flags, flags);
    }
  });
}

UNITLS_CASE("insecure/no-name-check", "Without a check of names a certificate of another name is accepted",
            "U-56", needs("client", "server")) {
  expect_client(UNITLS_INSECURE_NO_NAME_CHECK, "wrong-name", UNITLS_VERIFY_NAME_MISMATCH, 0);
  expect_client(UNITLS_INSECURE_NO_NAME_CHECK, "wrong-name", 0, 0, {});
  expect_client(UNITLS_INSECURE_NO_NAME_CHECK, "server", 0, 0);
}

UNITLS_CASE("insecure/no-name-check-verifies", "Everything else is verified without a check of names",
            "U-22 U-38 U-43 U-56", needs("client", "server")) {
  expect_client(UNITLS_INSECURE_NO_NAME_CHECK, "untrusted", UNITLS_VERIFY_UNKNOWN_ISSUER,
                UNITLS_VERIFY_UNKNOWN_ISSUER);
  expect_client(UNITLS_INSECURE_NO_NAME_CHECK, "expired", UNITLS_VERIFY_EXPIRED, UNITLS_VERIFY_EXPIRED);
  expect_client(UNITLS_INSECURE_NO_NAME_CHECK, "bad-signature", UNITLS_VERIFY_BAD_SIGNATURE,
                UNITLS_VERIFY_BAD_SIGNATURE);
  expect_client(UNITLS_INSECURE_NO_NAME_CHECK, "client-purpose", UNITLS_VERIFY_WRONG_PURPOSE,
                UNITLS_VERIFY_WRONG_PURPOSE, {});
  expect_client(UNITLS_INSECURE_NO_NAME_CHECK, "expired", UNITLS_VERIFY_EXPIRED | UNITLS_VERIFY_NAME_MISMATCH,
                UNITLS_VERIFY_EXPIRED, {"other.example"});
}

UNITLS_CASE("insecure/no-verification",
            "Without verification every certificate is accepted, and judged all the same", "U-56",
            needs("client", "server")) {
  constexpr std::uint32_t mode = UNITLS_INSECURE_NO_VERIFICATION;
  expect_client(mode, "server", 0, 0);
  expect_client(mode, "untrusted", UNITLS_VERIFY_UNKNOWN_ISSUER, 0);
  expect_client(mode, "expired", UNITLS_VERIFY_EXPIRED, 0);
  expect_client(mode, "self-signed", UNITLS_VERIFY_SELF_SIGNED, 0);
  expect_client(mode, "bad-signature", UNITLS_VERIFY_BAD_SIGNATURE, 0);
  expect_client(mode, "ca-false-issuer", UNITLS_VERIFY_BAD_CA, 0);
  expect_client(mode, "path-length", UNITLS_VERIFY_PATH_LENGTH, 0);
  expect_client(mode, "wrong-name", UNITLS_VERIFY_NAME_MISMATCH, 0);
  expect_client(mode, "expired-untrusted", UNITLS_VERIFY_EXPIRED | UNITLS_VERIFY_UNKNOWN_ISSUER, 0);
}

UNITLS_CASE("insecure/no-trust", "Without verification trust and reference names may be absent", "U-16 U-56",
            needs("client", "server")) {
  constexpr std::uint32_t mode = UNITLS_INSECURE_NO_VERIFICATION;
  expect_client(mode, "server", UNITLS_VERIFY_UNKNOWN_ISSUER, 0, {}, {});
  expect_client(mode, "server", UNITLS_VERIFY_UNKNOWN_ISSUER, 0, {"localhost"}, {});
  expect_client(mode, "self-signed", UNITLS_VERIFY_SELF_SIGNED, 0, {}, {});
  client_setup setup;
  setup.verify = mode;
  native_client native(setup);
  native.trust.blob_count = 0;
  expect_accepted("U-56", "trust without anchors", native.config);
}

UNITLS_CASE("insecure/no-name-check-needs-trust", "Without a check of names anchors are needed all the same",
            "U-16 U-56", needs("client")) {
  client_setup setup;
  setup.verify = UNITLS_INSECURE_NO_NAME_CHECK;
  setup.trust.clear();
  native_client native(setup);
  expect_refused("U-16", "no trust", native.config, UNITLS_E_INVALID, "trust");
  native.config.trust = &native.trust;
  expect_refused("U-16", "trust without anchors", native.config, UNITLS_E_INVALID, "trust");
}

UNITLS_CASE("insecure/callback-refuses", "The callback refuses in every mode", "U-55 U-56",
            needs("client", "server", "verify-callback")) {
  for (const std::uint32_t mode : {UNITLS_INSECURE_NO_NAME_CHECK, UNITLS_INSECURE_NO_VERIFICATION}) {
    const during in("mode " + std::to_string(mode));
    for_each_version([&](setups_of_version setups) {
      verify_callback callback;
      callback.answer(UNITLS_E_CERTIFICATE, UNITLS_VERIFY_PIN_MISMATCH);
      setups.client.verify = mode;
      setups.client.verify_callback = callback.native();
      conversation talk(setups.client, setups.server);
      expect_client_refuses(talk, talk.handshake(), UNITLS_VERIFY_PIN_MISMATCH, setups.version);
    });
  }
}

// A server of one mode and a client that presents that identity.
void expect_server(const std::string &identity, unitls_verify_flags flags, std::uint32_t client_auth,
                   const std::vector<std::string> &trust) {
  const during presented(identity);
  for_each_version([&](setups_of_version setups) {
    verify_callback callback;
    setups.client.identity = identity;
    setups.server.client_auth = client_auth;
    setups.server.verify = UNITLS_INSECURE_NO_VERIFICATION;
    setups.server.trust = trust;
    setups.server.verify_callback = has_capability("verify-callback") ? callback.native() : nullptr;
    conversation talk(setups.client, setups.server);
    talk.require_open();
    expect("U-56", "the client's certificates",
           talk.server.peer_certificates() == certificates_in(certificate_text(identity + ".pem")),
           "those that it presented", "others");
    if (has_capability("verify-callback")) {
      require("U-55", "calls", callback.calls().size() == 1, "one", std::to_string(callback.calls().size()));
      expect_flags("U-56", "what the callback is told", callback.calls().front().flags, flags);
    }
  });
}

UNITLS_CASE("insecure/server",
            "A server without verification accepts every certificate, with or without anchors", "U-56",
            needs("client", "server")) {
  for (const std::uint32_t client_auth : {UNITLS_CLIENT_AUTH_REQUEST, UNITLS_CLIENT_AUTH_REQUIRE}) {
    const during in(client_auth == UNITLS_CLIENT_AUTH_REQUEST ? "request" : "require");
    expect_server("client", 0, client_auth, {"client-ca.pem"});
    expect_server("client-untrusted", UNITLS_VERIFY_UNKNOWN_ISSUER, client_auth, {"client-ca.pem"});
    expect_server("client-expired", UNITLS_VERIFY_EXPIRED, client_auth, {"client-ca.pem"});
    expect_server("client-server-purpose", UNITLS_VERIFY_WRONG_PURPOSE, client_auth, {"client-ca.pem"});
    expect_server("client", UNITLS_VERIFY_UNKNOWN_ISSUER, client_auth, {});
  }
}

UNITLS_CASE("insecure/server-required", "A server without verification still requires a certificate",
            "U-39 U-56", needs("client", "server")) {
  for_each_version([](setups_of_version setups) {
    setups.server.client_auth = UNITLS_CLIENT_AUTH_REQUIRE;
    setups.server.verify = UNITLS_INSECURE_NO_VERIFICATION;
    conversation talk(setups.client, setups.server);
    const conversation::ends ends = talk.handshake();
    expect_status("U-39", "the server's handshake", ends.server, UNITLS_E_CERTIFICATE);
    expect_flags("U-39", "the server's error", talk.server.error.verify_flags, 0);
    const std::uint32_t alert =
        setups.version == UNITLS_TLS_1_3 ? alert_certificate_required : alert_handshake_failure;
    expect_alert_sent("U-39", "the server", talk.server, talk.to_client, {alert});
    expect_client_learns(talk, ends.client, alert, setups.version);
  });
}

UNITLS_CASE("insecure/server-modes", "A server checks no names, and nothing when it asks for nothing",
            "U-09 U-56", needs("server")) {
  server_setup setup;
  setup.client_auth = UNITLS_CLIENT_AUTH_REQUIRE;
  setup.trust = {"client-ca.pem"};
  setup.verify = UNITLS_INSECURE_NO_NAME_CHECK;
  expect_refused("U-56", "no name check", native_server(setup).config, UNITLS_E_INVALID, "verify");
  server_setup silent;
  for (const std::uint32_t mode : {UNITLS_INSECURE_NO_NAME_CHECK, UNITLS_INSECURE_NO_VERIFICATION}) {
    silent.verify = mode;
    expect_refused("U-56", "a mode without asking", native_server(silent).config, UNITLS_E_INVALID, "verify");
  }
}

UNITLS_CASE("insecure/unknown-mode", "An unknown mode is refused as not possible", "U-04", needs()) {
  for_each_side([](auto &native) {
    for (const std::uint32_t mode : {3U, 99U, 0xffffffffU}) {
      native.config.verify = mode;
      expect_refused("U-04", "mode " + std::to_string(mode), native.config, UNITLS_E_UNSUPPORTED, "verify");
    }
  });
}

// Changes the last octet of the ServerKeyExchange, which is that of its signature (RFC 5246, 7.4.3): the message before
// the ServerHelloDone that ends the flight, in its record or in one of its own.
void spoil_signature(wire &flight) {
  constexpr std::size_t done_size = 4;
  const std::vector<std::uint8_t> done_record_header = {record_handshake, 3, 3, 0, done_size};
  const auto done = flight.sent.end() - done_size;
  const auto header = done - static_cast<std::ptrdiff_t>(done_record_header.size());
  const bool stands_alone = std::equal(done_record_header.begin(), done_record_header.end(), header);
  *((stands_alone ? header : done) - 1) ^= 1;
}

UNITLS_CASE("insecure/key-is-proven", "A peer proves its key also to who verifies nothing", "U-36 U-56",
            needs("client", "server", "tls1.2")) {
  client_setup client;
  client.only_version(UNITLS_TLS_1_2);
  client.verify = UNITLS_INSECURE_NO_VERIFICATION;
  conversation talk(client, server_setup{});
  require_status("U-28", "the client's handshake", talk.client.handshake(), UNITLS_WANT_READ);
  require_status("U-28", "the server's handshake", talk.server.handshake(), UNITLS_WANT_READ);
  spoil_signature(talk.to_client);
  expect_status("U-56", "the client's handshake with a changed signature",
                talk.drive(talk.client, &party::handshake), UNITLS_E_PROTOCOL);
}

} // namespace
} // namespace unitls::conformance
