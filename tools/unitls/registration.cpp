#include "commands.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "failure.hpp"
#include "installed_file.hpp"
#include "plugin_check.hpp"
#include "text/readable.hpp"

namespace unitls::tool {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_id = 32;
constexpr mode_t library_mode = 0755;
constexpr mode_t entry_mode = 0644;
constexpr std::string_view remark = "# Written by `unitls register`";

[[noreturn]] void refuse_to_look(const fs::path &path, const std::error_code &reason) {
  throw failure(exit_code::wrong_input, "cannot look at " + path.native() + ": " + reason.message());
}

fs::path resolved(const fs::path &path) {
  std::error_code error;
  fs::path result = fs::weakly_canonical(path, error);
  if (error) {
    refuse_to_look(path, error);
  }
  return result;
}

// An absolute link of an image leads into the machine on which the image is made.
void check_inside(const fs::path &folder, const fs::path &root) {
  const fs::path leads_to = resolved(folder);
  const fs::path limit = resolved(root);
  if (std::mismatch(limit.begin(), limit.end(), leads_to.begin(), leads_to.end()).first != limit.end()) {
    throw failure(exit_code::wrong_input, folder.native() + " leads out of " + root.native() + ", to " +
                                              leads_to.native() +
                                              ": let the symbolic link on its way be relative");
  }
}

// Where a registered plugin and its registry file lie. `root` is what will be / for the programs that use it.
class registration {
public:
  // Throws failure when they would lie outside of the root.
  registration(const fs::path &root, const std::string &id)
      : root_(resolved(fs::absolute(root))), id_(id), library_("/usr/local/lib/unitls/unitls-" + id + ".so"),
        entry_("/etc/unitls/backends.d/50-" + id + ".toml") {
    check_inside(library().parent_path(), root_);
    check_inside(entry().parent_path(), root_);
  }

  fs::path library() const { return root_ / library_.relative_path(); }
  fs::path entry() const { return root_ / entry_.relative_path(); }

  std::string entry_text() const {
    std::string text(remark);
    text += ". `unitls unregister " + id_ + "` removes it, unless it has been changed.\n";
    for (const std::string &line : entry_lines()) {
      text += line + '\n';
    }
    return text;
  }

  // Whether `register` wrote this. The words of the remark may be another version's; any other line more, less or
  // changed is a person's.
  bool is_entry_text(const std::string &text) const {
    std::istringstream stream(text);
    std::string line;
    if (!std::getline(stream, line) || !line.starts_with(remark)) {
      return false;
    }
    std::vector<std::string> lines;
    while (std::getline(stream, line)) {
      if (!line.empty()) {
        lines.push_back(line);
      }
    }
    return lines == entry_lines();
  }

private:
  std::vector<std::string> entry_lines() const {
    return {"format = 1", "[backend." + id_ + "]", "library = \"" + library_.native() + "\""};
  }

  fs::path root_;
  std::string id_;
  fs::path library_; // as programs see it
  fs::path entry_;
};

bool is_there(const fs::path &path) {
  std::error_code error;
  const fs::file_type type = fs::symlink_status(path, error).type();
  if (type == fs::file_type::none) {
    refuse_to_look(path, error);
  }
  return type != fs::file_type::not_found;
}

std::string content_of(const fs::path &file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    throw failure(exit_code::wrong_input, "cannot read " + file.native() + ": " + std::strerror(errno));
  }
  return {std::istreambuf_iterator<char>(stream), {}};
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
  std::error_code error;
  const fs::file_type type = fs::status(root, error).type();
  if (type == fs::file_type::none) {
    refuse_to_look(root, error);
  }
  if (type != fs::file_type::directory) {
    throw failure(exit_code::wrong_input, "--root \"" + root + "\": there is no such folder");
  }
}

// Whether the registry file is the one that we wrote. Throws failure when it is a person's.
bool is_registered(const registration &at) {
  if (!is_there(at.entry())) {
    return false;
  }
  if (!fs::is_regular_file(at.entry()) || !at.is_entry_text(content_of(at.entry()))) {
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
  try {
    const fs::path library = fs::canonical(at.library());
    for (const candidate &each : machine_candidates()) {
      if (each.path == library) {
        return each.reason;
      }
    }
    return "the registry does not name it";
  } catch (const std::exception &caught) {
    return caught.what();
  }
}

std::string replaced(std::string text, const std::string &what, const std::string &by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

// Judges the copy that will be installed: the given file can become another one at any time. Throws failure.
plugin_check check_copy(const installed_file &copy, const candidate &given) {
  try {
    const candidate facts = read_facts(copy.hidden_path());
    if (facts.id != given.id) {
      throw failure(exit_code::wrong_input, given.path + ": became another plugin while it was read");
    }
    plugin_check checked = check_plugin(facts);
    if (!checked.broken.empty()) {
      throw failure(exit_code::no_backend, "nothing was registered: " + broken_text(checked));
    }
    return checked;
  } catch (const failure &caught) { // nobody but us knows the copy
    throw failure(caught.code(), replaced(caught.what(), copy.hidden_path(), given.path));
  }
}

void remove_both(const registration &at) {
  remove_file(at.entry()); // first: no entry may name a file that is not there
  remove_file(at.library());
}

void install(const registration &at, installed_file &library) {
  installed_file entry(at.entry(), entry_mode);
  entry.write(at.entry_text());
  library.put_into_place();
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

// As a shell reads it back.
std::string shell_word(const std::string &word) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+:@%";
  return word.find_first_not_of(plain) == std::string::npos ? word : "'" + replaced(word, "'", "'\\''") + "'";
}

} // namespace

void run_register(const register_options &options) {
  check_root(options.root);
  const bool is_this_machine = fs::equivalent(options.root, "/");
  const candidate given = read_facts(options.file);
  const registration at(options.root, given.id);
  const bool replaces = is_registered(at);
  if (!replaces && is_there(at.library())) {
    throw failure(exit_code::wrong_input,
                  at.library().native() +
                      ": is there and was not registered, and is left as it is; remove it first");
  }
  installed_file library(at.library(), library_mode);
  library.copy_from(given.path);
  const plugin_check checked = check_copy(library, given);
  replaces ? library.put_into_place() : install(at, library);
  const std::string reason = is_this_machine ? obstacle(at) : "";
  if (!reason.empty() && !replaces) {
    remove_both(at);
    throw failure(exit_code::no_backend,
                  "nothing was registered, because programs could not use it: " + reason);
  }
  std::cout << (replaces ? "replaced " : "registered ") << given.id << " ("
            << text::readable(checked.library_version) << ")\n"
            << "  library         " << text::readable(at.library().native()) << '\n'
            << "  registry file   " << text::readable(at.entry().native()) << '\n'
            << "  to undo it      unitls unregister " << given.id
            << (is_this_machine ? "" : " --root " + shell_word(options.root)) << '\n';
  if (!reason.empty()) {
    throw failure(exit_code::no_backend, "programs cannot use it: " + reason);
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
  std::cout << "removed " << text::readable(at.entry().native()) << "\nremoved "
            << text::readable(at.library().native()) << "\nto undo it, register the plugin's file again\n";
  if (const auto other = is_this_machine ? other_of(options.id) : std::nullopt) {
    std::cout << options.id << " is still there: " << text::readable(other->path) << " ("
              << text::readable(other->source) << ")\n";
  }
}

} // namespace unitls::tool
