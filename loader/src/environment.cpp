#include "environment.hpp"

#include <cstdlib>

#include <sys/auxv.h>
#include <unistd.h>

namespace unitls::loader {
namespace {

std::optional<std::string> variable(const char *name) {
  const char *value = ::secure_getenv(name);
  if (value == nullptr || *value == '\0') {
    return std::nullopt;
  }
  return value;
}

// The XDG base directory specification calls a relative $XDG_CONFIG_HOME invalid and wants it ignored.
std::optional<std::string> find_config_home() {
  if (auto home = variable("XDG_CONFIG_HOME"); home && home->starts_with('/')) {
    return home;
  }
  if (auto home = variable("HOME"); home && home->starts_with('/')) {
    return *home + "/.config";
  }
  return std::nullopt;
}

} // namespace

environment read_environment() {
  environment result;
  result.elevated = ::getauxval(AT_SECURE) != 0;
  result.backend = variable("UNITLS_BACKEND");
  result.registry = variable("UNITLS_REGISTRY");
  result.layers = variable("UNITLS_LAYERS");
  result.debug = variable("UNITLS_DEBUG");
  if (::geteuid() != 0) {
    result.config_home = find_config_home();
  }
  return result;
}

} // namespace unitls::loader
