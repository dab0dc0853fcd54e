// The note that tells what a plugin is without running its code (backend.h, "The note").
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace unitls::loader {

struct plugin_note {
  std::uint32_t kind = 0; // UNITLS_NOTE_PLUGIN or UNITLS_NOTE_LAYER
  std::string id;
  std::string version;
  std::string description;
  std::string library_build_version;
  std::uint16_t abi_major = 0;
  std::uint16_t abi_minor = 0;
  std::vector<std::string> capabilities;
};

// Finds the note in one PT_NOTE segment. Nothing when there is none; a refusal (without the path) when it is damaged or
// there are two. `alignment` is 4 or 8.
std::optional<plugin_note> find_note(std::span<const std::byte> segment, std::size_t alignment);

} // namespace unitls::loader
