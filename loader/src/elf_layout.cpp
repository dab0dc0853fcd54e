#include "elf_layout.hpp"

#include <algorithm>

namespace unitls::loader {

const segment *find_loaded(const std::vector<segment> &segments, std::uint64_t address, std::uint64_t size) {
  const auto found = std::find_if(segments.begin(), segments.end(), [=](const segment &each) {
    return each.p_type == PT_LOAD && address >= each.p_vaddr &&
           is_inside(address - each.p_vaddr, size, each.p_filesz);
  });
  return found != segments.end() ? &*found : nullptr;
}

std::optional<std::uint64_t> file_offset(const std::vector<segment> &segments, std::uint64_t address,
                                         std::uint64_t size) {
  const segment *const found = find_loaded(segments, address, size);
  return found != nullptr ? std::optional<std::uint64_t>(found->p_offset + (address - found->p_vaddr))
                          : std::nullopt;
}

} // namespace unitls::loader
