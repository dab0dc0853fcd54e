// Creates that may be refused.
#pragma once

#include <vector>

#include <unitls/backend.h>

#include "configuration.hpp"
#include "expect.hpp"
#include "plugin_access.hpp"

namespace unitls::conformance {

struct attempt {
  unitls_status status = UNITLS_OK;
  unitls_error error = no_error();
};

// Each creates twice, the second time without an error struct, and destroys what was made. Checked every time: the
// handle is set exactly with UNITLS_OK (U-11), the error tells the status (U-08) and NULL for it changes nothing (U-07).
attempt try_context(const unitls_client_config &config, place at = place::here());
attempt try_context(const unitls_server_config &config, place at = place::here());
attempt try_session(unitls_backend_context *context, const unitls_session_config *config,
                    const unitls_transport *transport, place at = place::here());

// All that the plugin's check finds.
std::vector<unitls_error> findings_of(const unitls_client_config &config, place at = place::here());
std::vector<unitls_error> findings_of(const unitls_server_config &config, place at = place::here());

// `field` NULL: any.
void expect_refusal(const char *clause, const std::string &what, const attempt &got, unitls_status status,
                    const char *field, place at = place::here());

// Create refuses the configuration, and so does the check by its first finding (U-09).
template <class Config>
void expect_refused(const char *clause, const std::string &what, const Config &config, unitls_status status,
                    const char *field, place at = place::here()) {
  const attempt got = try_context(config, at);
  expect_refusal(clause, what + ": create", got, status, field, at);
  const std::vector<unitls_error> found = findings_of(config, at);
  expect("U-09", what + ": check", !found.empty(), "a finding", "none", at);
  if (!found.empty()) {
    expect_refusal("U-09", what + ": first finding of the check", {found.front().status, found.front()},
                   status, field, at);
  }
}

// Create and check accept it.
template <class Config>
void expect_accepted(const char *clause, const std::string &what, const Config &config,
                     place at = place::here()) {
  const attempt got = try_context(config, at);
  expect(clause, what + ": create", got.status == UNITLS_OK, status_text(UNITLS_OK),
         status_text(got.status) + " on \"" + got.error.field + "\": " + got.error.message, at);
  expect_equal("U-09", what + ": findings of the check", findings_of(config, at).size(), std::size_t{0}, at);
}

// A client's and a server's full configuration, each as far as the plugin has the side. The server asks for
// certificates, so that both have trust and an identity.
template <class Body>
void for_each_side(Body body) {
  if (has_capability("client")) {
    const during what("client");
    client_setup setup;
    setup.identity = "client";
    native_client native(setup);
    body(native);
  }
  if (has_capability("server")) {
    const during what("server");
    server_setup setup;
    setup.trust = {"ca.pem"};
    setup.client_auth = UNITLS_CLIENT_AUTH_REQUIRE;
    native_server native(setup);
    body(native);
  }
}

} // namespace unitls::conformance
