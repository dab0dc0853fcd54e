#include "commands.hpp"

#include <array>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

#include <unistd.h>

#include <unitls/plugin/verdict_text.hpp>

#include "failure.hpp"
#include "json_output.hpp"
#include "terminal.hpp"
#include "text/readable.hpp"

namespace unitls::tool {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t longest_value = 200; // of what is shown

struct known_variable {
  const char *name;
  const char *effect;
};

constexpr std::array<known_variable, 9> known_variables{{
    {"UNITLS_BACKEND", "chooses the backends that may be used, in this order; * is the rest; strict"},
    {"UNITLS_REGISTRY", "names backends in place of the user's and the machine's registry files"},
    {"UNITLS_LAYERS", "puts these layers around the backend, the outermost first"},
    {"UNITLS_DEBUG", "tells on standard error: error warn info search load io all"},
    {"SSL_CERT_FILE", "is the system's trust store, a file; ignored when a policy says trust = \"system\""},
    {"SSL_CERT_DIR", "is the system's trust store, a folder; ignored when a policy says trust = \"system\""},
    {"SSLKEYLOGFILE", "nothing: this version of unitls writes no keys"},
    {"XDG_CONFIG_HOME", "the user's registry is unitls/backends.toml in it"},
    {"HOME", "the user's registry is .config/unitls/backends.toml in it, without XDG_CONFIG_HOME"},
}};

// An empty variable is an unset one.
std::optional<std::string> value_of(const char *name) {
  const char *const value = std::getenv(name);
  return value != nullptr && *value != '\0' ? std::optional<std::string>(value) : std::nullopt;
}

bool names_user_registry(std::string_view name) {
  return name == "XDG_CONFIG_HOME" || name == "HOME";
}

std::string effect_of(const known_variable &variable) {
  const std::string_view name = variable.name;
  if (names_user_registry(name)) {
    if (::geteuid() == 0) {
      return "nothing: root has no user's registry";
    }
    if (value_of("UNITLS_REGISTRY")) {
      return "nothing: UNITLS_REGISTRY is set";
    }
  }
  if (name == "XDG_CONFIG_HOME" && !value_of(variable.name).value_or("/").starts_with('/')) {
    return "nothing: it is no absolute path";
  }
  return variable.effect;
}

bool is_known(std::string_view name) {
  for (const known_variable &each : known_variables) {
    if (name == each.name) {
      return true;
    }
  }
  return false;
}

// A misspelt variable does nothing, and nothing else says so.
std::vector<std::string> strange_variables() {
  std::vector<std::string> names;
  for (char **each = environ; *each != nullptr; ++each) {
    const std::string_view entry = *each;
    const std::string_view name = entry.substr(0, entry.find('='));
    if (name.starts_with("UNITLS_") && !is_known(name)) {
      names.emplace_back(name);
    }
  }
  return names;
}

ordered_json json_of(const known_variable &variable) {
  const auto value = value_of(variable.name);
  return {{"name", variable.name},
          {"value", value ? ordered_json(*value) : ordered_json()},
          {"effect", effect_of(variable)}};
}

ordered_json json_of_all(const error_info &mistake) {
  ordered_json json{{"variables", ordered_json::array()},
                    {"unknown", strange_variables()},
                    {"mistake", mistake ? ordered_json(mistake.text()) : ordered_json()}};
  for (const known_variable &each : known_variables) {
    json["variables"].push_back(json_of(each));
  }
  return json;
}

void print_table() {
  table lines({"VARIABLE", "VALUE", "EFFECT"});
  for (const known_variable &each : known_variables) {
    lines.add({each.name, plugin::escape(value_of(each.name).value_or("-"), longest_value), effect_of(each)});
  }
  std::cout << lines.text();
  for (const std::string &name : strange_variables()) {
    std::cout << text::readable(name) << " is set and is no variable of unitls\n";
  }
  std::cout
      << "programs with more rights than their user's (set-user-ID, file capabilities) ignore all of these\n";
}

} // namespace

// All that can be told is told, also when the registry that UNITLS_REGISTRY names cannot be read.
void run_env(const env_options &options) {
  error_info info;
  const auto made = loader::create(info);
  options.json ? write_json(json_of_all(info)) : print_table();
  if (!made) {
    throw failure(exit_code::no_backend, info.text());
  }
}

} // namespace unitls::tool
