#include <doctest/doctest.h>

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <unitls/unitls.hpp>

#include "mock_pair.hpp"
#include "named_store.hpp"
#include "scratch_folder.hpp"

using namespace unitls::testing;
using unitls::status;

namespace {

std::string pem(const std::string &body) {
  return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
}

unitls::spki_pin pin_of(const std::string &text) {
  const std::string digest = mock_digest(text);
  return unitls::spki_pin(std::span<const std::byte, 32>(unitls::as_bytes(digest)));
}

unitls::verify_answer accept_all(const unitls::verify_request &) {
  return unitls::verify_answer::accept();
}

template <class Config>
using changes = std::vector<std::function<void(Config &)>>;

// Every member that both sides have, changed.
template <class Config>
changes<Config> common_changes() {
  const unitls::verify_callback callback(accept_all);
  return {
      [](Config &c) { c.min_version = unitls::version::tls1_3; },
      [](Config &c) { c.max_version = unitls::version::tls1_2; },
      [](Config &c) { c.trust = unitls::trust_store::from_pem(pem("ca")); },
      [](Config &c) { c.alpn = {"h2"}; },
      [](Config &c) { c.tls12_cipher_suites = {unitls::cipher_suite{0xC02F}}; },
      [](Config &c) { c.tls13_cipher_suites = {unitls::cipher_suite::TLS_AES_128_GCM_SHA256}; },
      [](Config &c) { c.groups = {unitls::group::x25519}; },
      [](Config &c) { c.signature_schemes = {unitls::signature_scheme::ed25519}; },
      [](Config &c) {
        c.options = {{"mock.a", "1"}};
      },
      [](Config &c) { c.crls = {unitls::revocation_list::from_pem("-----BEGIN X509 CRL-----\n")}; },
      [callback](Config &c) { c.verify_callback = callback; },
  };
}

changes<unitls::client_config> client_changes() {
  auto all = common_changes<unitls::client_config>();
  all.emplace_back([](auto &c) { c.identity = unitls::identity{{unitls::certificate::from_pem(pem("a"))}}; });
  all.emplace_back([](auto &c) { c.pins = {pin_of("leaf")}; });
  return all;
}

changes<unitls::server_config> server_changes() {
  auto all = common_changes<unitls::server_config>();
  all.emplace_back([](auto &c) { c.identities = {{}}; });
  all.emplace_back([](auto &c) { c.client_auth = unitls::client_auth::request; });
  all.emplace_back([](auto &c) { c.strict_sni = true; });
  return all;
}

// A change makes it unequal; the same change to another one makes both equal, though nothing in them is shared.
template <class Config>
void check_equality(const changes<Config> &all) {
  for (const auto &change : all) {
    Config one;
    Config other;
    CHECK(one == other);
    change(one);
    CHECK_FALSE(one == other);
    change(other);
    CHECK(one == other);
    Config copy = one;
    one = Config{};
    CHECK(copy == other);
    CHECK_FALSE(copy == one);
    copy = one;
    CHECK(copy == Config{});
  }
}

// Structured bindings fail to compile when a member is added, so that nobody forgets it above.
std::size_t member_count(const unitls::client_config &config) {
  [[maybe_unused]] const auto &[a, b, c, d, e, f, g, h, i, j, k, l, m] = config;
  return 13;
}
std::size_t member_count(const unitls::server_config &config) {
  [[maybe_unused]] const auto &[a, b, c, d, e, f, g, h, i, j, k, l, m, n] = config;
  return 14;
}

} // namespace

TEST_CASE("configurations are equal when all of their members are, and only then") {
  CHECK(client_changes().size() == member_count(unitls::client_config{}));
  CHECK(server_changes().size() == member_count(unitls::server_config{}));
  check_equality(client_changes());
  check_equality(server_changes());
}

TEST_CASE("two callbacks are equal only when one is a copy of the other") {
  const unitls::verify_callback one(accept_all);
  const unitls::verify_callback other(accept_all);
  CHECK_FALSE(one == other);
  auto copy = other;
  CHECK(copy == other);
  copy = one;
  CHECK(copy == one);
}

TEST_CASE("a context keeps a copy: lists that are changed afterwards change nothing in it") {
  mock_sides sides;
  unitls::client_config config{.trust = mock_sides::anchors(), .groups = {unitls::group::x25519}};
  const unitls::client_context context(sides.backend, config);
  config.groups.clear();
  config.alpn.emplace_back("h2");
  CHECK(context.config().groups == std::vector{unitls::group::x25519});
  CHECK(context.config().alpn.empty());
}

TEST_CASE("every list reaches the plugin in its order") {
  mock_sides sides;
  using unitls::cipher_suite;
  const unitls::client_context client(
      sides.backend,
      {.trust = mock_sides::anchors(),
       .tls12_cipher_suites = {cipher_suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
                               cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256},
       .tls13_cipher_suites = {cipher_suite::TLS_AES_128_GCM_SHA256},
       .groups = {unitls::group::x25519, unitls::group::secp256r1},
       .signature_schemes = {unitls::signature_scheme::ed25519},
       .crls = {unitls::revocation_list::from_pem("one"), unitls::revocation_list::from_pem("two")}});
  const auto &seen = sides.mock.state.config;
  CHECK(seen.tls12_cipher_suites == std::vector<std::uint16_t>{0xC030, 0xC02F});
  CHECK(seen.tls13_cipher_suites == std::vector<std::uint16_t>{0x1301});
  CHECK(seen.groups == std::vector<std::uint16_t>{0x001D, 0x0017});
  CHECK(seen.signature_schemes == std::vector<std::uint16_t>{0x0807});
  CHECK(seen.crls == std::vector<std::string>{"one", "two"});
  CHECK(seen.flags == 0);
  const unitls::server_context server(sides.backend, {.identities = {{}}, .strict_sni = true});
  CHECK(sides.mock.state.config.flags == UNITLS_SERVER_STRICT_SNI);
  CHECK(sides.mock.state.config.groups.empty());
}

TEST_CASE("a check gives all findings, the host's own and the plugin's, invalid apart from unsupported") {
  mock_backend mock(mock_backend::extensions::absent);
  mock.state.findings = {
      mock_error(UNITLS_E_INVALID, "trust", "needed to verify the peer"),
      mock_error(UNITLS_E_UNSUPPORTED, "groups[0]", "this library lacks it"),
      mock_error(UNITLS_E_INVALID, "alpn[1]", "an ALPN protocol name has at least one byte")};
  const auto backend = mock_sides::take(mock.ref);
  const scratch_folder folder;
  const auto missing = (folder.path() / "missing.pem").string();
  const named_store store(missing);
  const auto findings = backend.check(unitls::client_config{.pins = {pin_of("leaf")}});
  std::vector<std::pair<status, std::string>> found;
  found.reserve(findings.size());
  for (const auto &each : findings) {
    found.emplace_back(each.status(), each.field());
  }
  const std::vector<std::pair<status, std::string>> expected{{status::invalid, "trust"},
                                                             {status::unsupported, "pins"},
                                                             {status::unsupported, "groups[0]"},
                                                             {status::invalid, "alpn[1]"}};
  CHECK(found == expected);
  CHECK(findings.front().text().find(missing) != std::string::npos); // the host's, and not the plugin's echo
}

TEST_CASE("a finding names the file that the blamed value was read from") {
  const scratch_folder folder;
  const auto first = folder.write("first.pem", pem("first"));
  const auto second = folder.write("second.pem", pem("second"));
  const auto list = folder.write("list.crl", "-----BEGIN X509 CRL-----\n");
  mock_sides sides;
  auto &findings = sides.mock.state.findings;
  const auto subject_of = [&](const unitls::server_config &config, const std::string &field) {
    findings = {mock_error(UNITLS_E_INVALID, field, "bad")};
    const auto found = sides.backend.check(config);
    REQUIRE(found.size() == 1);
    CHECK(found.front().field() == field);
    return found.front().subject();
  };
  const auto one = unitls::certificate::from_file(first);
  const auto other = unitls::certificate::from_file(second);
  const unitls::server_config config{
      .client_auth = unitls::client_auth::require,
      .trust = unitls::trust_store::from_file(first) + unitls::trust_store::from_file(second),
      .identities = {{{one}}, {{one, other}}},
      .crls = {unitls::revocation_list::from_pem("memory"), unitls::revocation_list::from_file(list)}};
  CHECK(subject_of(config, "trust.blobs[1]") == second);
  CHECK(subject_of(config, "trust") == "");
  CHECK(subject_of(config, "crls.blobs[1]") == list);
  CHECK(subject_of(config, "crls.blobs[0]") == "");
  CHECK(subject_of(config, "crls.blobs[9]") == "");
  CHECK(subject_of(config, "identities[1].certificates[1]") == second);
  CHECK(subject_of(config, "identities[1].private_key") == first); // in the same PEM as its certificate
  CHECK(subject_of(config, "identities[10].private_key") == "");
}

TEST_CASE("an anchor is counted as the program counts it, though the system's stand before it") {
  const scratch_folder folder;
  const named_store store(folder.write("store.pem", pem("system")));
  const auto own = folder.write("own.pem", pem("own"));
  mock_sides sides;
  sides.mock.state.create_failure = mock_error(UNITLS_E_INVALID, "trust.blobs[1]", "bad");
  const unitls::client_config config{.trust =
                                         unitls::trust_store::system() + unitls::trust_store::from_file(own)};
  unitls::error_info failure;
  CHECK_FALSE(unitls::client_context::create(sides.backend, config, failure).has_value());
  CHECK(failure.field() == "trust.blobs[0]");
  CHECK(failure.subject() == own);
  sides.mock.state.findings = {mock_error(UNITLS_E_INVALID, "trust.blobs[0]", "bad")};
  CHECK(sides.backend.check(config).front().field() == "trust");
}

TEST_CASE("an empty trust is an error and never trusts nothing") {
  unitls::error_info failure;
  CHECK_FALSE(unitls::trust_store::from_pem("", failure).has_value());
  CHECK(failure.status() == status::invalid);
  const mock_backend mock;
  unitls_trust trust{};
  trust.struct_size = sizeof trust;
  trust.flags = UNITLS_TRUST_ANCHORS;
  unitls_client_config config{};
  config.struct_size = sizeof config;
  config.trust = &trust;
  unitls_context *context = nullptr;
  unitls_error error{};
  error.struct_size = sizeof error;
  CHECK(unitls_client_context_create(mock.ref, &config, &context, &error) == UNITLS_E_INVALID);
  CHECK(std::string(error.field) == "trust");
}

TEST_CASE("a pin is read from base 16 and base 64 and printed as RFC 7469 writes it") {
  const std::string text = "sha256/d6qzRu9zOECb90Uez27xWltNsj0e1Md7GkYYkVoZWmM="; // RFC 7469, 2.1.5
  const auto pin = unitls::spki_pin::from_base64(text);
  CHECK(to_string(pin) == text);
  CHECK(unitls::spki_pin::from_base64(text.substr(7)) == pin);
  CHECK(unitls::spki_pin::from_hex("77aab346ef7338409bf7451ecf6ef15a5b4db23d1ed4c77b1a4618915a195a63") ==
        pin);
  CHECK(unitls::spki_pin::from_hex("77AAB346EF7338409BF7451ECF6EF15A5B4DB23D1ED4C77B1A4618915A195A63") ==
        pin);
  unitls::error_info failure;
  for (const std::string bad :
       {"", "sha256/", "sha1/d6qzRu9zOECb90Uez27xWltNsj0e1Md7GkYYkVoZWmM=",
        "d6qzRu9zOECb90Uez27xWltNsj0e1Md7GkYYkVoZWmM", "d6qzRu9zOECb90Uez27xWltNsj0e1Md7GkYYkVoZWmN=",
        "d6qzRu9zOECb90Uez27xWltNsj0e1Md7GkYYkVoZWm==", "d6qzRu9zOECb90Uez27xWltNsj0e1Md7GkYYkVoZ-mM="}) {
    CHECK_FALSE(unitls::spki_pin::from_base64(bad, failure).has_value());
    CHECK(failure.status() == status::invalid);
    CHECK(failure.field() == "pins");
  }
  CHECK_FALSE(unitls::spki_pin::from_hex("77", failure).has_value());
  CHECK_FALSE(unitls::spki_pin::from_hex(std::string(64, 'g'), failure).has_value());
}
