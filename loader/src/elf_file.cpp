#include "elf_file.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <dlfcn.h>

#include "elf_layout.hpp"
#include "elf_tables.hpp"
#include "refusal.hpp"

namespace unitls::loader {
namespace {

using header = ElfW(Ehdr);

// Far more than any shared object has, and little enough to read at once.
constexpr std::size_t most_segments = 256;
constexpr std::uint64_t most_dynamic_bytes = std::uint64_t{64} * 1024;
constexpr std::uint64_t most_note_bytes = std::uint64_t{64} * 1024;
constexpr std::size_t longest_search_path = 4096;

header read_header(const elf_bytes &file, const elf_platform &platform) {
  std::array<unsigned char, EI_NIDENT> ident{};
  if (file.size < ident.size() || !file.read(0, std::as_writable_bytes(std::span(ident))) ||
      std::memcmp(ident.data(), ELFMAG, SELFMAG) != 0) {
    throw refusal("is not a shared object: it does not begin as an ELF file");
  }
  if (ident[EI_CLASS] != platform.width) {
    throw refusal(ident[EI_CLASS] == ELFCLASS32   ? "is a 32-bit object, and this process is not"
                  : ident[EI_CLASS] == ELFCLASS64 ? "is a 64-bit object, and this process is not"
                                                  : "is damaged: its ELF class is unknown");
  }
  if (ident[EI_DATA] != platform.byte_order) {
    throw refusal("has another byte order than this process");
  }
  header result{};
  read_items(file, 0, std::span(&result, 1), "header");
  if (result.e_machine != platform.machine) {
    throw refusal("is for another processor: ELF machine " + std::to_string(result.e_machine) +
                  ", and this process is " + std::to_string(platform.machine));
  }
  if (result.e_type != ET_DYN) {
    throw refusal("is not a shared object: ELF type " + std::to_string(result.e_type));
  }
  return result;
}

std::vector<segment> read_segments(const elf_bytes &file, const header &from) {
  if (from.e_phentsize != sizeof(segment) || from.e_phnum == 0 || from.e_phnum > most_segments) {
    throw refusal("is damaged: its table of segments has an impossible size");
  }
  std::vector<segment> segments(from.e_phnum);
  read_items(file, from.e_phoff, std::span(segments), "table of segments");
  return segments;
}

// The dynamic linker reserves room from the first segment's begin to the last one's end, and maps each where it says:
// one that lies outside would replace other memory of the process.
void check_loaded_ranges(const std::vector<segment> &segments, std::uint64_t file_size) {
  constexpr std::uint64_t highest_address = std::numeric_limits<ElfW(Addr)>::max();
  std::uint64_t free_from = 0;
  bool any = false;
  for (const segment &each : segments) {
    if (each.p_type != PT_LOAD) {
      continue;
    }
    any = true;
    if (each.p_filesz > each.p_memsz) {
      throw refusal("is damaged: a segment is larger in the file than in memory");
    }
    if (!is_inside(each.p_offset, each.p_filesz, file_size)) {
      throw refusal("is cut short: a segment ends past the end of the file");
    }
    if (each.p_vaddr < free_from || !is_inside(each.p_vaddr, each.p_memsz, highest_address)) {
      throw refusal("is damaged: its segments overlap or are out of order");
    }
    free_from = each.p_vaddr + each.p_memsz;
  }
  if (!any) {
    throw refusal("is damaged: it has no segment to load");
  }
}

// The one segment of a type, or none. Of two the dynamic linker would take the last, and others the first.
const segment *find_only(const std::vector<segment> &segments, std::uint32_t type) {
  const auto is_wanted = [type](const segment &each) { return each.p_type == type; };
  const auto found = std::find_if(segments.begin(), segments.end(), is_wanted);
  if (found == segments.end()) {
    return nullptr;
  }
  if (std::find_if(found + 1, segments.end(), is_wanted) != segments.end()) {
    throw refusal("is damaged: it has two segments of a kind of which there is one");
  }
  return &*found;
}

// Without the entry the dynamic linker takes the platform's default, which is an executable stack on some.
void check_stack(const std::vector<segment> &segments) {
  const segment *stack = find_only(segments, PT_GNU_STACK);
  if (stack == nullptr || (stack->p_flags & PF_X) != 0) {
    throw refusal("wants an executable stack, which every thread of the process would get; "
                  "link it with -z noexecstack");
  }
}

// The entries up to DT_NULL. Found by address and not by offset, as the dynamic linker does.
std::vector<dynamic_entry> read_dynamic(const elf_bytes &file, const std::vector<segment> &segments) {
  const segment *where = find_only(segments, PT_DYNAMIC);
  if (where == nullptr) {
    throw refusal("is not a shared object: it has no dynamic section");
  }
  if (where->p_memsz > most_dynamic_bytes) {
    throw refusal("is damaged: its dynamic section is too large");
  }
  const auto offset = file_offset(segments, where->p_vaddr, where->p_memsz);
  if (!offset) {
    throw refusal("is damaged: its dynamic section is not loaded from the file");
  }
  std::vector<dynamic_entry> entries(static_cast<std::size_t>(where->p_memsz) / sizeof(dynamic_entry));
  read_items(file, *offset, std::span(entries), "dynamic section");
  const auto end = std::find_if(entries.begin(), entries.end(),
                                [](const dynamic_entry &each) { return each.d_tag == DT_NULL; });
  if (end == entries.end()) {
    throw refusal("is damaged: its dynamic section has no end");
  }
  entries.erase(end, entries.end());
  return entries;
}

bool needs_text_relocations(const dynamic_entry &entry) {
  return entry.d_tag == DT_TEXTREL || (entry.d_tag == DT_FLAGS && (entry.d_un.d_val & DF_TEXTREL) != 0);
}

// Within the string table, which ends with a zero byte.
std::string read_text(const elf_bytes &file, std::uint64_t offset, std::uint64_t table_end) {
  const auto room = std::min<std::uint64_t>(table_end - offset, longest_search_path + 1);
  std::string text(static_cast<std::size_t>(room), '\0');
  read_items(file, offset, std::span(text), "library search path");
  const std::size_t end = text.find('\0');
  if (end == std::string::npos) {
    throw refusal("is damaged: its library search path has no end");
  }
  text.resize(end);
  return text;
}

// What follows $ORIGIN, or the whole of an absolute path; nothing for a folder that cannot be told beforehand.
std::optional<std::string_view> fixed_part(std::string_view folder) {
  for (const std::string_view origin : {"$ORIGIN", "${ORIGIN}"}) {
    if (folder.starts_with(origin)) {
      const std::string_view rest = folder.substr(origin.size());
      return rest.empty() || rest.starts_with('/') ? std::optional(rest) : std::nullopt;
    }
  }
  return folder.starts_with('/') ? std::optional(folder) : std::nullopt;
}

search_folder read_folder(std::string_view folder) {
  const std::optional<std::string_view> fixed = fixed_part(folder);
  if (!fixed || fixed->find('$') != std::string_view::npos) {
    throw refusal("searches its libraries in \"" + printable(folder) +
                  "\": every folder of RPATH and RUNPATH must be absolute or begin with $ORIGIN, "
                  "and hold no other variable");
  }
  return {folder.starts_with('$'), std::string(*fixed)};
}

void read_search_path(std::string_view search_path, std::vector<search_folder> &into) {
  for (std::size_t begin = 0; begin <= search_path.size();) {
    const std::size_t end = std::min(search_path.find(':', begin), search_path.size());
    into.push_back(read_folder(search_path.substr(begin, end - begin)));
    begin = end + 1;
  }
}

// Where libraries are searched for. Every entry counts: which of them the dynamic linker takes is its own affair.
std::vector<search_folder> check_dynamic(const elf_bytes &file, const std::vector<segment> &segments) {
  const std::vector<dynamic_entry> entries = read_dynamic(file, segments);
  if (std::any_of(entries.begin(), entries.end(), needs_text_relocations)) {
    throw refusal("has text relocations, which need writable code; compile it with -fPIC");
  }
  const elf_range texts = check_tables(file, segments, entries);
  std::vector<search_folder> folders;
  for (const dynamic_entry &each : entries) {
    if (each.d_tag == DT_RPATH || each.d_tag == DT_RUNPATH) {
      read_search_path(read_text(file, texts.offset + each.d_un.d_val, texts.offset + texts.size), folders);
    }
  }
  return folders;
}

std::vector<elf_notes> read_notes(const elf_bytes &file, const std::vector<segment> &segments) {
  std::vector<elf_notes> result;
  std::uint64_t total = 0;
  for (const segment &each : segments) {
    if (each.p_type != PT_NOTE) {
      continue;
    }
    total += std::min<std::uint64_t>(each.p_filesz, most_note_bytes + 1);
    if (total > most_note_bytes) {
      throw refusal("is damaged: its notes are too large");
    }
    elf_notes notes{each.p_align == 8 ? 8U : 4U,
                    std::vector<std::byte>(static_cast<std::size_t>(each.p_filesz))};
    read_items(file, each.p_offset, std::span(notes.bytes), "note");
    result.push_back(std::move(notes));
  }
  return result;
}

} // namespace

elf_platform own_platform() {
  Dl_info where{};
  const auto *address = reinterpret_cast<const void *>(&own_platform);
  header own{};
  if (dladdr(address, &where) == 0 || where.dli_fbase == nullptr) {
    throw refusal("cannot find the ELF header of this process", UNITLS_E_INTERNAL);
  }
  std::memcpy(&own, where.dli_fbase, sizeof own);
  if (std::memcmp(own.e_ident, ELFMAG, SELFMAG) != 0) {
    throw refusal("cannot read the ELF header of this process", UNITLS_E_INTERNAL);
  }
  return {own.e_ident[EI_CLASS], own.e_ident[EI_DATA], own.e_machine};
}

elf_facts check_elf(const elf_bytes &file, const elf_platform &platform) {
  const std::vector<segment> segments = read_segments(file, read_header(file, platform));
  check_loaded_ranges(segments, file.size);
  check_stack(segments);
  std::vector<search_folder> folders = check_dynamic(file, segments);
  return {read_notes(file, segments), std::move(folders)};
}

} // namespace unitls::loader
