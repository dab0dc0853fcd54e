// One registry file: what it says, and where it says it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "file_position.hpp"
#include "isolation.hpp"
#include "policy.hpp"

namespace unitls::loader {

// A [backend.ID] or [layer.ID] table. A layer has no priority and no isolation.
struct registry_entry {
  std::string id;
  std::string library; // as written
  std::int32_t priority = 0;
  bool enabled = true;
  isolation isolated = isolation::none;
  std::vector<std::pair<std::string, std::string>> options;
  file_position at;
  // Why the entry cannot be used, with position; empty when it can. Such an entry still stands for its id.
  std::string mistake;
};

struct registry {
  std::filesystem::path file;
  std::optional<std::vector<std::filesystem::path>> plugin_dirs; // absolute
  bool scan = true;
  std::optional<std::vector<std::string>> prefer;
  std::vector<registry_entry> entries; // of backends, in the order of their ids
  std::vector<registry_entry> layers;  // likewise
  // The [policy] table. Whether it counts is for those to say who know whose file this is.
  std::optional<rule<policy>> rules;
  std::vector<std::string> warnings; // "FILE:LINE:COLUMN: ..."
};

// Reads the text of the registry file `file`, which is an absolute path. A mistake inside one entry stays with that
// entry, and one inside [policy] with its rules; any other is a refusal "FILE:LINE:COLUMN: ...".
registry parse_registry(std::string_view text, const std::filesystem::path &file);

// Reads a registry file that nobody can change but root and the user of this process. Throws a refusal that begins with
// the path.
registry read_registry(const std::filesystem::path &file);

} // namespace unitls::loader
