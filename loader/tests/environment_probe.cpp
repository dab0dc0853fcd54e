// Prints what the loader takes from the environment, for elevated_test.sh.
#include <cstdio>

#include "environment.hpp"

#if defined(__SANITIZE_ADDRESS__)
// The leak checker traces, and nobody may trace an elevated process.
extern "C" __attribute__((visibility("default"))) int
__lsan_is_turned_off() { // NOLINT(bugprone-reserved-identifier,cert-dcl37-c)
  return 1;
}
#endif

int main() {
  const unitls::loader::environment found = unitls::loader::read_environment();
  const auto text = [](const std::optional<std::string> &value) { return value ? value->c_str() : "-"; };
  std::printf("elevated %s, backend %s, registry %s, layers %s, debug %s, config_home %s\n",
              found.elevated ? "yes" : "no", text(found.backend), text(found.registry), text(found.layers),
              text(found.debug), text(found.config_home));
  return 0;
}
