// The parts of an ELF file, and where they lie in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <elf.h>
#include <link.h>

#include "elf_file.hpp"
#include "refusal.hpp"

namespace unitls::loader {

using segment = ElfW(Phdr);
using dynamic_entry = ElfW(Dyn);

// Offset and size by subtraction, so that nothing overflows.
constexpr bool is_inside(std::uint64_t offset, std::uint64_t size, std::uint64_t whole) {
  return offset <= whole && size <= whole - offset;
}

// Throws a refusal that names `what`, when it is not all there.
template <class Item>
void read_items(const elf_bytes &file, std::uint64_t offset, std::span<Item> items, const char *what) {
  static_assert(std::is_trivially_copyable_v<Item>);
  if (!is_inside(offset, items.size_bytes(), file.size) ||
      !file.read(offset, std::as_writable_bytes(items))) {
    throw refusal(std::string("is cut short: its ") + what + " lies past the end of the file");
  }
}

// The segment that loads `size` bytes at an address from the file; NULL when none does.
const segment *find_loaded(const std::vector<segment> &segments, std::uint64_t address, std::uint64_t size);

// Where in the file they come from.
std::optional<std::uint64_t> file_offset(const std::vector<segment> &segments, std::uint64_t address,
                                         std::uint64_t size);

} // namespace unitls::loader
