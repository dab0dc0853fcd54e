// One registry file: what it says, and where it says it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unitls::loader {

// Lines and columns count from 1.
struct file_position {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  std::string with_column() const; // "FILE:LINE:COLUMN", for a sentence about a mistake
  std::string with_line() const;   // "FILE:LINE", for the source of a decision
};

// A [backend.ID] table.
struct registry_entry {
  std::string id;
  std::string library; // as written
  std::int32_t priority = 0;
  bool enabled = true;
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
  std::vector<registry_entry> entries; // in the order of their ids
  // A [policy] table, which this build does not implement.
  std::optional<file_position> policy;
  std::vector<std::string> warnings; // "FILE:LINE:COLUMN: ..."
};

// Reads the text of the registry file `file`, which is an absolute path. A mistake inside one entry stays with that
// entry; any other is a refusal "FILE:LINE:COLUMN: ...".
registry parse_registry(std::string_view text, const std::filesystem::path &file);

// Reads a registry file. Throws a refusal that begins with the path.
registry read_registry(const std::filesystem::path &file);

} // namespace unitls::loader
