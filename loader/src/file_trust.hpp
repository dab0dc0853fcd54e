// Whether nobody but root and this process's user can change a file.
#pragma once

#include <optional>
#include <span>
#include <string>

#include <sys/types.h>

#include "regular_file.hpp"

namespace unitls::loader {

// A folder or a file on the way from the root folder to a file, and what stat() tells of it.
struct path_component {
  std::string path;
  mode_t mode = 0;
  uid_t owner = 0;
};

// Whoever owns a component, or may write to it, can change what the path leads to. `way` begins with the root folder and
// ends with the file, without symbolic links. Besides root only `user` is trusted, if any. Empty for a file that can be
// relied on; else the sentence that tells the first such component and what mends them all.
std::string find_distrust(std::span<const path_component> way, std::optional<uid_t> user);

// Whose files this process relies on besides root's: those of its effective user, who is nobody to rely on where he has
// borrowed the rights of a set-group-id program or of one with capabilities.
std::optional<uid_t> trusted_user() noexcept;

// The file was opened by a canonical path. Throws a refusal that begins with it.
void check_file_trust(const regular_file &file);

// Without symbolic links, where there is such a file; else absolute: opening it tells what is wrong.
std::filesystem::path canonical_path(const std::filesystem::path &file);

} // namespace unitls::loader
