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

// What is looked at. In the folder of a plugin or a layer, and in one where the dynamic linker searches for libraries,
// others may not even put a file of their own: it would be loaded.
enum class trusted_as { registry, plugin, layer, library_folder };

// Why a way cannot be relied on.
struct distrust {
  std::string reason;    // "others may change it, by mode 0777"
  std::string component; // the first of which this is true
  std::string remedy;    // what mends all of them: a command, or what to do
  bool is_by_owner = false;
};

// Whoever owns a component, or may write to it, can change what the path leads to. `way` begins with the root folder and
// ends with the file or folder that is meant. Besides root only `user` is trusted, if any. Nothing for a way that can be
// relied on.
std::optional<distrust> find_distrust(std::span<const path_component> way, trusted_as use,
                                      std::optional<uid_t> user);

// Whose files this process relies on besides root's: those of its effective user, who is nobody to rely on where he has
// borrowed the rights of a set-group-id program or of one with capabilities, or where his number means everybody who has
// none in a user namespace.
std::optional<uid_t> trusted_user();

// The file was opened by a canonical path. Throws a refusal that begins with it.
void check_file_trust(const regular_file &file, trusted_as use);

// The same for a folder that the dynamic linker would search, and that it reaches through symbolic links or that may not
// be there. Throws a refusal without a path.
void check_library_folder(const std::filesystem::path &folder);

// Without symbolic links, where there is such a file; else as it is, made absolute if it can be: opening it tells what is
// wrong.
std::filesystem::path canonical_path(const std::filesystem::path &file);

} // namespace unitls::loader
