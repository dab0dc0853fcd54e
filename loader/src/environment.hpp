// The environment variables that the loader honours, read once.
#pragma once

#include <optional>
#include <string>

namespace unitls::loader {

// A variable that is unset or empty is absent. In an elevated process (AT_SECURE) all are absent.
struct environment {
  bool elevated = false;
  std::optional<std::string> backend;  // UNITLS_BACKEND
  std::optional<std::string> registry; // UNITLS_REGISTRY
  std::optional<std::string> layers;   // UNITLS_LAYERS
  std::optional<std::string> debug;    // UNITLS_DEBUG
  // $XDG_CONFIG_HOME, else $HOME/.config. Absent for root and in an elevated process: a person's files must not steer
  // programs with more rights than his own.
  std::optional<std::string> config_home;
};

environment read_environment();

} // namespace unitls::loader
