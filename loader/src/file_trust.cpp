#include "file_trust.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
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

// In a sticky folder others can add files and touch no file of another owner; whose the next component is, is judged
// with that component.
bool is_mode_trusted(const path_component &each) {
  const bool is_sticky_folder = S_ISDIR(each.mode) && (each.mode & S_ISVTX) != 0;
  return (each.mode & writable_by_others) == 0 || is_sticky_folder;
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

// Which component is meant stands in the command: an error has little room for paths.
std::string reason_of(const path_component &first, std::optional<uid_t> user) {
  const std::string mode = "mode " + octal(first.mode);
  return is_owner_trusted(first, user)
             ? "others may change it, by " + mode
             : "user " + std::to_string(first.owner) + " may change it, as an owner (" + mode + ")";
}

// One command, since the next bad component would otherwise be told only when this one is mended.
std::string command_for(std::span<const path_component> way, std::optional<uid_t> user) {
  std::string owners;
  std::string modes;
  for (const path_component &each : way) {
    owners += is_owner_trusted(each, user) ? "" : " " + shell_word(each.path);
    modes += is_mode_trusted(each) ? "" : " " + shell_word(each.path);
  }
  std::string command = owners.empty() ? "" : "chown root" + owners;
  if (!modes.empty()) {
    command += (command.empty() ? "" : " && ") + std::string("chmod go-w") + modes;
  }
  return command;
}

path_component look_at(const fs::path &folder) {
  struct stat facts {};
  if (::lstat(folder.c_str(), &facts) != 0) {
    throw refusal("the folder " + printable(folder.native()) +
                  " above it cannot be looked at: " + std::generic_category().message(errno));
  }
  // The path had no symbolic link a moment ago.
  if (!S_ISDIR(facts.st_mode)) {
    throw refusal(printable(folder.native()) + " above it was replaced while it was looked at");
  }
  return {folder.native(), facts.st_mode, facts.st_uid};
}

std::vector<path_component> way_to(const regular_file &file) {
  std::vector<path_component> way{{file.path().native(), file.mode(), file.owner()}};
  for (fs::path folder = file.path().parent_path(); way.back().path != "/"; folder = folder.parent_path()) {
    way.push_back(look_at(folder));
  }
  std::reverse(way.begin(), way.end());
  return way;
}

} // namespace

std::string find_distrust(std::span<const path_component> way, std::optional<uid_t> user) {
  const auto first = std::find_if(way.begin(), way.end(), [user](const path_component &each) {
    return !is_owner_trusted(each, user) || !is_mode_trusted(each);
  });
  if (first == way.end()) {
    return "";
  }
  return reason_of(*first, user) + "; " + command_for(way, user);
}

std::optional<uid_t> trusted_user() noexcept {
  const uid_t user = ::geteuid();
  const bool is_borrower = ::getauxval(AT_SECURE) != 0 && user == ::getuid();
  return is_borrower ? std::nullopt : std::optional<uid_t>(user);
}

void check_file_trust(const regular_file &file) {
  std::string distrust;
  try {
    distrust = find_distrust(way_to(file), trusted_user());
  } catch (const refusal &reason) {
    distrust = reason.what();
  }
  if (!distrust.empty()) {
    throw refusal(printable(file.path().native()) + ": " + distrust, UNITLS_E_INVALID);
  }
}

fs::path canonical_path(const fs::path &file) {
  std::error_code error;
  const fs::path canonical = fs::canonical(file, error);
  return error ? fs::absolute(file) : canonical;
}

} // namespace unitls::loader
