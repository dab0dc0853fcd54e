// Client authentication: U-16, U-39, U-41, U-42, U-47.
#include <string>
#include <vector>

#include "attempt.hpp"
#include "case.hpp"
#include "certificates.hpp"
#include "expect.hpp"
#include "party.hpp"
#include "refusal.hpp"
#include "versions.hpp"
#include "watch.hpp"

namespace unitls::conformance {
namespace {

setups_of_version asking(setups_of_version setups, std::uint32_t client_auth) {
  setups.server.client_auth = client_auth;
  setups.server.trust = {"client-ca.pem"};
  return setups;
}

struct refusal {
  std::string identity;
  unitls_verify_flags flags;
  std::uint32_t alert;
};

void refuses(const refusal &expected) {
  for (const std::uint32_t client_auth : {UNITLS_CLIENT_AUTH_REQUEST, UNITLS_CLIENT_AUTH_REQUIRE}) {
    const during mode(client_auth == UNITLS_CLIENT_AUTH_REQUEST ? "request" : "require");
    for_each_version([&](const setups_of_version &plain) {
      setups_of_version setups = asking(plain, client_auth);
      setups.client.identity = expected.identity;
      conversation talk(setups.client, setups.server);
      const conversation::ends ends = talk.handshake();
      expect_status("U-47", "the server's handshake", ends.server, UNITLS_E_CERTIFICATE);
      expect_flags("U-43", "the server's error", talk.server.error.verify_flags, expected.flags);
      expect_alert_sent("U-38", "the server", talk.server, talk.to_client, {expected.alert});
      expect("U-22", "the certificates of a refused client",
             talk.server.peer_certificates() == certificates_in(certificate_text(expected.identity + ".pem")),
             "those that it presented",
             std::to_string(talk.server.peer_certificates().size()) + " certificates, not the same");
      expect_client_learns(talk, ends.client, expected.alert, setups.version);
    });
  }
}

void expect_client_certificates(const std::string &presented, std::uint32_t client_auth,
                                const std::vector<std::vector<std::uint8_t>> &expected) {
  for_each_version([&](const setups_of_version &plain) {
    setups_of_version setups = client_auth == UNITLS_CLIENT_AUTH_NONE ? plain : asking(plain, client_auth);
    if (!presented.empty()) {
      setups.client.identity = presented;
    }
    conversation talk(setups.client, setups.server);
    talk.require_open();
    expect("U-47", "the client's certificates", talk.server.peer_certificates() == expected,
           std::to_string(expected.size()) + " as presented",
           std::to_string(talk.server.peer_certificates().size()) + ", not the same");
    talk.server.write_all(pattern(3));
    expect_status("U-42", "the client's read after its acceptance", talk.read_until(talk.client, 3),
                  UNITLS_OK);
  });
}

UNITLS_CASE("auth/none", "A client that is not asked presents nothing", "U-47", needs("client", "server")) {
  expect_client_certificates("client", UNITLS_CLIENT_AUTH_NONE, {});
}

UNITLS_CASE("auth/request-absent", "A requested certificate may be missing", "U-47",
            needs("client", "server")) {
  expect_client_certificates("", UNITLS_CLIENT_AUTH_REQUEST, {});
}

UNITLS_CASE("auth/request-present", "A requested certificate is verified and told", "U-43 U-47",
            needs("client", "server")) {
  expect_client_certificates("client", UNITLS_CLIENT_AUTH_REQUEST,
                             certificates_in(certificate_text("client.pem")));
}

UNITLS_CASE("auth/require-present", "A required certificate is verified and told", "U-43",
            needs("client", "server")) {
  expect_client_certificates("client", UNITLS_CLIENT_AUTH_REQUIRE,
                             certificates_in(certificate_text("client.pem")));
}

UNITLS_CASE("auth/require-absent", "A required certificate that is missing ends the handshake",
            "U-36 U-37 U-39 U-41 U-42", needs("client", "server")) {
  for_each_version([](const setups_of_version &plain) {
    const setups_of_version setups = asking(plain, UNITLS_CLIENT_AUTH_REQUIRE);
    const std::uint32_t alert =
        setups.version == UNITLS_TLS_1_3 ? alert_certificate_required : alert_handshake_failure;
    conversation talk(setups.client, setups.server);
    const conversation::ends ends = talk.handshake();
    expect_status("U-39", "the server's handshake", ends.server, UNITLS_E_CERTIFICATE);
    expect_flags("U-39", "the server's error", talk.server.error.verify_flags, 0);
    expect_alert_sent("U-39", "the server", talk.server, talk.to_client, {alert});
    expect_client_learns(talk, ends.client, alert, setups.version);
  });
}

UNITLS_CASE("auth/untrusted", "A client of an unknown issuer is refused, also when only requested",
            "U-38 U-41 U-42 U-43 U-47", needs("client", "server")) {
  refuses({"client-untrusted", UNITLS_VERIFY_UNKNOWN_ISSUER, alert_unknown_ca});
}

UNITLS_CASE("auth/expired", "An expired client is refused, also when only requested", "U-38 U-41 U-43 U-47",
            needs("client", "server")) {
  refuses({"client-expired", UNITLS_VERIFY_EXPIRED, alert_certificate_expired});
}

UNITLS_CASE("auth/wrong-purpose", "A certificate for servers is refused in a client", "U-38 U-43 U-47",
            needs("client", "server")) {
  refuses({"client-server-purpose", UNITLS_VERIFY_WRONG_PURPOSE, alert_bad_certificate});
}

UNITLS_CASE("auth/trust-needed", "A server that asks for certificates needs anchors", "U-16",
            needs("server")) {
  for (const std::uint32_t client_auth : {UNITLS_CLIENT_AUTH_REQUEST, UNITLS_CLIENT_AUTH_REQUIRE}) {
    server_setup setup;
    setup.client_auth = client_auth;
    native_server native(setup);
    expect_refused("U-16", "no trust", native.config, UNITLS_E_INVALID, "trust");
    native.config.trust = &native.trust;
    expect_refused("U-16", "trust without anchors", native.config, UNITLS_E_INVALID, "trust");
  }
}

UNITLS_CASE("auth/trust-without-asking", "A server that asks nobody takes no anchors", "U-09",
            needs("server")) {
  server_setup setup;
  setup.trust = {"client-ca.pem"};
  expect_refused("U-09", "trust", native_server(setup).config, UNITLS_E_INVALID, "trust");
}

} // namespace
} // namespace unitls::conformance
