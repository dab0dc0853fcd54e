#include "attempt.hpp"

#include <utility>

namespace unitls::conformance {
namespace {

// Never looked at through: a handle that a create forgets to set.
template <class Handle>
Handle *stale_handle() {
  static unsigned char somewhere;
  return reinterpret_cast<Handle *>(&somewhere);
}

// `create(&handle, err)`, `destroy(handle)`
template <class Handle, class Create, class Destroy>
unitls_status create_once(Create create, Destroy destroy, unitls_error *err, const char *what, place at) {
  Handle *handle = stale_handle<Handle>();
  const unitls_status status = create(&handle, err);
  if (status == UNITLS_OK) {
    require("U-11", std::string(what) + ": the handle", handle != nullptr && handle != stale_handle<Handle>(),
            "set", "not set", at);
    destroy(handle);
  } else {
    expect("U-11", std::string(what) + ": the handle after a failure", handle == nullptr, "NULL", "not NULL",
           at);
  }
  return status;
}

template <class Handle, class Create, class Destroy>
attempt create_twice(Create create, Destroy destroy, const char *what, place at) {
  attempt result;
  result.status = create_once<Handle>(create, destroy, &result.error, what, at);
  if (result.status < 0) {
    expect("U-08", std::string(what) + ": the error", result.error.message[0] != '\0', "has a message",
           "has none", at);
  } else {
    expect("U-08", std::string(what) + ": the error, without a failure", is_untouched(result.error),
           "left as it was", "written to", at);
  }
  expect_status("U-08", std::string(what) + ": status in the error", result.error.status, result.status, at);
  expect_status("U-07", std::string(what) + " with NULL for the error",
                create_once<Handle>(create, destroy, nullptr, what, at), result.status, at);
  return result;
}

template <class Config, class Function>
attempt try_config(role side, const Config &config, Function function, const char *what, place at) {
  const unitls_backend *const table = player(side).table;
  const auto create = [&](unitls_backend_context **context, unitls_error *err) {
    return (table->*function)(table, &config, context, err);
  };
  return create_twice<unitls_backend_context>(create, table->context_destroy, what, at);
}

unitls_status UNITLS_CALL keep_finding(void *user, const unitls_error *finding) {
  static_cast<std::vector<unitls_error> *>(user)->push_back(*finding);
  return UNITLS_OK;
}

template <class Config, class Function>
std::vector<unitls_error> check(const Config &config, Function function, const char *what, place at) {
  std::vector<unitls_error> found;
  expect_status("U-09", what, function(plugin().table, &config, keep_finding, &found), UNITLS_OK, at);
  return found;
}

} // namespace

attempt try_context(const unitls_client_config &config, place at) {
  return try_config(role::client, config, &unitls_backend::client_context_create, "client_context_create",
                    at);
}

attempt try_context(const unitls_server_config &config, place at) {
  return try_config(role::server, config, &unitls_backend::server_context_create, "server_context_create",
                    at);
}

attempt try_session(unitls_backend_context *context, const unitls_session_config *config,
                    const unitls_transport *transport, place at) {
  const auto create = [&](unitls_backend_session **session, unitls_error *err) {
    return plugin().table->session_create(context, config, transport, session, err);
  };
  return create_twice<unitls_backend_session>(create, plugin().table->session_destroy, "session_create", at);
}

std::vector<unitls_error> findings_of(const unitls_client_config &config, place at) {
  return check(config, plugin().table->client_config_check, "client_config_check", at);
}

std::vector<unitls_error> findings_of(const unitls_server_config &config, place at) {
  return check(config, plugin().table->server_config_check, "server_config_check", at);
}

void expect_refusal(const char *clause, const std::string &what, const attempt &got, unitls_status status,
                    const char *field, place at) {
  expect_status(clause, what, got.status, status, at);
  if (field != nullptr) {
    expect_equal(clause, what + ": field", std::string(got.error.field), std::string(field), at);
  }
}

} // namespace unitls::conformance
