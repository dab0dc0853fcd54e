// From registry files and plugin folders to candidates, in the order of preference.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "note.hpp"
#include "registry_files.hpp"

namespace unitls::loader {

enum class candidate_state { found, loaded, rejected, disabled, masked };

// A plugin file that was found, or should have been.
struct candidate {
  std::string id;
  std::string path;   // canonical when the file was found; empty when it was not
  std::string source; // "FILE:LINE" or "found in FOLDER"
  std::int32_t priority = 0;
  candidate_state state = candidate_state::found;
  std::string reason;        // why it cannot be used: one sentence, empty when it can
  std::string brief;         // the same where there is little room; empty when it is not another
  bool is_forbidden = false; // by the policy
  isolation isolated = isolation::none;
  std::vector<std::pair<std::string, std::string>> options;
  std::optional<plugin_note> note;

  const std::string &brief_reason() const noexcept { return brief.empty() ? reason : brief; }
};

struct search_result {
  // One for each id in the order of preference, then those that are masked.
  std::vector<candidate> candidates;
  // The same of layers, which are in the order of their ids and stand among no backends.
  std::vector<candidate> layers;
  std::vector<std::string> told; // which folders were looked at, and what came of it
};

// Looks at files only; runs nothing of them. A backend that the policy forbids is disabled; for an allowed one, what
// others than the administrator's files name is masked.
search_result search(const std::vector<layered_registry> &files, const policy &rules);

} // namespace unitls::loader
