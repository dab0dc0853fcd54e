#include "registry_files.hpp"

#include <algorithm>
#include <system_error>

#include <dlfcn.h>

#include "refusal.hpp"

namespace unitls::loader {
namespace {

namespace fs = std::filesystem;

const char *name_of(registry_layer layer) {
  switch (layer) {
  case registry_layer::program:
    return "given by the program";
  case registry_layer::environment:
    return "UNITLS_REGISTRY";
  case registry_layer::user:
    return "user";
  case registry_layer::system:
    return "system";
  case registry_layer::beside:
    return "beside libunitls";
  }
  return "";
}

// Whether nothing at all has this path. What cannot be looked at counts as something.
bool is_absent(const fs::path &path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() == fs::file_type::not_found;
}

class collector {
public:
  // `entries_count` false: UNITLS_REGISTRY replaces what the lower layers say, except their policy.
  void set_entries_count(bool entries_count) { entries_count_ = entries_count; }

  void read_named(registry_layer layer, const fs::path &file, const std::string &field) {
    if (!file.is_absolute()) {
      throw refusal(printable(file.native()) + ": the path of a registry file must be absolute",
                    UNITLS_E_INVALID, field);
    }
    try {
      take(layer, read_registry(file));
    } catch (const refusal &reason) {
      throw refusal(reason.what(), reason.brief(), UNITLS_E_INVALID, field);
    }
  }

  // Whether the file exists, good or bad.
  bool read_found(registry_layer layer, const fs::path &file) {
    if (is_absent(file)) {
      tell(layer, file, "not there");
      return false;
    }
    try {
      take(layer, read_registry(file));
    } catch (const refusal &reason) {
      leave_out(layer, file, reason);
    }
    return true;
  }

  // The *.toml files of a folder, in byte order.
  void read_folder(registry_layer layer, const fs::path &folder) {
    if (is_absent(folder)) {
      tell(layer, folder, "not there");
      return;
    }
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
      const bool is_hidden = each->path().filename().native().starts_with('.'); // of an editor, for a while
      if (!is_hidden && each->path().extension() == ".toml") {
        files.push_back(each->path());
      }
    }
    if (error) {
      leave_out(layer, folder,
                refusal(printable(folder.native()) + ": cannot be listed: " + error.message()));
      return;
    }
    std::sort(files.begin(), files.end(),
              [](const fs::path &a, const fs::path &b) { return a.native() < b.native(); });
    for (const fs::path &file : files) {
      read_found(layer, file);
    }
  }

  // The folder beside libunitls is a plugin folder unless the file in it says otherwise.
  void read_beside(const fs::path &folder) {
    const fs::path file = folder / "backends.toml";
    const std::size_t before = result_.files.size();
    if (!read_found(registry_layer::beside, file)) {
      registry only_folder;
      only_folder.file = file;
      result_.files.push_back({registry_layer::beside, std::move(only_folder)});
    }
    if (result_.files.size() > before && !result_.files.back().content.plugin_dirs) {
      result_.files.back().content.plugin_dirs = {folder};
    }
  }

  void tell(const std::string &line) { result_.told.push_back(line); }

  registry_files finish() {
    if (!entries_count_) {
      set_entries_aside();
    }
    return std::move(result_);
  }

private:
  // What UNITLS_REGISTRY replaces, unless a policy says that only the administrator names the libraries.
  void set_entries_aside() {
    const bool names_backends = !result_.rules.backends.empty();
    const bool names_layers = !result_.rules.allow_layers.empty();
    for (layered_registry &each : result_.files) {
      each.names_backends = names_backends || !is_administrators(each.layer);
      each.names_layers = names_layers || !is_administrators(each.layer);
    }
    tell_that_own_count(names_backends, "backends");
    tell_that_own_count(names_layers, "allow_layers");
  }

  void tell_that_own_count(bool is_so, const std::string &rule) {
    if (is_so) {
      tell("the machine's own registry names the libraries, also behind UNITLS_REGISTRY: [policy] has \"" +
           rule + "\"");
    }
  }

  void tell(registry_layer layer, const fs::path &path, const std::string &outcome) {
    tell("registry " + printable(path.native()) + " (" + name_of(layer) + "): " + outcome);
  }

  void take(registry_layer layer, registry content) {
    tell(layer, content.file,
         entries_count_ ? "read" : "read for its policy only, because UNITLS_REGISTRY is set");
    result_.warnings.insert(result_.warnings.end(), content.warnings.begin(), content.warnings.end());
    if (content.rules) {
      take_policy(layer, *content.rules);
    }
    result_.files.push_back({layer, std::move(content)});
  }

  void take_policy(registry_layer layer, const rule<policy> &rules) {
    if (is_administrators(layer)) {
      result_.rules.add(rules.value);
      return;
    }
    result_.warnings.push_back(printable(rules.at.with_column()) +
                               ": [policy] is ignored: only the machine's own registry files can set one");
  }

  // Policy fails closed: what cannot be read could hold one.
  void leave_out(registry_layer layer, const fs::path &path, const refusal &reason) {
    const std::string whole = reason.what();
    tell(layer, path, "left out: " + whole);
    result_.warnings.push_back(whole);
    if (is_administrators(layer)) {
      constexpr auto because = " (a policy in it could not be read)";
      policy unknown;
      unknown.mistake = whole + because;
      unknown.brief_mistake = explained_elsewhere(reason) + because;
      result_.rules.add(unknown);
    }
  }

  registry_files result_;
  bool entries_count_ = true;
};

} // namespace

fixed_places own_places() {
  fixed_places places;
  places.system = "/etc/unitls";
  Dl_info own{};
  if (::dladdr(reinterpret_cast<const void *>(&own_places), &own) == 0 || own.dli_fname == nullptr) {
    return places;
  }
  // dladdr gives the path as it was opened: a symbolic link in a development tree leads to the real folder.
  std::error_code error;
  const fs::path library = fs::canonical(own.dli_fname, error);
  if (!error) {
    places.beside = library.parent_path() / "unitls";
  }
  return places;
}

registry_files read_registry_files(const environment &variables, const fixed_places &places,
                                   const std::optional<fs::path> &of_program) {
  collector all;
  if (variables.elevated) {
    all.tell("this process is elevated: environment variables and the user's registry are ignored");
  }
  if (of_program) {
    all.read_named(registry_layer::program, *of_program, "registry_path");
  }
  if (variables.registry) {
    all.read_named(registry_layer::environment, *variables.registry, "UNITLS_REGISTRY");
    all.set_entries_count(false);
  } else if (variables.config_home) {
    all.read_found(registry_layer::user, fs::path(*variables.config_home) / "unitls" / "backends.toml");
  } else {
    all.tell("registry (user): none for root, in an elevated process and without a home folder");
  }
  all.read_found(registry_layer::system, places.system / "backends.toml");
  all.read_folder(registry_layer::system, places.system / "backends.d");
  if (!places.beside.empty()) {
    all.read_beside(places.beside);
  }
  return all.finish();
}

} // namespace unitls::loader
