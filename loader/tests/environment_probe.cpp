// Prints what the loader takes from the environment, for elevated_test.sh.
#include <cstdio>

#include "environment.hpp"

int main() {
  const unitls::loader::environment found = unitls::loader::read_environment();
  const auto text = [](const std::optional<std::string> &value) { return value ? value->c_str() : "-"; };
  std::printf("elevated %s, backend %s, registry %s, layers %s, debug %s, config_home %s\n",
              found.elevated ? "yes" : "no", text(found.backend), text(found.registry), text(found.layers),
              text(found.debug), text(found.config_home));
  return 0;
}
