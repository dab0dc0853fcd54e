// Lists of cipher suites, groups and signature schemes at work: U-09, U-24, U-40, U-59.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "attempt.hpp"
#include "case.hpp"
#include "certificates.hpp"
#include "expect.hpp"
#include "listing.hpp"
#include "parameter_list.hpp"
#include "party.hpp"
#include "versions.hpp"
#include "watch.hpp"

namespace unitls::conformance {
namespace {

// Whether the configuration is accepted; what is refused is refused as not possible, naming the list.
template <class Config>
bool is_accepted(const Config &config, const parameter_list &list) {
  const attempt got = try_context(config);
  if (got.status == UNITLS_OK) {
    return true;
  }
  expect_status("U-59", std::string("a list of ") + list.member, got.status, UNITLS_E_UNSUPPORTED);
  expect_member(std::string("a list of ") + list.member, got.error, list.member);
  return false;
}

// The ClientHello offers the list, and nothing else (U-59).
void expect_offered(const wire &sent, const parameter_list &list, numbers expected) {
  std::sort(expected.begin(), expected.end());
  const numbers offered = list.offered(sent);
  expect("U-59", std::string("the ClientHello's ") + list.member, offered == expected, numbers_text(expected),
         numbers_text(offered));
}

// The key that a suite's or a scheme's name asks for.
bool has_part(std::string_view name, std::string_view part) {
  return name.find(part) != std::string_view::npos;
}

std::string identity_for_suite(const std::string &name) {
  if (has_part(name, "TLS_ECDH_")) {
    return has_part(name, "ECDSA") ? "ecdh-ecdsa" : "ecdh-rsa";
  }
  return has_part(name, "ECDSA") ? "server" : "server-rsa-any";
}

void expect_suite_alone(const listed_parameter &suite, std::uint16_t version) {
  const during what(suite.name);
  client_setup client;
  server_setup server;
  server.identity = version == UNITLS_TLS_1_3 ? "server" : identity_for_suite(suite.name);
  for (setup *const side : {static_cast<setup *>(&client), static_cast<setup *>(&server)}) {
    side->only_version(version);
    side->*suites_of(version).values = {suite.number};
  }
  conversation talk(client, server);
  talk.require_open();
  expect_offered(talk.to_server, suites_of(version), {suite.number});
  expect_equal("U-24", "the client's suite", talk.client.info().cipher_suite, suite.number);
  expect_equal("U-24", "the server's suite", talk.server.info().cipher_suite, suite.number);
}

void expect_suites_alone(std::uint16_t version) {
  const std::vector<listed_parameter> all = listed_cipher_suites(version);
  expect("U-49", "suites of " + version_text(version), !all.empty(), "at least one", "none");
  for (const listed_parameter &suite : all) {
    expect_suite_alone(suite, version);
  }
}

UNITLS_CASE("parameters/each-tls1.2-suite", "Every suite of TLS 1.2 that is listed works alone",
            "U-24 U-49 U-59", needs("client", "server", "tls1.2", "cipher-suites")) {
  expect_suites_alone(UNITLS_TLS_1_2);
}

UNITLS_CASE("parameters/each-tls1.3-suite", "Every suite of TLS 1.3 that is listed works alone",
            "U-24 U-49 U-59", needs("client", "server", "tls1.3", "cipher-suites")) {
  expect_suites_alone(UNITLS_TLS_1_3);
}

// Client and server of one version with one number in a list; whether both take it.
struct pair_of_setups {
  client_setup client;
  server_setup server;
};

pair_of_setups with_one(const parameter_list &list, std::uint16_t number, std::uint16_t version) {
  pair_of_setups pair;
  pair.client.only_version(version);
  pair.server.only_version(version);
  pair.client.*list.values = {number};
  pair.server.*list.values = {number};
  return pair;
}

bool both_accept(const pair_of_setups &pair, const parameter_list &list) {
  const native_client client(pair.client);
  const native_server server(pair.server);
  const bool client_accepts = is_accepted(client.config, list);
  return is_accepted(server.config, list) && client_accepts;
}

// In TLS 1.2 the groups also bound a certificate's curve: the server has an RSA key.
bool try_group(const listed_parameter &group, std::uint16_t version) {
  const during what(version_text(version));
  pair_of_setups pair = with_one(groups, group.number, version);
  pair.server.identity = "server-rsa";
  if (!both_accept(pair, groups)) {
    return false;
  }
  conversation talk(pair.client, pair.server);
  talk.require_open();
  expect_offered(talk.to_server, groups, {group.number});
  if (has_capability("info-group")) {
    expect_equal("U-24", "the client's group", talk.client.info().group, group.number);
    expect_equal("U-24", "the server's group", talk.server.info().group, group.number);
  }
  return true;
}

// A number that is listed works alone in one version at least.
template <class Try>
void expect_each_works(std::int32_t kind, Try try_one) {
  const std::vector<listed_parameter> all = listed(kind);
  expect("U-49", "what is listed", !all.empty(), "at least one", "none");
  for (const listed_parameter &each : all) {
    const during what(each.name);
    bool works = false;
    for (const std::uint16_t version : declared_versions()) {
      works = try_one(each, version) || works;
    }
    expect("U-49", "it alone", works, "accepted in a version", "refused in all");
  }
}

UNITLS_CASE("parameters/each-group", "Every group that is listed works alone", "U-24 U-49 U-59",
            needs("client", "server", "groups")) {
  expect_each_works(UNITLS_LIST_GROUPS, try_group);
}

// RFC 8446, 4.2.3: those of PKCS#1 are for certificates only.
bool can_sign_handshake(std::uint16_t scheme, std::uint16_t version) {
  return version == UNITLS_TLS_1_2 || (scheme & 0xff) != 0x01 || scheme >> 8 > 0x06;
}

// Stem of a certificate that is signed by itself in the scheme; empty when unitls-pki makes no such key.
std::string identity_for_scheme(const std::string &name) {
  const bool is_made = has_part(name, "rsa_pkcs1_sha256") || has_part(name, "rsa_pkcs1_sha384") ||
                       has_part(name, "rsa_pkcs1_sha512") || has_part(name, "rsa_pss_rsae") ||
                       has_part(name, "ecdsa_secp") || name == "ed25519" || name == "ed448";
  return is_made ? "scheme-" + name : "";
}

// With a certificate whose own signature is of the scheme, since the list binds these, too.
bool try_scheme(const listed_parameter &scheme, std::uint16_t version) {
  const during what(version_text(version));
  pair_of_setups pair = with_one(schemes, scheme.number, version);
  if (!both_accept(pair, schemes)) {
    return false;
  }
  const std::string identity = identity_for_scheme(scheme.name);
  if (identity.empty() || !can_sign_handshake(scheme.number, version)) {
    conversation talk(pair.client, server_setup{});
    talk.client.handshake();
    expect_offered(talk.to_server, schemes, {scheme.number});
    return true;
  }
  pair.server.identity = identity;
  pair.client.trust = {identity + ".pem"};
  conversation talk(pair.client, pair.server);
  talk.require_open();
  expect_offered(talk.to_server, schemes, {scheme.number});
  if (has_capability("info-signature-scheme")) {
    expect_equal("U-24", "the client's scheme", talk.client.info().signature_scheme, scheme.number);
    expect_equal("U-24", "the server's scheme", talk.server.info().signature_scheme, scheme.number);
  }
  return true;
}

UNITLS_CASE("parameters/each-signature-scheme", "Every signature scheme that is listed works alone",
            "U-24 U-49 U-59", needs("client", "server", "signature-schemes")) {
  expect_each_works(UNITLS_LIST_SIGNATURE_SCHEMES, try_scheme);
}

numbers random_part(numbers all) {
  std::shuffle(all.begin(), all.end(), random_numbers());
  all.resize(1 + random_numbers()() % all.size());
  return all;
}

// Seeded parts of what is listed, in any order: what the plugin accepts it offers, as a set.
void expect_exact(const parameter_list &list, const numbers &all, std::uint16_t version) {
  constexpr int parts = 24;
  const during in(version_text(version));
  for (int i = 0; i < parts && !all.empty(); ++i) {
    client_setup client;
    client.only_version(version);
    client.*list.values = random_part(all);
    const during what(numbers_text(client.*list.values));
    if (!is_accepted(native_client(client).config, list)) {
      continue;
    }
    conversation talk(client, server_setup{});
    talk.client.handshake();
    expect_offered(talk.to_server, list, client.*list.values);
  }
}

UNITLS_CASE("parameters/exact-suites", "A list of suites is offered as it is, or refused", "U-09 U-59",
            needs("client", "server", "cipher-suites")) {
  for (const std::uint16_t version : declared_versions()) {
    expect_exact(suites_of(version), numbers_of(listed_cipher_suites(version)), version);
  }
}

UNITLS_CASE("parameters/exact-groups", "A list of groups is offered as it is, or refused", "U-09 U-59",
            needs("client", "server", "groups")) {
  for (const std::uint16_t version : declared_versions()) {
    expect_exact(groups, numbers_of(listed(UNITLS_LIST_GROUPS)), version);
  }
}

UNITLS_CASE("parameters/exact-signature-schemes",
            "A list of signature schemes is offered as it is, or refused", "U-09 U-59",
            needs("client", "server", "signature-schemes")) {
  for (const std::uint16_t version : declared_versions()) {
    expect_exact(schemes, numbers_of(listed(UNITLS_LIST_SIGNATURE_SCHEMES)), version);
  }
}

// Those of TLS 1.2 in an offer of both versions.
numbers without_tls13(numbers offered) {
  std::erase_if(offered, is_tls13_cipher_suite);
  return offered;
}

UNITLS_CASE("parameters/tls1.2-list-alone",
            "With a list for TLS 1.2 the suites of TLS 1.3 are the library's own, and never none",
            "U-24 U-59", needs("client", "server", "tls1.2", "cipher-suites")) {
  client_setup client;
  client.tls12_cipher_suites = {ecdhe_ecdsa_aes128, ecdhe_rsa_aes128};
  server_setup server;
  server.tls12_cipher_suites = client.tls12_cipher_suites;
  conversation whole(client, server);
  whole.require_open();
  expect_equal("U-15", "the version", whole.client.info().version, declared_versions().back());
  const numbers offered = offered_cipher_suites(whole.to_server);
  expect("U-59", "the ClientHello's suites of TLS 1.2", without_tls13(offered) == client.tls12_cipher_suites,
         numbers_text(client.tls12_cipher_suites), numbers_text(without_tls13(offered)));
  expect("U-59", "the ClientHello's suites of TLS 1.3",
         without_tls13(offered) != offered || !has_capability("tls1.3"), "at least one", "none");
  client.only_version(UNITLS_TLS_1_2);
  conversation old(client, server);
  old.require_open();
  expect_equal("U-24", "the suite", old.client.info().cipher_suite, ecdhe_ecdsa_aes128);
}

// A server of TLS 1.2 alone, with one of the suites that the client offers for it.
void expect_older_server_reached(const client_setup &client, std::uint16_t suite) {
  const std::vector<listed_parameter> all = listed_cipher_suites(UNITLS_TLS_1_2);
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const listed_parameter &each) { return each.number == suite; });
  require("U-49", "an offered suite", found != all.end(), "listed", numbers_text({suite}));
  server_setup server;
  server.only_version(UNITLS_TLS_1_2);
  server.tls12_cipher_suites = {suite};
  server.identity = identity_for_suite(found->name);
  conversation talk(client, server);
  talk.require_open();
  expect_equal("U-24", "the suite of an older server", talk.client.info().cipher_suite, suite);
}

UNITLS_CASE("parameters/tls1.3-list-alone",
            "With a list for TLS 1.3 the suites of TLS 1.2 are the library's own, and never none",
            "U-24 U-59", needs("client", "server", "tls1.2", "tls1.3", "cipher-suites")) {
  for (const listed_parameter &suite : listed_cipher_suites(UNITLS_TLS_1_3)) {
    const during what(suite.name);
    client_setup client;
    client.tls13_cipher_suites = {suite.number};
    server_setup server;
    server.tls13_cipher_suites = {suite.number};
    conversation talk(client, server);
    talk.require_open();
    expect_equal("U-24", "the suite", talk.client.info().cipher_suite, suite.number);
    const numbers older_suites = without_tls13(offered_cipher_suites(talk.to_server));
    require("U-59", "the ClientHello's suites of TLS 1.2", !older_suites.empty(), "at least one", "none");
    expect_older_server_reached(client, older_suites.front());
  }
}

UNITLS_CASE("parameters/server-list", "A server takes a suite of its list and no other", "U-24 U-59",
            needs("client", "server", "cipher-suites")) {
  for (const std::uint16_t version : declared_versions()) {
    const during in(version_text(version));
    client_setup client;
    client.only_version(version);
    conversation usual(client, server_setup{});
    usual.require_open();
    for (const std::uint16_t suite : offered_cipher_suites(usual.to_server)) {
      const std::vector<listed_parameter> all = listed_cipher_suites(version);
      const auto found =
          std::find_if(all.begin(), all.end(), [&](const auto &each) { return each.number == suite; });
      expect("U-49", "a suite of the default offer " + numbers_text({suite}), found != all.end(), "listed",
             "not listed");
      if (found == all.end()) {
        continue;
      }
      const during what(found->name);
      server_setup server;
      server.*suites_of(version).values = {suite};
      server.identity = version == UNITLS_TLS_1_3 ? "server" : identity_for_suite(found->name);
      conversation talk(client, server);
      talk.require_open();
      expect_equal("U-24", "the suite", talk.server.info().cipher_suite, suite);
    }
  }
}

// Both sides end, the server with an alert of these and the client with that one (U-59).
void expect_nothing_in_common(const pair_of_setups &pair, std::uint16_t version,
                              const std::vector<std::uint32_t> &alerts) {
  conversation talk(pair.client, pair.server);
  const conversation::ends ends = talk.handshake();
  expect_status("U-59", "the server's handshake", ends.server, UNITLS_E_PROTOCOL);
  expect_alert_sent("U-59", "the server", talk.server, talk.to_client, alerts);
  expect_peer_gave_up("the client's handshake", talk.client, ends.client, talk.server.error.alert, version);
}

// RFC 8446, 4.1.1 allows both in TLS 1.3.
std::vector<std::uint32_t> alerts_of(std::uint16_t version) {
  constexpr std::uint32_t insufficient_security = 71;
  return version == UNITLS_TLS_1_3
             ? std::vector{std::uint32_t{alert_handshake_failure}, insufficient_security}
             : std::vector{std::uint32_t{alert_handshake_failure}};
}

UNITLS_CASE("parameters/no-common-suite", "No suite in common ends the handshake on both sides",
            "U-36 U-37 U-59", needs("client", "server", "cipher-suites")) {
  for (const std::uint16_t version : declared_versions()) {
    const during in(version_text(version));
    const std::vector<listed_parameter> all = listed_cipher_suites(version);
    require("U-49", "suites that are listed", all.size() >= 2, "at least two", "fewer");
    pair_of_setups pair = with_one(suites_of(version), all.front().number, version);
    pair.server.*suites_of(version).values = {all.back().number};
    expect_nothing_in_common(pair, version, {alert_handshake_failure});
  }
}

constexpr std::uint16_t secp384r1 = 24;

UNITLS_CASE("parameters/no-common-group", "No group in common ends the handshake on both sides",
            "U-36 U-37 U-59", needs("client", "server", "groups", "cipher-suites")) {
  for (const std::uint16_t version : declared_versions()) {
    const during in(version_text(version));
    pair_of_setups pair = with_one(groups, secp256r1, version);
    pair.server.groups = {secp384r1};
    pair.server.identity = "server-rsa";
    if (version == UNITLS_TLS_1_2) { // which has suites that need no group
      pair.client.tls12_cipher_suites = pair.server.tls12_cipher_suites = {ecdhe_rsa_aes128};
    }
    expect_nothing_in_common(pair, version, alerts_of(version));
  }
}

constexpr std::uint16_t ecdsa_secp384r1_sha384 = 0x0503; // in TLS 1.2 with any curve
constexpr std::uint16_t rsa_pss_rsae_sha256 = 0x0804;

UNITLS_CASE("parameters/no-common-signature-scheme",
            "No signature scheme in common ends the handshake on both sides", "U-36 U-37 U-59",
            needs("client", "server", "signature-schemes", "cipher-suites")) {
  for (const std::uint16_t version : declared_versions()) {
    const during in(version_text(version));
    pair_of_setups pair = with_one(schemes, ecdsa_secp256r1_sha256, version);
    if (version == UNITLS_TLS_1_3) {
      pair.server.identity = "server-rsa";
      pair.server.signature_schemes = {rsa_pss_rsae_sha256};
    } else { // which has suites without a signature
      pair.server.signature_schemes = {ecdsa_secp384r1_sha384};
      pair.client.tls12_cipher_suites = pair.server.tls12_cipher_suites = {ecdhe_ecdsa_aes128};
    }
    expect_nothing_in_common(pair, version, alerts_of(version));
  }
}

} // namespace
} // namespace unitls::conformance
