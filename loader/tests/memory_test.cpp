// Running out of memory at every single allocation of finding and loading.
#include <cstdlib>
#include <new>
#include <string>

#include <doctest/doctest.h>
#include <unitls/unitls.h>

#include "mock_tree.hpp"
#include "policy_table.hpp"
#include "registry.hpp"

namespace {

// Of this thread: the allocation that fails (counting down to it), and what is allocated now.
thread_local long until_failure = -1;
thread_local long live_allocations = 0;

void *allocate(std::size_t size) {
  if (until_failure == 0) {
    until_failure = -1;
    throw std::bad_alloc();
  }
  if (until_failure > 0) {
    --until_failure;
  }
  void *memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  ++live_allocations;
  return memory;
}

void deallocate(void *memory) noexcept {
  live_allocations -= memory != nullptr ? 1 : 0;
  std::free(memory);
}

} // namespace

void *operator new(std::size_t size) {
  return allocate(size);
}
void *operator new[](std::size_t size) {
  return allocate(size);
}
void operator delete(void *memory) noexcept {
  deallocate(memory);
}
void operator delete[](void *memory) noexcept {
  deallocate(memory);
}
void operator delete(void *memory, std::size_t) noexcept {
  deallocate(memory);
}
void operator delete[](void *memory, std::size_t) noexcept {
  deallocate(memory);
}

namespace {

// Calls `step` with the n-th allocation failing, for all n, until it runs through without reaching the n-th. `step`
// answers a status; every failure must be UNITLS_E_NOMEM and leave nothing allocated.
template <class Function>
int fail_every_allocation(Function step) {
  REQUIRE(step() == UNITLS_OK); // what is made once and kept is made now
  for (int n = 0;; ++n) {
    const long before = live_allocations;
    until_failure = n;
    const unitls_status status = step();
    const bool was_reached = until_failure < 0;
    until_failure = -1;
    if (!was_reached) {
      REQUIRE(status == UNITLS_OK);
      return n;
    }
    // A line of the log may be lost, which is no failure.
    const bool is_allowed = status == UNITLS_E_NOMEM || status == UNITLS_OK;
    const bool is_balanced = live_allocations == before;
    REQUIRE_MESSAGE(is_allowed, "allocation ", n, " ended in ", status);
    REQUIRE_MESSAGE(is_balanced, "allocation ", n, " leaked");
  }
}

const char registry_text[] =
    "format = 1\nplugin_dirs = [\"" MOCK_FOLDER "/none\"]\nprefer = [\"good\"]\nunknown = 1\n"
    "[backend.good]\nlibrary = \"" MOCK_FOLDER "/unitls-good.so\"\n"
    "options = { \"good.x\" = \"1\" }\n"
    "[backend.absent]\nlibrary = \"absent.so\"\n[backend.bad]\nlibrary = 5\n";

// A backend that allocates nothing: two suites, and a context that is a number.
unitls_status UNITLS_CALL list_two(const unitls_backend *, std::int32_t kind, unitls_item_sink sink,
                                   void *user) {
  for (const std::uint32_t number : {0x1301U, 0xc02fU}) {
    const unitls_item item{sizeof item, number, "", nullptr, nullptr, nullptr};
    const unitls_status status = kind == UNITLS_LIST_CIPHER_SUITES ? sink(user, &item) : UNITLS_OK;
    if (status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

unitls_status UNITLS_CALL create_nothing(const unitls_backend *, const unitls_client_config *,
                                         unitls_backend_context **context, unitls_error *) {
  static int something = 0;
  *context = reinterpret_cast<unitls_backend_context *>(&something);
  return UNITLS_OK;
}

} // namespace

TEST_CASE("making a loader runs out of memory without harm") {
  const unitls::testing::mock_tree tree;
  const std::string registry = tree.write("registry.toml", registry_text);
  unitls_loader_config config{};
  config.struct_size = sizeof config;
  config.registry_path = registry.c_str();
  const int allocations = fail_every_allocation([&config] {
    unitls_loader *loader = nullptr;
    const unitls_status status = unitls_loader_create(&config, &loader, nullptr);
    unitls_loader_destroy(loader);
    return status;
  });
  CHECK(allocations > 50);
}

TEST_CASE("choosing a backend runs out of memory without harm") {
  const unitls::testing::mock_tree tree;
  const std::string registry = tree.write("registry.toml", registry_text);
  unitls_loader_config config{};
  config.struct_size = sizeof config;
  config.registry_path = registry.c_str();
  const int allocations = fail_every_allocation([&config] {
    const long left = until_failure;
    until_failure = -1;
    unitls_loader *loader = nullptr;
    REQUIRE(unitls_loader_create(&config, &loader, nullptr) == UNITLS_OK);
    until_failure = left;
    unitls_backend_ref *backend = nullptr;
    const unitls_status status = unitls_loader_select(loader, nullptr, 0, &backend, nullptr);
    const long unreached = until_failure;
    until_failure = -1;
    unitls_backend_ref_release(backend);
    // Having run out once does not reject the backend.
    unitls_backend_ref *again = nullptr;
    CHECK(unitls_loader_select(loader, nullptr, 0, &again, nullptr) == UNITLS_OK);
    unitls_backend_ref_release(again);
    unitls_loader_destroy(loader);
    until_failure = unreached;
    return status;
  });
  CHECK(allocations > 10);
}

TEST_CASE("making a context under a policy runs out of memory without harm") {
  const auto registry = unitls::loader::parse_registry(
      "format = 1\n[policy]\nmin_version = \"1.3\"\ncipher_suites = [\"TLS_AES_128_GCM_SHA256\"]\n",
      "/policy.toml");
  unitls_backend plugin{};
  plugin.struct_size = sizeof plugin;
  plugin.list = &list_two;
  plugin.client_context_create = &create_nothing;
  const unitls_backend &table = unitls::loader::under_policy(plugin, registry.rules->value);
  const unitls_option option{"unknown.option.of.a.certain.length", "1"};
  unitls_client_config config{};
  config.struct_size = sizeof config;
  config.options = &option;
  config.option_count = 1;
  const int allocations = fail_every_allocation([&] {
    unitls_backend_context *context = nullptr;
    return table.client_context_create(&table, &config, &context, nullptr);
  });
  CHECK(allocations > 5);
}
