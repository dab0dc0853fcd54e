// The verdict about a server's certificate: U-12, U-38, U-42 to U-45.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "case.hpp"
#include "certificates.hpp"
#include "expect.hpp"
#include "party.hpp"
#include "versions.hpp"
#include "watch.hpp"

namespace unitls::conformance {
namespace {

struct rejection {
  std::string identity;
  unitls_verify_flags flags;
  std::uint32_t alert;
  std::vector<std::string> reference_names{"localhost"};
};

void expect_rejected(const setups_of_version &setups, const rejection &expected) {
  conversation talk(setups.client, setups.server);
  const conversation::ends ends = talk.handshake();
  expect_status("U-43", "the client's handshake", ends.client, UNITLS_E_CERTIFICATE);
  const unitls_error rejected = talk.client.error;
  expect_flags("U-43", "the client's error", rejected.verify_flags, expected.flags);
  expect("U-12", "the client's message",
         std::string_view(rejected.message).find("(verify:") == std::string_view::npos,
         "without the flags, which the host appends", rejected.message);
  expect_alert_sent("U-38", "the client", talk.client, talk.to_server, {expected.alert});
  expect("U-42", "the server's handshake", ends.server != UNITLS_OK, "no success: no Finished came",
         status_text(ends.server));
  expect_peer_gave_up("the server's handshake", talk.server, ends.server, expected.alert, setups.version);
  if (setups.version == UNITLS_TLS_1_2) {
    expect("U-42", "the client's ChangeCipherSpec and Finished",
           !has_record(talk.to_server, record_change_cipher_spec), "never sent", "sent");
  }
  expect("U-22", "the certificates of a rejected server",
         talk.client.peer_certificates() == certificates_in(certificate_text(expected.identity + ".pem")),
         "those that it presented",
         std::to_string(talk.client.peer_certificates().size()) + " certificates, not the same");
  expect_status("U-22", "the client's handshake once more", talk.client.handshake(), UNITLS_E_CERTIFICATE);
  expect_flags("U-22", "the client's error once more", talk.client.error.verify_flags, expected.flags);
}

// A server with that identity is rejected for exactly these reasons, in every version.
void rejects(const rejection &expected) {
  for_each_version([&](setups_of_version setups) {
    setups.server.identity = expected.identity;
    setups.client.reference_names = expected.reference_names;
    expect_rejected(setups, expected);
  });
}

void accepts(const std::string &identity, const std::vector<std::string> &reference_names) {
  for_each_version([&](setups_of_version setups) {
    setups.server.identity = identity;
    setups.client.reference_names = reference_names;
    conversation talk(setups.client, setups.server);
    talk.require_open();
  });
}

// Each name by itself.
void accepts_each(const std::vector<std::string> &names) {
  for (const std::string &name : names) {
    const during what(name);
    accepts("server", {name});
  }
}

UNITLS_CASE("verify/good", "A good chain is accepted, and told as it was presented", "U-43",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    talk.require_open();
    expect("U-43", "the server's certificates",
           talk.client.peer_certificates() == certificates_in(certificate_text("server.pem")),
           "leaf and issuer",
           std::to_string(talk.client.peer_certificates().size()) + " certificates, not the same");
  });
}

UNITLS_CASE("verify/addresses", "An IP address in any of its text forms fits an iPAddress entry", "U-44",
            needs("client", "server")) {
  accepts_each({"127.0.0.1", "::1", "0:0:0:0:0:0:0:1", "0000::0001"});
}

UNITLS_CASE("verify/other-address", "Another IP address does not fit", "U-44", needs("client", "server")) {
  rejects({"server", UNITLS_VERIFY_NAME_MISMATCH, alert_bad_certificate, {"127.0.0.2"}});
}

UNITLS_CASE("verify/wildcard", "A wildcard stands for one label", "U-44", needs("client", "server")) {
  accepts_each({"a.wild.example", "xn--bcher-kva.wild.example"});
}

UNITLS_CASE("verify/wildcard-two-labels", "A wildcard does not stand for two labels", "U-44",
            needs("client", "server")) {
  rejects({"server", UNITLS_VERIFY_NAME_MISMATCH, alert_bad_certificate, {"a.b.wild.example"}});
}

UNITLS_CASE("verify/wildcard-no-label", "A wildcard does not stand for nothing", "U-44",
            needs("client", "server")) {
  rejects({"server", UNITLS_VERIFY_NAME_MISMATCH, alert_bad_certificate, {"wild.example"}});
}

UNITLS_CASE("verify/wildcard-partial", "A wildcard is a whole label or none", "U-44",
            needs("client", "server")) {
  rejects({"partial-wildcard", UNITLS_VERIFY_NAME_MISMATCH, alert_bad_certificate, {"www.wild.example"}});
}

UNITLS_CASE("verify/wildcard-top-level", "A wildcard has two labels after it", "U-44",
            needs("client", "server")) {
  rejects({"top-level-wildcard", UNITLS_VERIFY_NAME_MISMATCH, alert_bad_certificate, {"www.example"}});
}

UNITLS_CASE("verify/letter-case", "Letter case in names means nothing", "U-44", needs("client", "server")) {
  accepts_each({"LocalHost", "A.Wild.EXAMPLE"});
}

UNITLS_CASE("verify/one-of-several-names", "The peer needs one of the reference names", "U-44",
            needs("client", "server")) {
  accepts("server", {"other.example", "192.0.2.1", "test.example"});
  rejects({"server",
           UNITLS_VERIFY_NAME_MISMATCH,
           alert_bad_certificate,
           {"other.example", "192.0.2.1", "tests.example"}});
}

UNITLS_CASE("verify/common-name", "The common name is no name", "U-44", needs("client", "server")) {
  rejects({"common-name-only", UNITLS_VERIFY_NAME_MISMATCH, alert_bad_certificate});
}

UNITLS_CASE("verify/address-as-dns-name", "An IP address does not fit a dNSName entry", "U-44",
            needs("client", "server")) {
  rejects({"address-as-dns", UNITLS_VERIFY_NAME_MISMATCH, alert_bad_certificate, {"127.0.0.1"}});
}

UNITLS_CASE("verify/nul-in-name", "A name does not end at a NUL", "U-44", needs("client", "server")) {
  rejects({"nul-in-name", UNITLS_VERIFY_NAME_MISMATCH, alert_bad_certificate});
}

UNITLS_CASE("verify/wrong-name", "A certificate of another name is rejected", "U-38 U-43 U-44",
            needs("client", "server")) {
  rejects({"wrong-name", UNITLS_VERIFY_NAME_MISMATCH, alert_bad_certificate});
}

UNITLS_CASE("verify/expired", "An expired certificate is rejected", "U-12 U-22 U-38 U-42 U-43",
            needs("client", "server")) {
  rejects({"expired", UNITLS_VERIFY_EXPIRED, alert_certificate_expired});
}

UNITLS_CASE("verify/not-yet-valid", "A certificate of the future is rejected", "U-38 U-43",
            needs("client", "server")) {
  rejects({"not-yet-valid", UNITLS_VERIFY_NOT_YET_VALID, alert_certificate_expired});
}

UNITLS_CASE("verify/self-signed", "A self-signed certificate is rejected", "U-38 U-43",
            needs("client", "server")) {
  rejects({"self-signed", UNITLS_VERIFY_SELF_SIGNED, alert_unknown_ca});
}

UNITLS_CASE("verify/unknown-issuer", "A certificate of an issuer that nobody trusts is rejected", "U-38 U-43",
            needs("client", "server")) {
  rejects({"untrusted", UNITLS_VERIFY_UNKNOWN_ISSUER, alert_unknown_ca});
}

UNITLS_CASE("verify/missing-intermediate", "A chain with a gap is rejected", "U-38 U-43",
            needs("client", "server")) {
  rejects({"missing-intermediate", UNITLS_VERIFY_UNKNOWN_ISSUER, alert_unknown_ca});
}

UNITLS_CASE("verify/several-reasons", "No reason hides another, and the first one names the alert",
            "U-38 U-43 U-44", needs("client", "server")) {
  rejects({"expired-untrusted", UNITLS_VERIFY_EXPIRED | UNITLS_VERIFY_UNKNOWN_ISSUER, alert_unknown_ca});
  rejects({"expired",
           UNITLS_VERIFY_EXPIRED | UNITLS_VERIFY_NAME_MISMATCH,
           alert_certificate_expired,
           {"other.example"}});
}

UNITLS_CASE("verify/wrong-purpose", "A certificate for clients is rejected in a server", "U-38 U-43",
            needs("client", "server")) {
  rejects({"client-purpose", UNITLS_VERIFY_WRONG_PURPOSE, alert_bad_certificate});
}

UNITLS_CASE("verify/bad-ca", "An issuer that is no authority is rejected", "U-38 U-43",
            needs("client", "server")) {
  rejects({"ca-false-issuer", UNITLS_VERIFY_BAD_CA, alert_bad_certificate});
}

UNITLS_CASE("verify/bad-signature", "A changed signature is rejected", "U-38 U-43",
            needs("client", "server")) {
  rejects({"bad-signature", UNITLS_VERIFY_BAD_SIGNATURE, alert_bad_certificate});
}

UNITLS_CASE("verify/path-length", "An authority below the allowed path length is rejected", "U-38 U-43",
            needs("client", "server")) {
  rejects({"path-length", UNITLS_VERIFY_PATH_LENGTH, alert_bad_certificate});
}

UNITLS_CASE("verify/name-constraint", "A name outside of its issuer's constraint is rejected", "U-43 U-45",
            needs("client", "server", "name-constraints")) {
  rejects({"name-constraint", UNITLS_VERIFY_NAME_CONSTRAINT, alert_bad_certificate});
  accepts("inside-constraint", {"www.good.example"});
}

// A server that presents a chain of its own making, with the key of its leaf.
void accepts_chain(const std::string &chain, const std::string &leaf) {
  for_each_version([&](const setups_of_version &setups) {
    native_server native(setups.server);
    const unitls_blob certificates = pem(certificate_text(chain + ".pem"));
    native.identity.certificates = &certificates;
    native.identity.private_key = pem(certificate_text(leaf + ".key"));
    conversation talk(setups.client, make_context(setups.client), make_context(native.config));
    talk.require_open();
  });
}

UNITLS_CASE("verify/unordered-chain", "Issuers may come in any order", "U-43", needs("client", "server")) {
  accepts_chain("chain-unordered", "below-two");
}

UNITLS_CASE("verify/strangers-in-chain", "Certificates that have no part in the path are passed over", "U-43",
            needs("client", "server")) {
  accepts_chain("chain-with-strangers", "below-two");
}

void with_anchors(const std::vector<std::string> &trust, const rejection &expected) {
  for_each_version([&](setups_of_version setups) {
    setups.client.trust = trust;
    setups.server.identity = expected.identity;
    if (expected.flags != 0) {
      expect_rejected(setups, expected);
      return;
    }
    conversation talk(setups.client, setups.server);
    talk.require_open();
  });
}

UNITLS_CASE("verify/anchors", "Every certificate of the trust is an anchor, root or not, and no other is",
            "U-43", needs("client", "server")) {
  with_anchors({"intermediate.pem"}, {"server", 0, 0});
  with_anchors({"self-signed.pem"}, {"self-signed", 0, 0});
  with_anchors({"other-ca.pem", "ca.pem"}, {"server", 0, 0});
  with_anchors({"other-ca.pem"}, {"server", UNITLS_VERIFY_UNKNOWN_ISSUER, alert_unknown_ca});
  with_anchors({"self-signed.pem"}, {"server", UNITLS_VERIFY_UNKNOWN_ISSUER, alert_unknown_ca});
}

} // namespace
} // namespace unitls::conformance
