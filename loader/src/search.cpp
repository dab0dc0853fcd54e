#include "search.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <system_error>

#include <unitls/backend.h>

#include "backend_id.hpp"
#include "plugin_file.hpp"
#include "refusal.hpp"

namespace unitls::loader {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view plugin_prefix = "unitls-";
constexpr std::string_view layer_prefix = "unitls-layer-";
constexpr std::string_view plugin_suffix = ".so";

// Something that names a plugin file: an entry that a person wrote, or a file in a plugin folder.
struct claim {
  candidate of;
  fs::path file; // empty when the entry's library was not found
};

// The first hit in the file's plugin folders, else in the file's own folder. Empty: nowhere.
fs::path find_library(const registry &from, const fs::path &library) {
  if (library.is_absolute()) {
    return library;
  }
  std::vector<fs::path> folders = from.plugin_dirs.value_or(std::vector<fs::path>());
  folders.push_back(from.file.parent_path());
  for (const fs::path &folder : folders) {
    std::error_code error;
    if (fs::exists(fs::symlink_status(folder / library, error))) {
      return folder / library;
    }
  }
  return {};
}

std::string not_found(const registry &from, const registry_entry &entry) {
  std::string sentence = printable(entry.library) + ": there is no such file; looked in";
  for (const fs::path &folder : from.plugin_dirs.value_or(std::vector<fs::path>())) {
    sentence += " " + printable(folder.native()) + ",";
  }
  return sentence + " " + printable(from.file.parent_path().native());
}

claim claim_of(const registry &from, const registry_entry &entry) {
  claim result;
  result.of.id = entry.id;
  result.of.source = printable(entry.at.with_line());
  result.of.priority = entry.priority;
  result.of.options = entry.options;
  result.of.isolated = entry.isolated;
  if (!entry.library.empty()) {
    result.file = find_library(from, entry.library);
  }
  if (!entry.mistake.empty()) {
    result.of.state = candidate_state::rejected;
    result.of.reason = entry.mistake;
  } else if (!entry.enabled) {
    result.of.state = candidate_state::disabled;
    result.of.reason = "disabled by " + printable(entry.at.with_line());
  } else if (result.file.empty()) {
    result.of.state = candidate_state::rejected;
    result.of.reason = not_found(from, entry);
  }
  return result;
}

// What is looked for: backends or layers.
struct search_kind {
  std::uint32_t note;
  std::string_view prefix; // of file names
  std::vector<registry_entry> registry::*entries;
};
constexpr search_kind backends{UNITLS_NOTE_PLUGIN, plugin_prefix, &registry::entries};
constexpr search_kind layers{UNITLS_NOTE_LAYER, layer_prefix, &registry::layers};

// The ID in "unitls-ID.so" or "unitls-layer-ID.so"; nothing for any other name.
std::optional<std::string> id_of(const std::string &name, const search_kind &kind) {
  const bool is_layers = name.starts_with(layer_prefix);
  if (!name.starts_with(kind.prefix) || is_layers != (kind.prefix == layer_prefix) ||
      !name.ends_with(plugin_suffix) || name.size() <= kind.prefix.size() + plugin_suffix.size()) {
    return std::nullopt;
  }
  return name.substr(kind.prefix.size(), name.size() - kind.prefix.size() - plugin_suffix.size());
}

class finder {
public:
  finder(const search_kind &kind, const policy &rules) : kind_(kind), rules_(rules) {}

  // Files of one layer: what is written stands above what is only found in a folder.
  void take_layer(registry_layer layer, const std::vector<const registry *> &files) {
    is_administrators_ = is_administrators(layer);
    for (const registry *each : files) {
      for (const registry_entry &entry : each->*kind_.entries) {
        take(claim_of(*each, entry));
      }
    }
    for (const registry *each : files) {
      for (const fs::path &folder : each->plugin_dirs.value_or(std::vector<fs::path>())) {
        scan(*each, folder);
      }
    }
  }

  search_result finish(const std::vector<std::string> &prefer) {
    take_strangers();
    std::vector<candidate> &winners = result_.candidates;
    const auto rank = [&prefer](const candidate &each) {
      return std::find(prefer.begin(), prefer.end(), each.id) - prefer.begin();
    };
    std::sort(winners.begin(), winners.end(), [&rank](const candidate &a, const candidate &b) {
      if (rank(a) != rank(b)) {
        return rank(a) < rank(b);
      }
      return a.priority != b.priority ? a.priority > b.priority : a.id < b.id;
    });
    winners.insert(winners.end(), masked_.begin(), masked_.end());
    return std::move(result_);
  }

private:
  void tell_folder(const fs::path &folder, const std::string &outcome) {
    result_.told.push_back("folder " + printable(folder.native()) + ": " + outcome);
  }

  void scan(const registry &from, const fs::path &folder) {
    if (!from.scan) {
      tell_folder(folder, "not scanned, by " + printable(from.file.native()));
      return;
    }
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
      files.push_back(each->path());
    }
    if (error) {
      tell_folder(folder, error == std::errc::no_such_file_or_directory
                              ? "not there"
                              : "cannot be listed: " + error.message());
      return;
    }
    std::sort(files.begin(), files.end());
    tell_folder(folder, "scanned");
    for (const fs::path &file : files) {
      take_scanned(folder, file);
    }
  }

  void take_scanned(const fs::path &folder, const fs::path &file) {
    const std::string name = file.filename().native();
    const std::optional<std::string> id = id_of(name, kind_);
    if (!id) {
      return;
    }
    if (!is_backend_id(*id)) {
      tell_folder(folder, printable(name) + " is ignored: \"" + printable(*id) + "\" is not an id; " +
                              std::string(backend_id_rule));
      return;
    }
    claim found;
    found.of.id = *id;
    found.of.source = "found in " + printable(folder.native());
    found.file = file;
    take(std::move(found));
  }

  // The first claim to an id wins.
  void take(claim each) {
    inspect(each);
    if (std::string reason = refusal_of(each.of.id); !reason.empty()) {
      forbid(each.of, std::move(reason));
    } else if (!is_administrators_ && !refusal_of_library(each.of.id).empty()) {
      strangers_.push_back(std::move(each.of));
      return;
    }
    candidate *const winner = find(each.of.id);
    if (winner == nullptr) {
      result_.candidates.push_back(std::move(each.of));
      return;
    }
    if (!each.of.path.empty() && winner->path == each.of.path) {
      return; // the same file, named twice
    }
    mask(std::move(each.of), "masked by " + winner->source);
  }

  std::string refusal_of(const std::string &id) const {
    return kind_.note == UNITLS_NOTE_LAYER ? rules_.refusal_of_layer(id) : rules_.refusal_of_backend(id);
  }

  std::string refusal_of_library(const std::string &id) const {
    return kind_.note == UNITLS_NOTE_LAYER ? rules_.refusal_of_layer_library(id)
                                           : rules_.refusal_of_library(id);
  }

  // What others than the administrator name for the ids that his policy allows.
  void take_strangers() {
    for (candidate &each : strangers_) {
      std::string reason = refusal_of_library(each.id);
      if (find(each.id) != nullptr) {
        mask(std::move(each), std::move(reason));
      } else {
        forbid(each, std::move(reason));
        result_.candidates.push_back(std::move(each));
      }
    }
  }

  static void forbid(candidate &each, std::string reason) {
    each.state = candidate_state::disabled;
    each.reason = std::move(reason);
    each.brief.clear();
    each.is_forbidden = true;
  }

  void mask(candidate each, std::string reason) {
    each.state = candidate_state::masked;
    each.reason = std::move(reason);
    each.brief.clear();
    masked_.push_back(std::move(each));
  }

  candidate *find(std::string_view id) {
    std::vector<candidate> &all = result_.candidates;
    const auto found =
        std::find_if(all.begin(), all.end(), [id](const candidate &each) { return each.id == id; });
    return found != all.end() ? &*found : nullptr;
  }

  // An entry that is rejected or disabled shows what it can, and keeps its own reason.
  void inspect(claim &each) const {
    if (each.file.empty()) {
      return;
    }
    std::error_code error;
    const fs::path canonical = fs::canonical(each.file, error);
    each.of.path = error ? each.file.native() : canonical.native();
    try {
      each.of.note = inspect_plugin_file(each.file, each.of.id, kind_.note).note;
    } catch (const refusal &reason) {
      if (each.of.state == candidate_state::found) {
        each.of.state = candidate_state::rejected;
        each.of.reason = reason.what();
        each.of.brief = explained_elsewhere(reason);
      }
    }
  }

  const search_kind &kind_;
  const policy &rules_;
  bool is_administrators_ = false; // of the layer that is being taken
  search_result result_;
  std::vector<candidate> masked_;
  std::vector<candidate> strangers_;
};

std::map<registry_layer, std::vector<const registry *>> by_layer(const std::vector<layered_registry> &files,
                                                                 bool layered_registry::*counts) {
  std::map<registry_layer, std::vector<const registry *>> contents;
  for (const layered_registry &each : files) {
    if (each.*counts) {
      contents[each.layer].push_back(&each.content);
    }
  }
  return contents;
}

// That of the highest file that has one.
std::vector<std::string> find_preference(const std::vector<layered_registry> &files) {
  for (const layered_registry &each : files) {
    if (each.names_backends && each.content.prefer) {
      return *each.content.prefer;
    }
  }
  return {};
}

} // namespace

search_result search(const std::vector<layered_registry> &files, const policy &rules) {
  finder all(backends, rules);
  finder wrappers(layers, rules);
  for (const auto &[layer, contents] : by_layer(files, &layered_registry::names_backends)) {
    all.take_layer(layer, contents);
  }
  for (const auto &[layer, contents] : by_layer(files, &layered_registry::names_layers)) {
    wrappers.take_layer(layer, contents);
  }
  search_result result = all.finish(find_preference(files));
  result.layers = wrappers.finish({}).candidates; // what became of folders was told once
  return result;
}

} // namespace unitls::loader
