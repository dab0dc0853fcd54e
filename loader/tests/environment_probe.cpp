// For elevated_test.sh. Prints what the loader takes from the environment; with --loader, what a loader and the system's
// anchors made of it; or, given a registry file, whether that and the plugins that it names count.
#include <cstdio>
#include <cstring>

#include <unitls/unitls.h>

#include "environment.hpp"
#include "refusal.hpp"
#include "search.hpp"
#include "system_trust.hpp"

#if defined(__SANITIZE_ADDRESS__)
// The leak checker traces, and nobody may trace an elevated process.
extern "C" __attribute__((visibility("default"))) int
__lsan_is_turned_off() { // NOLINT(bugprone-reserved-identifier,cert-dcl37-c)
  return 1;
}
#endif

namespace {

using namespace unitls::loader;

void show_environment() {
  const environment found = read_environment();
  const auto text = [](const std::optional<std::string> &value) { return value ? value->c_str() : "-"; };
  std::printf("elevated %s, backend %s, registry %s, layers %s, debug %s, config_home %s\n",
              found.elevated ? "yes" : "no", text(found.backend), text(found.registry), text(found.layers),
              text(found.debug), text(found.config_home));
}

void show_candidates(const char *registry_file) {
  const layered_registry from{registry_layer::program, read_registry(registry_file)};
  for (const candidate &each : search({from}, policy{}).candidates) {
    const std::string reason = each.reason.empty() ? "found" : each.reason;
    std::printf("%s: %s\n", each.id.c_str(), reason.c_str());
  }
}

// As any program makes one.
void show_loader() {
  unitls_error error{};
  error.struct_size = sizeof error;
  unitls_loader *loader = nullptr;
  if (unitls_loader_create(nullptr, &loader, &error) != UNITLS_OK) {
    std::printf("no loader: %s\n", error.message);
    return;
  }
  const auto show = [](void *, const char *line) -> unitls_status {
    std::printf("%s\n", line);
    return UNITLS_OK;
  };
  (void)unitls_loader_explain(loader, show, nullptr);
  unitls_backend_ref *backend = nullptr;
  if (unitls_loader_select(loader, nullptr, 0, &backend, &error) == UNITLS_OK) {
    std::printf("chosen\n");
    unitls_backend_ref_release(backend);
  } else {
    std::printf("not chosen: %s\n", error.message);
  }
  unitls_loader_destroy(loader);
}

void show_anchors() {
  std::printf("anchors: %zu bundles\n", load_system_trust()->bundles.size());
}

} // namespace

int main(int count, char **arguments) {
  if (count < 2) {
    show_environment();
    return 0;
  }
  try {
    if (std::strcmp(arguments[1], "--loader") == 0) {
      show_loader();
      show_anchors();
    } else {
      show_candidates(arguments[1]);
    }
  } catch (const refusal &reason) {
    std::printf("%s\n", reason.what());
  }
  return 0;
}
