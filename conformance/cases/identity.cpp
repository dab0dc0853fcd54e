// A server's set of identities: U-17, U-36, U-37, U-60.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "attempt.hpp"
#include "case.hpp"
#include "certificates.hpp"
#include "expect.hpp"
#include "party.hpp"
#include "versions.hpp"
#include "watch.hpp"

namespace unitls::conformance {
namespace {

// server and server-rsa have the same names; names-a and names-a-rsa, too.
server_setup several_identities() {
  server_setup server;
  server.more_identities = {"names-b", "names-exact", "names-a", "server-rsa", "names-a-rsa"};
  return server;
}

// In the order of several_identities.
std::vector<std::string> stems_of(const server_setup &server) {
  std::vector<std::string> all = {*server.identity};
  all.insert(all.end(), server.more_identities.begin(), server.more_identities.end());
  return all;
}

// The stem whose whole chain was presented; empty when it is none of them.
std::string presented_identity(const conversation &talk, const server_setup &server) {
  const auto presented = talk.client.peer_certificates();
  for (const std::string &stem : stems_of(server)) {
    if (presented == certificates_in(certificate_text(stem + ".pem"))) {
      return stem;
    }
  }
  return {};
}

void expect_one_of(const std::string &what, const std::string &got, const std::vector<std::string> &allowed) {
  std::string all;
  for (const std::string &each : allowed) {
    all += (all.empty() ? "" : " or ") + each;
  }
  expect("U-60", what, std::find(allowed.begin(), allowed.end(), got) != allowed.end(), all,
         got.empty() ? "none of the identities, whole" : got);
}

// The identity that a client with this SNI is shown; it names `reference`.
void expect_identity(const server_setup &server, const std::optional<std::string> &server_name,
                     const std::string &reference, const std::vector<std::string> &allowed) {
  const during name(server_name.value_or("no SNI"));
  for_each_version([&](setups_of_version setups) {
    setups.client.server_name = server_name;
    setups.client.reference_names = {reference};
    conversation talk(setups.client, server);
    talk.require_open();
    expect_one_of("the identity", presented_identity(talk, server), allowed);
    expect_equal("U-24", "the server name on the server", std::string(talk.server.info().server_name),
                 server_name.value_or(""));
  });
}

UNITLS_CASE("identity/every-name", "Every DNS name of every identity chooses it", "U-60",
            needs("client", "server", "identity-set")) {
  const server_setup server = several_identities();
  for (const char *const name : {"a.example", "second-a.example", "third-a.example"}) {
    expect_identity(server, name, name, {"names-a", "names-a-rsa"});
  }
  for (const char *const name : {"localhost", "example.org", "test.example", "x.wild.example"}) {
    expect_identity(server, name, name, {"server", "server-rsa"});
  }
  expect_identity(server, "b.example", "b.example", {"names-b"});
}

UNITLS_CASE("identity/letter-case", "Letter case means nothing in the choice", "U-60",
            needs("client", "server", "identity-set")) {
  const server_setup server = several_identities();
  for (const char *const name : {"B.EXAMPLE", "b.Example"}) {
    expect_identity(server, name, "b.example", {"names-b"});
  }
  expect_identity(server, "THIRD-a.example", "third-a.example", {"names-a", "names-a-rsa"});
  expect_identity(server, "X.WIDE.example", "x.wide.example", {"names-b"});
}

UNITLS_CASE("identity/wildcard", "A wildcard chooses for one label", "U-60",
            needs("client", "server", "identity-set")) {
  const server_setup server = several_identities();
  expect_identity(server, "mail.wide.example", "mail.wide.example", {"names-b"});
  expect_identity(server, "a.b.wide.example", "localhost", {"server", "server-rsa"});
  expect_identity(server, "wide.example", "localhost", {"server", "server-rsa"});
}

UNITLS_CASE("identity/exact-first", "An exact name comes before a wildcard, in any order of identities",
            "U-60", needs("client", "server", "identity-set")) {
  server_setup server = several_identities();
  expect_identity(server, "www.wide.example", "www.wide.example", {"names-exact"});
  std::reverse(server.more_identities.begin(), server.more_identities.end());
  expect_identity(server, "www.wide.example", "www.wide.example", {"names-exact"});
}

UNITLS_CASE("identity/default", "Without a name, and for one that nobody has, it is the first", "U-46 U-60",
            needs("client", "server", "identity-set")) {
  server_setup server = several_identities();
  expect_identity(server, std::nullopt, "localhost", {"server", "server-rsa"});
  expect_identity(server, "unknown.example", "localhost", {"server", "server-rsa"});
  server.identity = "names-b";
  server.more_identities = {"server", "names-a"};
  expect_identity(server, std::nullopt, "b.example", {"names-b"});
  expect_identity(server, "unknown.example", "b.example", {"names-b"});
}

UNITLS_CASE("identity/strict", "Under strict SNI a name that nobody has ends in unrecognized_name",
            "U-36 U-37 U-60", needs("client", "server", "identity-set")) {
  for_each_version([](setups_of_version setups) {
    setups.server = several_identities();
    setups.server.strict_sni = true;
    setups.client.server_name = "unknown.example";
    conversation talk(setups.client, setups.server);
    const conversation::ends ends = talk.handshake();
    expect_status("U-60", "the server's handshake", ends.server, UNITLS_E_PROTOCOL);
    expect_alert_sent("U-60", "the server", talk.server, talk.to_client, {alert_unrecognized_name});
    expect_peer_gave_up("the client's handshake", talk.client, ends.client, alert_unrecognized_name,
                        setups.version);
  });
}

UNITLS_CASE("identity/strict-one", "So it does with one identity", "U-36 U-37 U-60",
            needs("client", "server")) {
  for_each_version([](setups_of_version setups) {
    setups.server.strict_sni = true;
    setups.client.server_name = "unknown.example";
    conversation talk(setups.client, setups.server);
    const conversation::ends ends = talk.handshake();
    expect_status("U-60", "the server's handshake", ends.server, UNITLS_E_PROTOCOL);
    expect_alert_sent("U-60", "the server", talk.server, talk.to_client, {alert_unrecognized_name});
    expect_peer_gave_up("the client's handshake", talk.client, ends.client, alert_unrecognized_name,
                        setups.version);
  });
}

UNITLS_CASE("identity/strict-served", "Under strict SNI known names and clients without a name are served",
            "U-46 U-60", needs("client", "server", "identity-set")) {
  server_setup server = several_identities();
  server.strict_sni = true;
  expect_identity(server, "b.example", "b.example", {"names-b"});
  expect_identity(server, "X.wide.example", "x.wide.example", {"names-b"});
  expect_identity(server, std::nullopt, "localhost", {"server", "server-rsa"});
}

// Two keys for one name, each under an authority with a key of the same kind: a client's schemes bind the signatures
// of certificates, too.
struct key_kind {
  const char *identity;
  const char *anchors;
  std::vector<std::uint16_t> schemes;
};

// In TLS 1.3 RSASSA-PSS signs handshakes, in TLS 1.2 PKCS#1 does everywhere.
std::vector<std::uint16_t> rsa_schemes(std::uint16_t version) {
  return version == UNITLS_TLS_1_3
             ? std::vector<std::uint16_t>{0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601}
             : std::vector<std::uint16_t>{0x0401, 0x0501, 0x0601};
}

UNITLS_CASE("identity/by-key", "Of two keys for one name that one is shown which the client can verify",
            "U-60", needs("client", "server", "identity-set", "signature-schemes")) {
  for (const std::uint16_t version : declared_versions()) {
    const during in(version_text(version));
    const key_kind kinds[] = {{"pair-ecdsa", "ca.pem", {0x0403, 0x0503, 0x0603}},
                              {"pair-rsa", "pair-rsa-ca.pem", rsa_schemes(version)}};
    for (const key_kind &kind : kinds) {
      const during wanted(kind.identity);
      client_setup client;
      client.only_version(version);
      client.server_name = "pair.example";
      client.reference_names = {"pair.example"};
      client.trust = {kind.anchors};
      client.signature_schemes = kind.schemes;
      server_setup server;
      server.identity = "pair-ecdsa";
      server.more_identities = {"pair-rsa", "names-b"};
      for (int order = 0; order < 2; ++order) {
        const during first(*server.identity + " first");
        conversation talk(client, server);
        talk.require_open();
        expect_one_of("the identity", presented_identity(talk, server), {kind.identity});
        std::swap(*server.identity, server.more_identities.front());
      }
    }
  }
}

UNITLS_CASE("identity/by-suite", "In TLS 1.2 the client's suites choose between the keys, too", "U-60",
            needs("client", "server", "tls1.2", "identity-set", "cipher-suites")) {
  const server_setup server = several_identities();
  const std::pair<std::uint16_t, const char *> suites[] = {{0xc02b, "names-a"}, {0xc02f, "names-a-rsa"}};
  for (const auto &[suite, expected] : suites) {
    const during wanted(expected);
    client_setup client;
    client.only_version(UNITLS_TLS_1_2);
    client.tls12_cipher_suites = {suite};
    client.server_name = "a.example";
    client.reference_names = {"a.example"};
    conversation talk(client, server);
    talk.require_open();
    expect_one_of("the identity", presented_identity(talk, server), {expected});
  }
}

UNITLS_CASE("identity/whole-chains", "Each identity's chain is sent whole", "U-60",
            needs("client", "server", "identity-set")) {
  const server_setup server = several_identities();
  expect_identity(server, "b.example", "b.example", {"names-b"});
  expect_identity(server, "www.wide.example", "www.wide.example", {"names-exact"});
  expect_equal("U-60", "certificates of names-b", certificates_in(certificate_text("names-b.pem")).size(),
               std::size_t{3});
}

UNITLS_CASE("identity/other-key", "A key that does not fit its certificate is told with its identity",
            "U-17 U-60", needs("server", "identity-set")) {
  const server_setup setup;
  const native_server native(setup);
  const unitls_blob chain = pem(certificate_text("names-b.pem"));
  unitls_identity second{sizeof second, 0, &chain, 1, pem(certificate_text("names-a.key"))};
  const unitls_identity *const two[] = {&native.identity, &second};
  unitls_server_config config = native.config;
  config.identities = two;
  config.identity_count = 2;
  expect_refusal("U-17", "a key of another identity", try_context(config), UNITLS_E_INVALID,
                 "identities[1].private_key");
  second.private_key = {};
  expect_refused("U-17", "no key", config, UNITLS_E_INVALID, "identities[1].private_key");
  second.private_key = pem(certificate_text("names-b.key"));
  second.certificate_count = 0;
  expect_refused("U-17", "no certificate", config, UNITLS_E_INVALID, "identities[1].certificates");
}

UNITLS_CASE("identity/garbage", "A certificate that cannot be read is told with its place", "U-09 U-60",
            needs("server", "identity-set")) {
  const server_setup setup;
  const native_server native(setup);
  const std::string text = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n";
  const unitls_blob blobs[] = {pem(certificate_text("names-a.pem")), pem(text)};
  const unitls_identity second{sizeof second, 0, blobs, 2, pem(certificate_text("names-a.key"))};
  const unitls_identity *const two[] = {&native.identity, &second};
  unitls_server_config config = native.config;
  config.identities = two;
  config.identity_count = 2;
  expect_refusal("U-09", "a garbage issuer", try_context(config), UNITLS_E_INVALID,
                 "identities[1].certificates[1]");
}

UNITLS_CASE("identity/many", "A server may have many identities", "U-46 U-60",
            needs("client", "server", "identity-set")) {
  server_setup server = several_identities();
  for (int i = 0; i < 10; ++i) {
    for (const char *const stem : {"names-a", "names-b", "wrong-name", "live-two", "live-p384"}) {
      server.more_identities.emplace_back(stem);
    }
  }
  server.more_identities.emplace_back("inside-constraint");
  expect_identity(server, "b.example", "b.example", {"names-b"});
  expect_identity(server, "other.example", "other.example", {"wrong-name"});
  expect_identity(server, std::nullopt, "localhost", {"server", "server-rsa"});
}

} // namespace
} // namespace unitls::conformance
