// Whether a file may be given to dlopen. Parses outside data: every offset and size is checked before use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace unitls::loader {

// The bytes of a file. `read` fills the span from the offset, or answers false when the file ends before.
struct elf_bytes {
  std::uint64_t size = 0;
  std::function<bool(std::uint64_t offset, std::span<std::byte> into)> read;
};

// What a shared object must be to fit into a process (ELF's EI_CLASS, EI_DATA and e_machine).
struct elf_platform {
  std::uint8_t width = 0;
  std::uint8_t byte_order = 0;
  std::uint16_t machine = 0;
};

// One PT_NOTE segment.
struct elf_notes {
  std::size_t alignment = 4;
  std::vector<std::byte> bytes;
};

// A folder in which the dynamic linker would search for what the object is linked to.
struct search_folder {
  bool is_below_origin = false; // the folder of the object itself
  std::string path;             // absolute, or what follows that folder
};

struct elf_facts {
  std::vector<elf_notes> notes;
  std::vector<search_folder> search_folders;
};

// That of this process.
elf_platform own_platform();

/*
 * Checks that the dynamic linker can map the file without harm to the process. Refused, each by its own sentence (a
 * refusal without the path):
 *   - another platform, a program, or no ELF file at all;
 *   - a segment that is not wholly inside the file: dlopen would end the process with SIGBUS;
 *   - an executable stack, which would be made executable for every thread of the process;
 *   - text relocations;
 *   - a table of the dynamic section that does not lie in what is loaded from the file (elf_tables.hpp);
 *   - a library search path with a relative or empty part.
 * What stands in relocations and in code is not looked at.
 */
elf_facts check_elf(const elf_bytes &file, const elf_platform &platform);

} // namespace unitls::loader
