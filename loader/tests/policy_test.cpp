// A policy over a backend: what it tightens, what it refuses, and what it makes of a backend that lies.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include <unitls/insecure.hpp>
#include <unitls/testing/pipe.hpp>
#include <unitls/unitls.hpp>

#include "mock_pair.hpp"
#include "named_store.hpp"
#include "scratch_folder.hpp"

using namespace unitls::testing;
using unitls::cipher_suite;
using unitls::status;
using unitls::version;

namespace {

using numbers = std::vector<std::uint16_t>;

constexpr std::uint16_t aes128 = 0x1301;
constexpr std::uint16_t aes256 = 0x1302;
constexpr std::uint16_t ecdsa_aes256 = 0xc02c;
constexpr std::uint16_t rsa_aes128 = 0xc02f;

const std::string at = "/etc/unitls/backends.toml:3:1: [policy] ";

// A mock that lists two suites of each version, under a policy.
struct governed {
  explicit governed(const std::string &lines, numbers listed = {aes128, aes256, rsa_aes128, ecdsa_aes256}) {
    mock.state.cipher_suites = std::move(listed);
    mock.state.listed_options = {{"mock.version", UNITLS_OPTION_CHANGES_VERSIONS},
                                 {"mock.suites", UNITLS_OPTION_CHANGES_CIPHER_SUITES},
                                 {"mock.trust", UNITLS_OPTION_CHANGES_VERIFICATION},
                                 {"mock.groups", UNITLS_OPTION_CHANGES_GROUPS},
                                 {"mock.nothing", UNITLS_OPTION_CHANGES_NOTHING},
                                 {"mock.silent", 0}};
    mock.set_policy(lines);
  }

  unitls::backend backend() const { return mock_sides::take(mock.ref); }
  const mock_config &seen() const { return mock.state.config; }

  // Makes both sides from the same values, and checks that both fail equally.
  template <class Config>
  unitls::error_info refused(Config change) const {
    unitls::client_config client{.trust = mock_sides::anchors()};
    unitls::server_config server{.identities = {{}}};
    change(client);
    change(server);
    unitls::error_info of_client;
    unitls::error_info of_server;
    CHECK_FALSE(unitls::client_context::create(backend(), client, of_client).has_value());
    CHECK_FALSE(unitls::server_context::create(backend(), server, of_server).has_value());
    CHECK(of_client.status() == status::forbidden_by_policy);
    CHECK(of_server.status() == of_client.status());
    CHECK(of_server.field() == of_client.field());
    CHECK(of_server.text() == of_client.text());
    // A check finds the same.
    const auto findings = backend().check(client);
    CHECK(std::any_of(findings.begin(), findings.end(), [&](const unitls::error_info &each) {
      return each.status() == of_client.status() && each.text() == of_client.text();
    }));
    return of_client;
  }

  template <class Change>
  void accept(Change change) {
    unitls::server_config server{.identities = {{}}};
    change(server);
    (void)unitls::server_context(backend(), server);
    const mock_config by_server = seen();
    unitls::client_config client{.trust = mock_sides::anchors()};
    change(client);
    (void)unitls::client_context(backend(), client);
    CHECK(by_server.min_version == seen().min_version);
    CHECK(by_server.max_version == seen().max_version);
    CHECK(by_server.tls12_cipher_suites == seen().tls12_cipher_suites);
    CHECK(by_server.tls13_cipher_suites == seen().tls13_cipher_suites);
    // So does a check.
    (void)backend().check(client);
    CHECK(by_server.min_version == seen().min_version);
    CHECK(by_server.tls12_cipher_suites == seen().tls12_cipher_suites);
  }

  mock_backend mock;
};

const auto as_it_is = [](auto &) {};

std::string text_of(const unitls::error_info &failure) {
  return std::string(failure.text());
}

std::string pem(const std::string &body) {
  return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
}

} // namespace

TEST_CASE("a minimum is raised when none is given") {
  governed mock("min_version = \"1.3\"");
  mock.accept(as_it_is);
  CHECK(mock.seen().min_version == UNITLS_TLS_1_3);
  CHECK(mock.seen().max_version == 0);
  mock.accept([](auto &config) { config.min_version = version::tls1_3; });
  governed same("min_version = \"1.2\"");
  same.accept([](auto &config) { config.min_version = version::tls1_2; });
  CHECK(same.seen().min_version == UNITLS_TLS_1_2);
}

TEST_CASE("a version below the minimum is refused, whatever member asks for it") {
  const governed mock("min_version = \"1.3\"");
  auto failure = mock.refused([](auto &config) { config.min_version = version::tls1_2; });
  CHECK(failure.field() == "min_version");
  CHECK(text_of(failure) == at + "min_version = \"1.3\" forbids TLS 1.2 (min_version)");
  failure = mock.refused([](auto &config) { config.max_version = version::tls1_2; });
  CHECK(failure.field() == "max_version");
  failure = mock.refused([](auto &config) { config.tls12_cipher_suites = {cipher_suite{rsa_aes128}}; });
  CHECK(failure.field() == "tls12_cipher_suites");
}

TEST_CASE("what a backend cannot do for a policy's sake is said so") {
  governed mock("min_version = \"1.3\"");
  mock.mock.state.create_failure =
      mock_error(UNITLS_E_UNSUPPORTED, "min_version", "this backend lacks TLS 1.3");
  mock.mock.state.findings = {mock.mock.state.create_failure};
  const auto failure = mock.refused(as_it_is);
  CHECK(text_of(failure) ==
        at + "min_version = \"1.3\" cannot be kept by this backend: this backend lacks TLS 1.3"
             " (min_version)");
  // What the program itself asked for is the program's.
  unitls::error_info own;
  CHECK_FALSE(unitls::server_context::create(mock.backend(),
                                             {.min_version = version::tls1_3, .identities = {{}}}, own));
  CHECK(own.status() == status::unsupported);
}

TEST_CASE("lists of suites are tightened to what is allowed, in the backend's order") {
  governed mock("cipher_suites = [\"TLS_AES_256_GCM_SHA384\", \"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384\", "
                "\"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\", \"TLS_CHACHA20_POLY1305_SHA256\"]");
  mock.accept(as_it_is);
  CHECK(mock.seen().tls12_cipher_suites == numbers{rsa_aes128, ecdsa_aes256});
  CHECK(mock.seen().tls13_cipher_suites == numbers{aes256});
  mock.accept([](auto &config) { config.tls12_cipher_suites = {cipher_suite{ecdsa_aes256}}; });
  CHECK(mock.seen().tls12_cipher_suites == numbers{ecdsa_aes256});
  CHECK(mock.seen().tls13_cipher_suites == numbers{aes256});
  // A version that is not wanted gets no list, which would be a mistake.
  mock.accept([](auto &config) { config.max_version = version::tls1_2; });
  CHECK(mock.seen().tls13_cipher_suites.empty());
  mock.accept([](auto &config) { config.min_version = version::tls1_3; });
  CHECK(mock.seen().tls12_cipher_suites.empty());
}

TEST_CASE("a list with one forbidden suite is refused and never cut") {
  const governed mock(
      "cipher_suites = [\"TLS_AES_256_GCM_SHA384\", \"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\"]");
  auto failure = mock.refused([](auto &config) {
    config.tls13_cipher_suites = {cipher_suite{aes256}, cipher_suite{aes128}};
  });
  CHECK(failure.field() == "tls13_cipher_suites[1]");
  CHECK(text_of(failure) == at + "cipher_suites forbids TLS_AES_128_GCM_SHA256 (tls13_cipher_suites[1])");
  failure = mock.refused([](auto &config) { config.tls12_cipher_suites = {cipher_suite{ecdsa_aes256}}; });
  CHECK(failure.field() == "tls12_cipher_suites[0]");
}

TEST_CASE("a version without an allowed suite is off") {
  governed only13("cipher_suites = [\"TLS_AES_256_GCM_SHA384\"]");
  only13.accept(as_it_is);
  CHECK(only13.seen().min_version == UNITLS_TLS_1_3);
  CHECK(only13.seen().tls12_cipher_suites.empty());
  auto failure = only13.refused([](auto &config) { config.min_version = version::tls1_2; });
  CHECK(text_of(failure) ==
        at + "cipher_suites forbids every cipher suite of TLS 1.2 that this backend has (min_version)");
  CHECK(only13.refused([](auto &config) { config.max_version = version::tls1_2; }).field() == "max_version");

  governed only12("cipher_suites = [\"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\"]");
  only12.accept(as_it_is);
  CHECK(only12.seen().max_version == UNITLS_TLS_1_2);
  only12.accept([](auto &config) { config.max_version = version::tls1_3; }); // a bound, not a wish
  CHECK(only12.seen().max_version == UNITLS_TLS_1_2);
  failure = only12.refused([](auto &config) { config.min_version = version::tls1_3; });
  CHECK(text_of(failure) ==
        at + "cipher_suites forbids every cipher suite of TLS 1.3 that this backend has (min_version)");

  const governed nothing("cipher_suites = [\"TLS_AES_256_GCM_SHA384\"]", {aes128, rsa_aes128});
  CHECK(text_of(nothing.refused(as_it_is)) ==
        at + "cipher_suites forbids every cipher suite that this backend has");
}

TEST_CASE("a backend without a version of its own is not blamed on the policy") {
  governed old("cipher_suites = [\"TLS_AES_256_GCM_SHA384\", \"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\"]",
               {rsa_aes128});
  old.accept(as_it_is);
  CHECK(old.seen().max_version == 0);
  CHECK(old.seen().tls12_cipher_suites == numbers{rsa_aes128});
}

TEST_CASE("a tightened list that a backend cannot have is E_POLICY, beside a given one too") {
  governed mock("cipher_suites = [\"TLS_AES_256_GCM_SHA384\", \"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\"]");
  mock.mock.state.create_failure =
      mock_error(UNITLS_E_UNSUPPORTED, "tls12_cipher_suites", "ciphers are shared between the versions");
  mock.mock.state.findings = {mock.mock.state.create_failure};
  const std::string sentence = at +
                               "cipher_suites cannot be kept by this backend: ciphers are shared between the "
                               "versions (tls12_cipher_suites)";
  CHECK(text_of(mock.refused(as_it_is)) == sentence);
  CHECK(text_of(mock.refused(
            [](auto &config) { config.tls12_cipher_suites = {cipher_suite{rsa_aes128}}; })) == sentence);
  // Both given: nothing was tightened.
  unitls::error_info own;
  CHECK_FALSE(unitls::server_context::create(mock.backend(),
                                             {.identities = {{}},
                                              .tls12_cipher_suites = {cipher_suite{rsa_aes128}},
                                              .tls13_cipher_suites = {cipher_suite{aes256}}},
                                             own));
  CHECK(own.status() == status::unsupported);
}

TEST_CASE("weaker verification is refused") {
  const governed mock("allow_insecure = false");
  unitls::error_info failure;
  for (const auto weakness :
       {unitls::insecure::weakness::no_name_check, unitls::insecure::weakness::no_verification}) {
    CHECK_FALSE(unitls::insecure::make_client_context(mock.backend(), {.trust = mock_sides::anchors()},
                                                      weakness, failure));
    CHECK(failure.status() == status::forbidden_by_policy);
    CHECK(text_of(failure) ==
          at + "allow_insecure = false forbids to weaken the verification of peers (verify)");
  }
  const governed allowed("allow_insecure = true");
  CHECK(unitls::insecure::make_client_context(allowed.backend(), {.trust = mock_sides::anchors()},
                                              unitls::insecure::weakness::no_name_check, failure));
}

TEST_CASE("the system's anchors are neither the program's nor the environment's") {
  const scratch_folder folder;
  governed mock("trust = \"system\"");
  const std::string forbidden = at + "trust = \"system\" forbids other anchors than the system's (trust)";
  const auto with_anchors = [](auto &config) { config.trust = mock_sides::anchors(); };
  CHECK(text_of(mock.refused(with_anchors)) == forbidden);
  CHECK(text_of(mock.refused([](auto &config) {
          config.trust = unitls::trust_store::system() + mock_sides::anchors();
        })) == forbidden);
  const named_store named(folder.write("ca.pem", pem("of the environment")));
  (void)unitls::client_context(mock.backend(), {});
  CHECK(mock.mock.state.trust.find("of the environment") == std::string::npos);
  CHECK_FALSE(mock.mock.state.trust.empty());
  (void)unitls::server_context(mock.backend(), {.client_auth = unitls::client_auth::require,
                                                .trust = unitls::trust_store::system(),
                                                .identities = {{}}});
  CHECK(mock.mock.state.trust.find("of the environment") == std::string::npos);
}

TEST_CASE("a verdict without a connection rests on no other anchors either") {
  const governed mock("trust = \"system\"");
  unitls::error_info failure;
  CHECK_FALSE(mock.backend().verify_chain(
      {.chain = {unitls::certificate::from_pem(pem("leaf"))}, .trust = mock_sides::anchors()}, failure));
  CHECK(failure.status() == status::forbidden_by_policy);
  CHECK(failure.field() == "trust");
  CHECK(mock.backend().verify_chain(
      {.chain = {unitls::certificate::from_pem(pem("leaf"))}, .reference_names = {"server.example"}},
      failure));
}

TEST_CASE("an option that can change what a rule fixes is refused, also from the registry") {
  const auto answer_under = [](const std::string &lines, const std::string &option) -> std::string {
    const governed mock(lines);
    unitls::error_info failure;
    const auto made = unitls::server_context::create(
        mock.backend(), {.identities = {{}}, .options = {{option, "1"}}}, failure);
    return made ? "accepted" : text_of(failure);
  };
  const std::string suites = "cipher_suites = [\"TLS_AES_256_GCM_SHA384\"]";
  CHECK(answer_under("min_version = \"1.2\"", "mock.version") ==
        at + "min_version = \"1.2\" forbids options that can change versions (options[mock.version])");
  CHECK(
      answer_under(suites, "mock.version") ==
      at + "cipher_suites forbids options that can change versions or cipher suites (options[mock.version])");
  CHECK(answer_under(suites, "mock.suites").ends_with("(options[mock.suites])"));
  CHECK(answer_under("allow_insecure = false", "mock.trust") ==
        at + "allow_insecure = false forbids options that can change verification (options[mock.trust])");
  CHECK(answer_under("trust = \"system\"", "mock.trust") ==
        at + "trust = \"system\" forbids options that can change verification (options[mock.trust])");
  CHECK(answer_under("min_version = \"1.2\"", "mock.suites") == "accepted");
  CHECK(answer_under("allow_insecure = true", "mock.trust") == "accepted");
  for (const std::string &lines :
       {std::string("min_version = \"1.2\""), suites, std::string("allow_insecure = false")}) {
    CHECK(answer_under(lines, "mock.silent").ends_with("(options[mock.silent])"));
    CHECK(answer_under(lines, "mock.groups") == "accepted");
    CHECK(answer_under(lines, "mock.nothing") == "accepted");
    CHECK(answer_under(lines, "mock.unlisted") == "accepted"); // by the policy: the plugin refuses it
  }

  governed of_registry("min_version = \"1.2\"");
  of_registry.mock.add_registry_option("mock.version", "old");
  CHECK(of_registry.refused(as_it_is).field() == "options[mock.version]");
}

TEST_CASE("a backend that negotiates what a policy forbids has a dead session") {
  mock_sides sides;
  sides.mock.set_policy("min_version = \"1.3\"");
  sides.mock.state.version = UNITLS_TLS_1_2;
  unitls::testing::pipe link(unitls::channel(sides.client, "server.example"), unitls::channel(sides.server));
  const std::string sentence =
      at + "min_version = \"1.3\" forbids TLS 1.2, which the backend negotiated all the same";
  unitls::error_info failure;
  const auto shake = [&](unitls::channel &end) {
    unitls::status answer = end.handshake(failure);
    while (answer == status::want_read) {
      link.move();
      answer = end.handshake(failure);
    }
    return answer;
  };
  (void)link.client().handshake(failure);
  link.move();
  CHECK(shake(link.server()) == status::forbidden_by_policy);
  CHECK(text_of(failure) == sentence);
  sides.mock.state.version = UNITLS_TLS_1_3; // no excuse afterwards
  std::byte room[8];
  CHECK(link.server().handshake(failure) == status::forbidden_by_policy);
  CHECK(link.server().read(room, failure).status == status::forbidden_by_policy);
  CHECK(link.server().write("late", failure).status == status::forbidden_by_policy);
  CHECK(link.server().shutdown(failure) == status::forbidden_by_policy);
  CHECK(text_of(failure) == sentence);
}
