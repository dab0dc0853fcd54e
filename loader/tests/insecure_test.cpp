#include <doctest/doctest.h>

#include <string>

#include <unitls/insecure.hpp>
#include <unitls/testing/pipe.hpp>
#include <unitls/unitls.hpp>

#include "captured.hpp"
#include "mock_pair.hpp"
#include "named_store.hpp"
#include "scratch_folder.hpp"

using namespace unitls::testing;
using unitls::insecure::weakness;

namespace {

std::string pem(const std::string &body) {
  return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
}

} // namespace

TEST_CASE("each mode warns once in a process, when a context was made") {
  const mock_sides sides;
  const auto make = [&](weakness how) {
    (void)unitls::insecure::make_client_context(sides.backend, {.trust = mock_sides::anchors()}, how);
  };
  CHECK(captured([&] { unitls::client_context(sides.backend, {.trust = mock_sides::anchors()}); }) == "");
  const auto names = captured([&] {
    make(weakness::no_name_check);
    make(weakness::no_name_check);
  });
  CHECK(names.find("unitls: warning: ") == 0);
  CHECK(names.find('\n') == names.size() - 1);
  const auto all = captured([&] {
    make(weakness::no_verification);
    make(weakness::no_verification);
    (void)unitls::insecure::make_server_context(sides.backend, {.identities = {{}}},
                                                weakness::no_verification);
  });
  CHECK(all.find("unitls: warning: ") == 0);
  CHECK(all.find('\n') == all.size() - 1);
  CHECK(all != names);
}

TEST_CASE("the mode reaches the plugin, and ordinary contexts never have one") {
  mock_sides sides;
  const auto &seen = sides.mock.state.config;
  CHECK(seen.verify == UNITLS_VERIFY_FULL);
  (void)unitls::insecure::make_client_context(sides.backend, {.trust = mock_sides::anchors()},
                                              weakness::no_name_check);
  CHECK(seen.verify == UNITLS_INSECURE_NO_NAME_CHECK);
  (void)unitls::insecure::make_server_context(sides.backend, {.identities = {{}}}, weakness::no_verification);
  CHECK(seen.verify == UNITLS_INSECURE_NO_VERIFICATION);
  const unitls::client_context again(sides.backend, {.trust = mock_sides::anchors()});
  CHECK(seen.verify == UNITLS_VERIFY_FULL);
}

TEST_CASE("who verifies nothing trusts nobody unless told to; who checks no name trusts the system") {
  const scratch_folder folder;
  mock_sides sides;
  unitls::error_info failure;
  {
    const named_store missing("/nonexistent/ca.pem");
    (void)unitls::insecure::make_client_context(sides.backend, {}, weakness::no_verification);
    CHECK_FALSE(sides.mock.state.config.has_trust);
    CHECK_FALSE(unitls::insecure::make_client_context(sides.backend, {}, weakness::no_name_check, failure));
    CHECK(failure.field() == "trust");
  }
  const named_store store(folder.write("ca.pem", pem("system")));
  (void)unitls::insecure::make_client_context(sides.backend, {}, weakness::no_name_check);
  CHECK(sides.mock.state.trust == pem("system"));
  (void)unitls::insecure::make_client_context(sides.backend, {.trust = mock_sides::anchors()},
                                              weakness::no_verification);
  CHECK(sides.mock.state.config.has_trust);
}

TEST_CASE("an unverified connection still sends and names its host") {
  mock_sides sides;
  sides.mock.state.verify_flags = UNITLS_VERIFY_SELF_SIGNED;
  const auto client = unitls::insecure::make_client_context(sides.backend, {}, weakness::no_verification);
  unitls::testing::pipe link(unitls::channel(client, "server.example"), unitls::channel(sides.server));
  CHECK(sides.mock.state.reference_names == std::vector<std::string>{"server.example"});
  link.handshake();
  unitls::error_info failure;
  CHECK_FALSE(client.connect("server.example", 1, {.address = "127.0.0.1"}, failure).has_value());
  CHECK(sides.mock.state.server_name == "server.example");
}

TEST_CASE("a policy forbids them like everything else") {
  mock_sides sides;
  sides.mock.refuse_by_policy("/etc/unitls/backends.toml:3: [policy] cannot be applied");
  unitls::error_info failure;
  CHECK_FALSE(unitls::insecure::make_client_context(sides.backend, {}, weakness::no_verification, failure));
  CHECK(failure.status() == unitls::status::forbidden_by_policy);
}
