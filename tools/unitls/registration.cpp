#include "commands.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "failure.hpp"
#include "installed_file.hpp"
#include "plugin_check.hpp"

namespace unitls::tool {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_id = 32;
constexpr mode_t library_mode = 0755;
constexpr mode_t entry_mode = 0644;

// Where a registered plugin and its registry file lie. `root` is what will be / for the programs that use it.
class registration {
public:
  registration(fs::path root, const std::string &id)
      : root_(fs::absolute(root)), id_(id), library_("/usr/local/lib/unitls/unitls-" + id + ".so"),
        entry_("/etc/unitls/backends.d/50-" + id + ".toml") {}

  fs::path library() const { return root_ / library_.relative_path(); }
  fs::path entry() const { return root_ / entry_.relative_path(); }

  // The whole registry file. Nothing in it varies: whatever differs was written by a person.
  std::string entry_text() const {
    return "# Written by `unitls register`. `unitls unregister " + id_ +
           "` removes it, unless it has been changed.\n"
           "format = 1\n\n[backend." +
           id_ + "]\nlibrary = \"" + library_.native() + "\"\n";
  }

private:
  fs::path root_;
  std::string id_;
  fs::path library_; // as programs see it
  fs::path entry_;
};

bool is_there(const fs::path &path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() != fs::file_type::not_found;
}

// An id that is none must not become a part of a path.
void check_id(const std::string &id) {
  const bool is_id =
      !id.empty() && id.size() <= longest_id && std::all_of(id.begin(), id.end(), [](char each) {
        return (each >= 'a' && each <= 'z') || (each >= '0' && each <= '9') || each == '-';
      });
  if (!is_id) {
    throw failure(exit_code::wrong_input,
                  "\"" + id + "\" is not an id: it has up to 32 small letters, digits and hyphens");
  }
}

void check_root(const std::string &root) {
  if (!fs::is_directory(root)) {
    throw failure(exit_code::wrong_input, root + ": there is no such folder");
  }
}

// Whether the registry file is the one that we wrote. Throws failure when it is a person's.
bool is_registered(const registration &at) {
  if (!is_there(at.entry())) {
    return false;
  }
  std::ifstream file(at.entry(), std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text != at.entry_text()) {
    throw failure(
        exit_code::wrong_input,
        at.entry().native() +
            ": was changed by hand, and is left as it is; remove it yourself, or write there what it "
            "is to say");
  }
  return true;
}

void remove_file(const fs::path &file) {
  std::error_code error;
  if (!fs::remove(file, error) && error) {
    throw failure(exit_code::wrong_input, "cannot remove " + file.native() + ": " + error.message());
  }
}

std::vector<candidate> machine_candidates() {
  // What a person's environment asks for is not how the machine is set up.
  for (const char *each : {"UNITLS_BACKEND", "UNITLS_REGISTRY", "UNITLS_LAYERS", "XDG_CONFIG_HOME", "HOME"}) {
    ::unsetenv(each);
  }
  return loader{}.candidates();
}

// Why programs will not use the file as it is registered now; empty when they can.
std::string obstacle(const registration &at) {
  const fs::path library = fs::canonical(at.library());
  for (const candidate &each : machine_candidates()) {
    if (each.path == library) {
      return each.reason;
    }
  }
  return "the registry does not name it";
}

void replace(const registration &at, const std::string &file) {
  installed_file library(at.library(), library_mode);
  library.copy_from(file);
  library.put_into_place();
}

void remove_both(const registration &at) {
  remove_file(at.entry()); // first: no entry may name a file that is not there
  remove_file(at.library());
}

void install(const registration &at, const std::string &file) {
  installed_file entry(at.entry(), entry_mode);
  entry.write(at.entry_text());
  replace(at, file);
  try {
    entry.put_into_place();
  } catch (...) {
    remove_file(at.library());
    throw;
  }
}

// The one that still stands for the id; nothing when none does.
std::optional<candidate> other_of(const std::string &id) {
  for (candidate &each : machine_candidates()) {
    if (each.id == id && each.state != candidate_state::masked) {
      return std::move(each);
    }
  }
  return std::nullopt;
}

std::string how_to_remove(const candidate &item) {
  constexpr std::string_view found = "found in ";
  return item.source.starts_with(found) ? "it was " + item.source + ": remove " + item.path
                                        : "it is named by " + item.source + ": remove that entry yourself";
}

} // namespace

void run_register(const register_options &options) {
  check_root(options.root);
  const candidate facts = read_facts(options.file);
  const std::string &id = facts.id;
  const registration at(options.root, id);
  const bool replaces = is_registered(at);
  if (!replaces && is_there(at.library())) {
    throw failure(exit_code::wrong_input,
                  at.library().native() +
                      ": is there and was not registered, and is left as it is; remove it first");
  }
  const plugin_check checked = check_plugin(facts);
  if (!checked.broken.empty()) {
    throw failure(exit_code::no_backend, "nothing was registered: " + broken_text(checked));
  }
  (replaces ? replace : install)(at, facts.path);
  const bool is_this_machine = fs::equivalent(options.root, "/");
  const std::string reason = is_this_machine ? obstacle(at) : "";
  if (!reason.empty() && !replaces) {
    remove_both(at);
    throw failure(exit_code::no_backend,
                  "nothing was registered, because programs could not use it: " + reason);
  }
  std::cout << (replaces ? "replaced " : "registered ") << id << " (" << checked.library_version << ")\n"
            << "  library         " << at.library().native() << '\n'
            << "  registry file   " << at.entry().native() << '\n'
            << "  to undo it      unitls unregister " << id << '\n';
  if (!reason.empty()) {
    std::cout << "programs cannot use it: " << reason << '\n';
  }
}

void run_unregister(const unregister_options &options) {
  check_id(options.id);
  check_root(options.root);
  const registration at(options.root, options.id);
  const bool is_this_machine = fs::equivalent(options.root, "/");
  if (!is_registered(at)) {
    const auto other = is_this_machine ? other_of(options.id) : std::nullopt;
    throw failure(exit_code::wrong_input,
                  options.id + " was not registered by `unitls register`" +
                      (other ? "; " + how_to_remove(*other) : ": there is no " + at.entry().native()));
  }
  remove_both(at);
  std::cout << "removed " << at.entry().native() << "\nremoved " << at.library().native()
            << "\nto undo it, register the plugin's file again\n";
  if (const auto other = is_this_machine ? other_of(options.id) : std::nullopt) {
    std::cout << options.id << " is still there: " << other->path << " (" << other->source << ")\n";
  }
}

} // namespace unitls::tool
