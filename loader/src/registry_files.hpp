// Which registry files there are, and which of them count.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "environment.hpp"
#include "registry.hpp"

namespace unitls::loader {

// From the highest to the lowest: the first layer that names an id wins with its whole entry.
enum class registry_layer { program = 1, environment, user, system, beside };

// Whether the machine's administrator writes the files of a layer: only their [policy] counts.
constexpr bool is_administrators(registry_layer layer) {
  return layer == registry_layer::system || layer == registry_layer::beside;
}

// The folders that are looked at whatever the environment says.
struct fixed_places {
  std::filesystem::path system; // /etc/unitls
  std::filesystem::path beside; // the folder "unitls" next to the loaded libunitls.so
};

// Those of this process.
fixed_places own_places();

struct layered_registry {
  registry_layer layer = registry_layer::program;
  registry content;
  // Whether what it says about them counts.
  bool names_backends = true;
  bool names_layers = true;
};

struct registry_files {
  std::vector<layered_registry> files; // the highest first
  std::vector<std::string> told;       // what was looked at, and what came of it
  std::vector<std::string> warnings;   // "FILE:LINE:COLUMN: ..." or "FILE: ..."
  // That of the administrator's files. A file of theirs that cannot be read could have a policy: it is a mistake.
  policy rules;
};

// Reads them all. A bad file that the program or UNITLS_REGISTRY names is a refusal; every other is told and left out.
registry_files read_registry_files(const environment &variables, const fixed_places &places,
                                   const std::optional<std::filesystem::path> &of_program);

} // namespace unitls::loader
