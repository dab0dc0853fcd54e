// A plugin file that was looked at and not loaded.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <sys/types.h>

#include <unitls/backend.h>

#include "note.hpp"

namespace unitls::loader {

struct plugin_file {
  std::string path; // absolute and canonical
  dev_t device = 0;
  ino_t inode = 0;
  plugin_note note;
};

// Who says which file it is. What a registry names, or a folder has, nobody may be able to change but root and the user
// of this process. A person who types a path is to know what he loads.
enum class named_by { registry, person };

// Checks file, ELF headers and note; runs nothing of the file. An `expected_id` that is not empty must be the note's, and
// `kind` is (UNITLS_NOTE_...). Throws a refusal that begins with the path.
plugin_file inspect_plugin_file(const std::filesystem::path &file, std::string_view expected_id = {},
                                std::uint32_t kind = UNITLS_NOTE_PLUGIN, named_by who = named_by::registry);

// Whether this host can work with a plugin of that ABI (backend.h, U-02).
bool is_abi_accepted(std::uint16_t major, std::uint16_t minor) noexcept;

// "ABI mismatch: host 0.1, plugin 0.2"
std::string abi_mismatch(std::uint16_t major, std::uint16_t minor);

} // namespace unitls::loader
