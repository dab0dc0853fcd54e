#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <unitls/unitls.hpp>

#include "mock_backend.hpp"
#include "named_store.hpp"
#include "scratch_folder.hpp"

using namespace unitls::testing;

namespace {

unitls::backend backend_of(const mock_backend &mock) {
  unitls_backend_ref_retain(mock.ref);
  return unitls::backend::from_native(mock.ref);
}

std::string pem(const std::string &body) {
  return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
}

} // namespace

TEST_CASE("an unset trust is the system's for a client and none for a server") {
  const scratch_folder folder;
  const named_store store(folder.write("ca.pem", pem("system")));
  const mock_backend mock;
  const unitls::client_context client(backend_of(mock));
  CHECK(mock.state.trust == pem("system"));
  CHECK(mock.state.trust_generation != 0);
  const auto generation = mock.state.trust_generation;
  const unitls::client_context again(backend_of(mock));
  CHECK(mock.state.trust_generation == generation);
  const unitls::server_context server(backend_of(mock), {.identities = {{}}});
  CHECK(mock.state.trust.empty());
}

TEST_CASE("the system's trust and own anchors are joined") {
  const scratch_folder folder;
  const named_store store(folder.write("ca.pem", pem("system")));
  const mock_backend mock;
  const auto own = unitls::trust_store::from_pem(pem("own"));
  const unitls::client_context client(backend_of(mock), {.trust = unitls::trust_store::system() + own});
  CHECK(mock.state.trust == pem("system") + pem("own"));
  const unitls::client_context alone(backend_of(mock), {.trust = own});
  CHECK(mock.state.trust == pem("own"));
}

TEST_CASE("a missing system store is named, before the plugin is asked") {
  const named_store store("/nonexistent/ca.pem");
  const mock_backend mock;
  unitls::error_info failure;
  CHECK_FALSE(unitls::client_context::create(backend_of(mock), {}, failure).has_value());
  CHECK(failure.status() == unitls::status::invalid);
  CHECK(failure.field() == "trust");
  CHECK(failure.text().find("/nonexistent/ca.pem") != std::string::npos);
}

TEST_CASE("a policy that refuses comes first, from create and from check") {
  mock_backend mock;
  const std::string sentence = "/etc/unitls/backends.toml:3: [policy] cannot be applied";
  mock.refuse_by_policy(sentence);
  unitls::error_info failure;
  CHECK_FALSE(unitls::client_context::create(backend_of(mock), {}, failure).has_value());
  CHECK(failure.status() == unitls::status::forbidden_by_policy);
  CHECK(failure.text() == sentence);
  const auto findings = backend_of(mock).check(unitls::server_config{});
  REQUIRE(findings.size() == 1);
  CHECK(findings.front().status() == unitls::status::forbidden_by_policy);
}

TEST_CASE("the registry's options come first, and the program's replace them") {
  mock_backend mock;
  mock.add_registry_option("mock.a", "registry");
  mock.add_registry_option("mock.b", "registry");
  const unitls::server_context context(backend_of(mock),
                                       {.identities = {{}}, .options = {{"mock.b", "program"}}});
  CHECK(mock.state.options == std::vector<std::string>{"mock.a=registry", "mock.b=program"});
}

TEST_CASE("a context is shared by its copies and keeps its configuration") {
  const mock_backend mock;
  const unitls::server_config config{.identities = {{}}, .alpn = {"h2"}};
  const unitls::server_context context(backend_of(mock), config);
  const std::vector<unitls::server_context> copies(2, context);
  for (const unitls::server_context &copy : copies) {
    CHECK(copy.native() == context.native());
    CHECK(copy.config() == config);
  }
  CHECK(unitls_context_backend(context.native()) == mock.ref);
}

TEST_CASE("an error names the file that the blamed value was read from") {
  const scratch_folder folder;
  const auto certificate = folder.write("server.pem", pem("leaf"));
  const auto key = folder.write("server.key", "-----BEGIN PRIVATE KEY-----\n");
  mock_backend mock;
  mock.state.create_failure =
      mock_error(UNITLS_E_INVALID, "identities[1].private_key", "the key does not match its certificate");
  const auto identity = unitls::identity::from_files(certificate, key);
  unitls::error_info failure;
  CHECK_FALSE(unitls::server_context::create(backend_of(mock), {.identities = {{}, identity}}, failure));
  CHECK(failure.text() == key + ": the key does not match its certificate (identities[1].private_key)");
}

TEST_CASE("a plugin that makes nothing and says nothing is found out") {
  mock_backend mock;
  mock.state.makes_no_context = true;
  unitls::error_info failure;
  CHECK_FALSE(unitls::server_context::create(backend_of(mock), {.identities = {{}}}, failure));
  CHECK(failure.status() == unitls::status::bad_plugin);
}

TEST_CASE("a configuration of another size is refused") {
  const mock_backend mock;
  unitls_server_config config{};
  config.struct_size = sizeof config - 8;
  unitls_context *context = nullptr;
  CHECK(unitls_server_context_create(mock.ref, &config, &context, nullptr) == UNITLS_E_INVALID);

  struct larger {
    unitls_server_config known{};
    std::uint64_t tail = 0;
  } future;
  future.known.struct_size = sizeof future;
  CHECK(unitls_server_context_create(mock.ref, &future.known, &context, nullptr) == UNITLS_OK);
  unitls_context_release(context);
  future.tail = 1;
  CHECK(unitls_server_context_create(mock.ref, &future.known, &context, nullptr) == UNITLS_E_UNSUPPORTED);
  CHECK(context == nullptr);
}
