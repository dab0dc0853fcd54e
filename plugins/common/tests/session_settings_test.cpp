// What one session is told: names for SNI and names to verify.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "fake_backend.hpp"

#include <unitls/plugin/configuration.hpp>

#include <doctest/doctest.h>

namespace unitls::test {

using namespace plugin;

namespace {

struct session_request {
  const char *server_name = nullptr;
  std::vector<const char *> names{};
  verification mode = verification::full;
  bool is_server = false;
  uint32_t flags = 0;

  unitls_session_config config() const {
    unitls_session_config made{};
    made.struct_size = sizeof made;
    made.flags = flags;
    made.server_name = server_name;
    made.reference_names = names.data();
    made.reference_name_count = names.size();
    return made;
  }
  configuration context() const {
    configuration made;
    made.is_server = is_server;
    made.verify = mode;
    return made;
  }
};

std::string fault_of(const session_request &request) {
  return thrown_by([&] { session_settings(request.config(), request.context()); });
}

} // namespace

TEST_CASE("names are copied") {
  std::string server_name = "www.example";
  std::string second = "2001:DB8::1";
  unitls_session_config config =
      session_request{.server_name = server_name.c_str(), .names = {"www.example", second.c_str()}}.config();
  std::vector<const char *> names{server_name.c_str(), second.c_str()};
  config.reference_names = names.data();
  config.user = &config;
  const session_settings settings(config, configuration{});
  server_name.assign(server_name.size(), 'x');
  second.assign(second.size(), 'x');
  CHECK(std::string_view(settings.server_name()) == "www.example");
  REQUIRE(settings.names().size() == 2);
  CHECK(settings.names()[0].text() == "www.example");
  CHECK_FALSE(settings.names()[0].is_ip());
  CHECK(settings.names()[1].is_ip());
  CHECK(settings.user() == &config);
}

TEST_CASE("no server name sends none") {
  const session_request request{.names = {"192.0.2.1"}};
  const unitls_session_config config = request.config();
  CHECK(session_settings(config, request.context()).server_name() == nullptr);
}

TEST_CASE("a client that verifies names needs one") {
  CHECK(fault_of({}) == "E_INVALID reference_names: a client that verifies needs at least one name");
  CHECK(fault_of({.server_name = "www.example"}) ==
        "E_INVALID reference_names: a client that verifies needs at least one name");
  CHECK(fault_of({.mode = verification::no_name_check}).empty());
  CHECK(fault_of({.mode = verification::none}).empty());
}

TEST_CASE("names of an insecure mode are kept for the callback") {
  const session_request request{.names = {"www.example"}, .mode = verification::none};
  const unitls_session_config config = request.config();
  CHECK(session_settings(config, request.context()).names().size() == 1);
}

TEST_CASE("at most eight reference names, and none that is NULL or no name") {
  const std::vector<const char *> eight(8, "www.example");
  const std::vector<const char *> nine(9, "www.example");
  CHECK(fault_of({.names = eight}).empty());
  CHECK(fault_of({.names = nine}) == "E_INVALID reference_names: more than 8 names");
  CHECK(fault_of({.names = {"www.example", nullptr}}) == "E_INVALID reference_names[1]: \"\" is empty");
  CHECK(fault_of({.names = {"www.example."}}) ==
        "E_INVALID reference_names[0]: \"www.example.\" ends with a dot");
  CHECK(fault_of({.names = {"*.example.org"}, .mode = verification::no_name_check}) ==
        "E_INVALID reference_names[0]: \"*.example.org\" is a wildcard, which only a certificate may have");
}

TEST_CASE("names that are NULL although they are counted are invalid") {
  const session_request request;
  unitls_session_config config = request.config();
  config.reference_names = nullptr;
  config.reference_name_count = 1;
  CHECK(thrown_by([&] { session_settings(config, request.context()); }) ==
        "E_INVALID reference_names: is NULL although its count is not 0");
}

TEST_CASE("only a DNS name is sent as SNI") {
  for (const char *name : {"192.0.2.1", "::1", "", "*.example.org", "b\xc3\xbc.example", "www.example."}) {
    CAPTURE(name);
    CHECK(fault_of({.server_name = name, .names = {"www.example"}}).starts_with("E_INVALID server_name: "));
  }
  CHECK(fault_of({.server_name = "xn--bcher-kva.example", .names = {"www.example"}}).empty());
}

TEST_CASE("control characters of a wrong name do not reach the message") {
  const std::string fault = fault_of({.server_name = "a\x1b[2J\n", .names = {"www.example"}});
  CHECK(fault.find('\x1b') == std::string::npos);
  CHECK(fault.find('\n') == std::string::npos);
}

TEST_CASE("a server's session has no names") {
  CHECK(fault_of({.is_server = true}).empty());
  CHECK(fault_of({.server_name = "www.example", .is_server = true}) ==
        "E_INVALID server_name: a server's session has no names");
  CHECK(fault_of({.names = {"www.example"}, .is_server = true}) ==
        "E_INVALID reference_names: a server's session has no names");
}

TEST_CASE("a request of another shape is refused") {
  CHECK(fault_of({.names = {"www.example"}, .flags = 1}) == "E_UNSUPPORTED flags: unknown bits are set");
  const session_request request{.names = {"www.example"}};
  unitls_session_config small = request.config();
  small.struct_size -= 1;
  CHECK(thrown_by([&] { session_settings(small, request.context()); }) ==
        "E_INVALID struct_size: smaller than the struct's first version");
  struct {
    unitls_session_config known;
    uint64_t tail;
  } newer{request.config(), 0};
  newer.known.struct_size = sizeof newer;
  CHECK(thrown_by([&] { session_settings(newer.known, request.context()); }).empty());
  newer.tail = 1;
  CHECK(thrown_by([&] { session_settings(newer.known, request.context()); }) ==
        "E_UNSUPPORTED struct_size: members that this backend does not know are set");
}

} // namespace unitls::test
