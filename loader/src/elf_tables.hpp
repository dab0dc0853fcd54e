// The tables that a dynamic section names. The dynamic linker follows each address without a look at it.
#pragma once

#include <cstdint>
#include <vector>

#include "elf_layout.hpp"

namespace unitls::loader {

// A part of a file, by offset.
struct elf_range {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

/*
 * Checks that every table lies, with its size, in what one segment loads from the file; that the entries of symbols and
 * relocations have the size that the dynamic linker takes for granted; that the hash tables lead to no symbol outside of
 * the symbol table, and the dynamic section to no text outside of the string table, which must end with a zero byte; and
 * that code to run begins in an executable segment. Throws a refusal without the path. Returns where the string table
 * lies.
 */
elf_range check_tables(const elf_bytes &file, const std::vector<segment> &segments,
                       const std::vector<dynamic_entry> &entries);

} // namespace unitls::loader
