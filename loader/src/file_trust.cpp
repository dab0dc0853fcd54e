#include "file_trust.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string_view>
#include <system_error>
#include <vector>

#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "refusal.hpp"

namespace unitls::loader {
namespace {

namespace fs = std::filesystem;

constexpr mode_t writable_by_others = S_IWGRP | S_IWOTH;

bool is_owner_trusted(const path_component &each, std::optional<uid_t> user) {
  return each.owner == 0 || each.owner == user;
}

bool is_writable_by_others(const path_component &each) {
  return !S_ISLNK(each.mode) && (each.mode & writable_by_others) != 0; // nobody writes to a link
}

// In a sticky folder others can add files and touch no file of another owner; whose the next component is, is judged
// with that component.
bool is_sticky_folder(const path_component &each) {
  return S_ISDIR(each.mode) && (each.mode & S_ISVTX) != 0;
}

bool is_mode_trusted(const path_component &each) {
  return !is_writable_by_others(each) || is_sticky_folder(each);
}

// The sticky bit does not help the folder from which something is loaded. NULL for any other.
const path_component *find_folder_to_load_from(std::span<const path_component> way, trusted_as use) {
  if (use == trusted_as::registry) {
    return nullptr;
  }
  const auto last =
      std::find_if(way.rbegin(), way.rend(), [](const path_component &each) { return S_ISDIR(each.mode); });
  return last != way.rend() ? &*last : nullptr;
}

std::string octal(mode_t mode) {
  std::array<char, 8> text{};
  (void)std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode) & 07777U);
  return text.data();
}

// As a shell takes it for one word.
std::string shell_word(const std::string &text) {
  constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+:,@=";
  std::string shown = printable(text);
  if (shown.find_first_not_of(plain) == std::string::npos) {
    return shown;
  }
  std::string word = "'";
  for (const char each : shown) {
    word += each == '\'' ? std::string("'\\''") : std::string(1, each);
  }
  return word + "'";
}

// Where a command would do harm: the home of a person belongs to him, and /tmp has to be for everybody.
std::string remedy_by_copy(const path_component &what, trusted_as use) {
  switch (use) {
  case trusted_as::plugin:
    return "install a copy, as root: unitls register " + shell_word(what.path);
  case trusted_as::library_folder:
    return "link it without this folder in its RUNPATH";
  case trusted_as::registry:
  case trusted_as::layer:
    break;
  }
  return "use a copy in a folder that nobody else may change";
}

// One command, since the next bad component would otherwise be told only when this one is mended. Only what is meant
// itself may change its owner.
std::string remedy_for(std::span<const path_component> way, trusted_as use, std::optional<uid_t> user) {
  const path_component &what = way.back();
  const path_component *const loads_from = find_folder_to_load_from(way, use);
  std::string modes;
  for (const path_component &each : way) {
    const bool is_open_to_all = &each == loads_from && is_writable_by_others(each) && is_sticky_folder(each);
    if (is_open_to_all || (!is_owner_trusted(each, user) && (&each != &what || !S_ISREG(each.mode)))) {
      return remedy_by_copy(what, use);
    }
    modes += is_mode_trusted(each) ? "" : " " + shell_word(each.path);
  }
  std::string command = is_owner_trusted(what, user) ? "" : "chown root " + shell_word(what.path);
  if (!modes.empty()) {
    command += (command.empty() ? "" : " && ") + std::string("chmod go-w") + modes;
  }
  return command;
}

// Whether a user has a number in this process's user namespace. Where /proc is missing, nothing else can be told.
bool is_mapped(uid_t user) {
  std::ifstream map("/proc/self/uid_map");
  if (!map) {
    return true;
  }
  for (std::uint64_t inside = 0, outside = 0, count = 0; map >> inside >> outside >> count;) {
    if (user >= inside && user - inside < count) {
      return true;
    }
  }
  return false;
}

// In a namespace without root his files cannot be told from those of anybody else who has no number in it.
void throw_distrust(const std::string &begin, const distrust &found) {
  if (found.is_by_owner && !is_mapped(0)) {
    throw refusal(
        begin + "root has no number in this user namespace, so that nobody can tell whose files these are; "
                "run the program in one that maps root",
        UNITLS_E_INVALID);
  }
  throw refusal(begin + found.reason + "; " + found.remedy,
                begin + found.reason + " of " + printable(found.component), UNITLS_E_INVALID);
}

std::optional<path_component> look_if_there(const fs::path &path) {
  struct stat facts {};
  if (::lstat(path.c_str(), &facts) == 0) {
    return path_component{path.native(), facts.st_mode, facts.st_uid};
  }
  if (errno != ENOENT) {
    throw refusal(printable(path.native()) +
                  " cannot be looked at: " + std::generic_category().message(errno));
  }
  return std::nullopt;
}

path_component look_at(const fs::path &folder) {
  const std::optional<path_component> found = look_if_there(folder);
  // The path was there, and had no symbolic link, a moment ago.
  if (!found || !S_ISDIR(found->mode)) {
    throw refusal(printable(folder.native()) + " above it was replaced while it was looked at");
  }
  return *found;
}

std::vector<path_component> way_to(const regular_file &file) {
  std::vector<path_component> way{{file.path().native(), file.mode(), file.owner()}};
  for (fs::path folder = file.path().parent_path(); way.back().path != "/"; folder = folder.parent_path()) {
    way.push_back(look_at(folder));
  }
  std::reverse(way.begin(), way.end());
  return way;
}

// The parts of a path that are still to be walked, the next one last.
std::vector<fs::path> parts_of(const fs::path &path) {
  std::vector<fs::path> parts(path.begin(), path.end());
  std::reverse(parts.begin(), parts.end());
  return parts;
}

// Everything that the kernel walks over, symbolic links too, up to the last folder that is there: who may write to that
// could make the rest.
std::vector<path_component> way_of_kernel(const fs::path &folder) {
  constexpr int most_links = 40; // as the kernel has it
  int links = 0;
  fs::path here = "/";
  std::vector<path_component> way;
  for (std::vector<fs::path> left = parts_of(folder); !left.empty();) {
    const fs::path part = left.back();
    left.pop_back();
    if (part.empty() || part == ".") {
      continue;
    }
    const fs::path next = part == ".." ? here.parent_path() : here / part; // an absolute part begins anew
    const std::optional<path_component> found = look_if_there(next.empty() ? "/" : next);
    if (!found) {
      break;
    }
    way.push_back(*found);
    if (!S_ISLNK(found->mode)) {
      here = next;
      continue;
    }
    if (++links > most_links) {
      throw refusal(printable(folder.native()) + " leads through too many symbolic links");
    }
    std::error_code error;
    const std::vector<fs::path> target = parts_of(fs::read_symlink(next, error));
    if (error) {
      throw refusal(printable(next.native()) + " was replaced while it was looked at");
    }
    left.insert(left.end(), target.begin(), target.end());
  }
  return way;
}

} // namespace

std::optional<distrust> find_distrust(std::span<const path_component> way, trusted_as use,
                                      std::optional<uid_t> user) {
  const path_component *const loads_from = find_folder_to_load_from(way, use);
  for (const path_component &each : way) {
    const std::string mode = "mode " + octal(each.mode);
    if (!is_owner_trusted(each, user)) {
      return distrust{"user " + std::to_string(each.owner) + " may change it, as an owner (" + mode + ")",
                      each.path, remedy_for(way, use, user), true};
    }
    if (!is_mode_trusted(each)) {
      return distrust{"others may change it, by " + mode, each.path, remedy_for(way, use, user)};
    }
    if (&each == loads_from && is_writable_by_others(each)) {
      return distrust{"others may put libraries beside it, by " + mode, each.path,
                      remedy_for(way, use, user)};
    }
  }
  return std::nullopt;
}

std::optional<uid_t> trusted_user() {
  const uid_t user = ::geteuid();
  const bool is_borrower = ::getauxval(AT_SECURE) != 0 && user == ::getuid();
  return is_borrower || !is_mapped(user) ? std::nullopt : std::optional<uid_t>(user);
}

void check_file_trust(const regular_file &file, trusted_as use) {
  const std::string begin = printable(file.path().native()) + ": ";
  std::optional<distrust> found;
  try {
    found = find_distrust(way_to(file), use, trusted_user());
  } catch (const refusal &reason) {
    throw refusal(begin + reason.what(), UNITLS_E_INVALID);
  }
  if (found) {
    throw_distrust(begin, *found);
  }
}

void check_library_folder(const fs::path &folder) {
  const std::string begin = "searches its libraries in " + printable(folder.native()) + ": ";
  if (const auto found = find_distrust(way_of_kernel(folder), trusted_as::library_folder, trusted_user())) {
    throw_distrust(begin, *found);
  }
}

fs::path canonical_path(const fs::path &file) {
  std::error_code error;
  fs::path canonical = fs::canonical(file, error);
  if (!error) {
    return canonical;
  }
  const fs::path absolute = fs::absolute(file, error);
  return error ? file : absolute;
}

} // namespace unitls::loader
