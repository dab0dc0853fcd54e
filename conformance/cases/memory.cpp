// Running out of memory: U-10, U-11. Every allocation of every create fails once.
#include <functional>
#include <string>

#include "allocation_faults.hpp"
#include "case.hpp"
#include "configuration.hpp"
#include "expect.hpp"
#include "party.hpp"
#include "plugin_access.hpp"

namespace unitls::conformance {
namespace {

// Beyond it something is wrong with the count, not with the plugin.
constexpr std::size_t allocations_max = 100000;

struct attempt_result {
  unitls_status status = UNITLS_OK;
  bool fault_happened = false;
};

// One create, whose handle is destroyed again. It must answer UNITLS_E_NOMEM when an allocation failed, or do without.
template <class Handle>
struct creation {
  std::function<unitls_status(Handle **, unitls_error *)> create;
  std::function<void(Handle *)> destroy;

  attempt_result run(std::size_t allowed) const {
    Handle *handle = nullptr;
    unitls_error error = no_error();
    attempt_result result;
    {
      const allocation_fault fault(allowed);
      result.status = create(&handle, &error);
      result.fault_happened = fault.happened();
    }
    judge(result, handle, error);
    destroy(handle);
    return result;
  }

private:
  static void judge(const attempt_result &result, const Handle *handle, const unitls_error &error) {
    if (result.status == UNITLS_OK) {
      return;
    }
    expect_status("U-10", "what the create answers", result.status, UNITLS_E_NOMEM);
    expect_status("U-08", "status in the error", error.status, result.status);
    expect("U-11", "handle", handle == nullptr, "NULL", "left as it was");
  }
};

// Fails each allocation once, at most the first `most`; tells how many failed.
template <class Handle>
std::size_t sweep(const creation<Handle> &what, std::size_t most = allocations_max) {
  for (std::size_t allowed = 0; allowed < most; ++allowed) {
    const during point("allocation " + std::to_string(allowed + 1) + " fails");
    if (!what.run(allowed).fault_happened) {
      return allowed;
    }
  }
  require("U-10", "number of allocations", most < allocations_max, "an end", "none");
  return most;
}

// A library may keep something of its errors in caches of a fixed size: once they are full, nothing more stays.
template <class Handle>
void fill_caches(const creation<Handle> &what) {
  constexpr std::size_t enough = 128;
  what.run(allocations_max);
  for (std::size_t failures = 0; failures < enough;) {
    const std::size_t count = sweep(what, enough - failures);
    require("U-10", "allocations of a create", count != 0, "at least one", "none");
    failures += count;
  }
}

// Blocks of memory that are there after all failures, and were not before.
template <class Handle>
long growth_of_sweep(const creation<Handle> &what) {
  const long before = live_allocations();
  sweep(what);
  return live_allocations() - before;
}

// What is lost is lost every time. What stays only once was kept: there are caches that late failures alone fill.
template <class Handle>
void try_every_allocation(const creation<Handle> &what) {
  fill_caches(what);
  const bool stays = growth_of_sweep(what) != 0;
  expect_equal("U-10", "blocks of memory that stay after all failures", stays ? growth_of_sweep(what) : 0L,
               0L);
  expect_status("U-10", "with memory", what.run(allocations_max).status, UNITLS_OK);
}

const unitls_backend *table() {
  return plugin().table;
}

creation<unitls_backend_context> client_creation(const unitls_client_config &config) {
  return {[&](unitls_backend_context **context, unitls_error *error) {
            return table()->client_context_create(table(), &config, context, error);
          },
          [](unitls_backend_context *context) { table()->context_destroy(context); }};
}

creation<unitls_backend_context> server_creation(const unitls_server_config &config) {
  return {[&](unitls_backend_context **context, unitls_error *error) {
            return table()->server_context_create(table(), &config, context, error);
          },
          [](unitls_backend_context *context) { table()->context_destroy(context); }};
}

creation<unitls_backend_session> session_creation(unitls_backend_context *context,
                                                  const unitls_session_config &config,
                                                  const unitls_transport &transport) {
  return {[=, &config, &transport](unitls_backend_session **session, unitls_error *error) {
            return table()->session_create(context, &config, &transport, session, error);
          },
          [](unitls_backend_session *session) { table()->session_destroy(session); }};
}

UNITLS_CASE("memory/client-context", "Without memory a client's context is E_NOMEM and leaks nothing",
            "U-10 U-11", needs("client", "oom-safe")) {
  client_setup setup;
  setup.identity = "client";
  setup.alpn = {"h2", "http/1.1"};
  const native_client native(setup);
  try_every_allocation(client_creation(native.config));
}

UNITLS_CASE("memory/server-context", "Without memory a server's context is E_NOMEM and leaks nothing",
            "U-10 U-11", needs("server", "oom-safe")) {
  server_setup setup;
  setup.client_auth = UNITLS_CLIENT_AUTH_REQUIRE;
  setup.trust = {"ca.pem"};
  setup.alpn = {"h2", "http/1.1"};
  const native_server native(setup);
  try_every_allocation(server_creation(native.config));
}

UNITLS_CASE("memory/client-session", "Without memory a client's session is E_NOMEM and leaks nothing",
            "U-10 U-11", needs("client", "oom-safe")) {
  const client_setup setup;
  const context_handle context = make_context(setup);
  const native_session session(setup);
  wire in;
  wire out;
  memory_transport transport(in, out);
  try_every_allocation(session_creation(context.get(), session.config, *transport.native()));
}

UNITLS_CASE("memory/server-session", "Without memory a server's session is E_NOMEM and leaks nothing",
            "U-10 U-11", needs("server", "oom-safe")) {
  const context_handle context = make_context(server_setup{});
  const native_session session;
  wire in;
  wire out;
  memory_transport transport(in, out);
  try_every_allocation(session_creation(context.get(), session.config, *transport.native()));
}

} // namespace
} // namespace unitls::conformance
