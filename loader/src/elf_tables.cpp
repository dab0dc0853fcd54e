#include "elf_tables.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <string>

namespace unitls::loader {
namespace {

using symbol = ElfW(Sym);
using address = ElfW(Addr);

// More than any plugin exports, in one bucket and in all.
constexpr std::uint64_t longest_chain = 65536;
constexpr std::uint64_t most_hash_bytes = std::uint64_t{16} * 1024 * 1024;

// On each of its platforms the dynamic linker asserts which kind of relocations an object has.
#if defined(__i386__) || defined(__arm__)
constexpr std::uint64_t kind_of_relocations = DT_REL;
#else
constexpr std::uint64_t kind_of_relocations = DT_RELA;
#endif

[[noreturn]] void damaged(const std::string &what) {
  throw refusal("is damaged: its " + what);
}

// An entry that gives an address. The size is that of another entry; without one, at least so many bytes are read.
struct table {
  std::int64_t where;
  std::int64_t size;
  std::uint64_t least;
  const char *name;
};
constexpr std::int64_t no_entry = DT_NULL;
constexpr auto tables = std::to_array<table>({
    {DT_STRTAB, DT_STRSZ, 1, "string table"},
    {DT_SYMTAB, no_entry, sizeof(symbol), "symbol table"},
    {DT_HASH, no_entry, 8, "hash table"},
    {DT_GNU_HASH, no_entry, 16, "GNU hash table"},
    {DT_RELA, DT_RELASZ, 0, "table of relocations"},
    {DT_REL, DT_RELSZ, 0, "table of relocations"},
    {DT_RELR, DT_RELRSZ, 0, "table of relative relocations"},
    {DT_JMPREL, DT_PLTRELSZ, 0, "table of relocations for calls"},
    {DT_INIT_ARRAY, DT_INIT_ARRAYSZ, 0, "table of initializers"},
    {DT_FINI_ARRAY, DT_FINI_ARRAYSZ, 0, "table of finalizers"},
    {DT_VERSYM, no_entry, sizeof(ElfW(Half)), "table of symbol versions"},
    {DT_VERNEED, no_entry, sizeof(ElfW(Verneed)), "table of needed versions"},
    {DT_VERDEF, no_entry, sizeof(ElfW(Verdef)), "table of defined versions"},
});

// Entries of which the dynamic linker takes a size for granted, or asserts it.
struct entry_size {
  std::int64_t table;
  std::int64_t entry;
  std::uint64_t bytes;
  const char *name;
};
constexpr auto entry_sizes = std::to_array<entry_size>({
    {DT_SYMTAB, DT_SYMENT, sizeof(symbol), "symbols"},
    {DT_RELA, DT_RELAENT, sizeof(ElfW(Rela)), "relocations"},
    {DT_REL, DT_RELENT, sizeof(ElfW(Rel)), "relocations"},
    {DT_RELR, DT_RELRENT, sizeof(address), "relative relocations"},
});

constexpr std::array code_entries{DT_INIT, DT_FINI};
constexpr std::array text_entries{DT_NEEDED, DT_SONAME, DT_RPATH, DT_RUNPATH, DT_AUXILIARY, DT_FILTER};

// The file as it is loaded, and what its dynamic section says of it.
class dynamic_section {
public:
  dynamic_section(const elf_bytes &file, const std::vector<segment> &segments,
                  const std::vector<dynamic_entry> &entries)
      : file_(file), segments_(segments), entries_(entries) {}

  // Of two the dynamic linker takes the last, and others the first: it may stand once.
  std::optional<std::uint64_t> value(std::int64_t tag) const {
    const auto is_wanted = [tag](const dynamic_entry &each) { return each.d_tag == tag; };
    const auto found = std::find_if(entries_.begin(), entries_.end(), is_wanted);
    if (found == entries_.end()) {
      return std::nullopt;
    }
    if (std::find_if(found + 1, entries_.end(), is_wanted) != entries_.end()) {
      damaged("dynamic section has two entries of a kind of which there is one");
    }
    return found->d_un.d_val;
  }

  // Where in the file `size` bytes at an address are.
  std::uint64_t offset(std::uint64_t at, std::uint64_t size, const std::string &name) const {
    const auto found = file_offset(segments_, at, size);
    if (!found) {
      damaged(name + " does not lie in what is loaded from the file");
    }
    return *found;
  }

  template <class Item>
  std::vector<Item> read(std::uint64_t at, std::size_t count, const char *name) const {
    const std::uint64_t bytes = std::uint64_t{count} * sizeof(Item);
    const std::uint64_t from = offset(at, bytes, name);
    if (bytes > most_hash_bytes) {
      damaged(std::string(name) + " is too large");
    }
    std::vector<Item> items(count);
    read_items(file_, from, std::span(items), name);
    return items;
  }

  void check_table(const table &each) const {
    const std::optional<std::uint64_t> where = value(each.where);
    const std::optional<std::uint64_t> size = each.size == no_entry ? each.least : value(each.size);
    if (!where) {
      return;
    }
    if (!size) {
      damaged(std::string(each.name) + " has no size");
    }
    offset(*where, std::max(*size, each.least), each.name);
  }

  void check_entry_size(const entry_size &each) const {
    if (value(each.table) && value(each.entry) != each.bytes) {
      damaged(std::string(each.name) + " have an impossible size");
    }
  }

  void check_code(std::int64_t tag) const {
    const std::optional<std::uint64_t> begin = value(tag);
    if (!begin) {
      return;
    }
    const segment *const holder = find_loaded(segments_, *begin, 1);
    if (holder == nullptr || (holder->p_flags & PF_X) == 0) {
      damaged("code to begin or to end with does not lie in an executable segment");
    }
  }

  elf_range check_texts() const {
    const std::optional<std::uint64_t> where = value(DT_STRTAB);
    const std::optional<std::uint64_t> size = value(DT_STRSZ);
    if (!where || !size || *size == 0) {
      damaged("dynamic section names no string table");
    }
    const elf_range texts{offset(*where, *size, "string table"), *size};
    char last = 'x';
    read_items(file_, texts.offset + texts.size - 1, std::span(&last, 1), "string table");
    if (last != '\0') {
      damaged("string table does not end with a zero byte");
    }
    for (const dynamic_entry &each : entries_) {
      const bool is_text =
          std::find(text_entries.begin(), text_entries.end(), each.d_tag) != text_entries.end();
      if (is_text && each.d_un.d_val >= *size) {
        damaged("dynamic section leads to a text outside of the string table");
      }
    }
    return texts;
  }

  void check_symbols() const {
    const std::optional<std::uint64_t> where = value(DT_SYMTAB);
    const std::optional<std::uint64_t> plain = value(DT_HASH);
    const std::optional<std::uint64_t> gnu = value(DT_GNU_HASH);
    if (!where || (!plain && !gnu)) {
      damaged("dynamic section names no symbol table, or no hash table for it");
    }
    const std::uint64_t count =
        std::max(plain ? count_by_hash(*plain) : 0, gnu ? count_by_gnu_hash(*gnu) : 0);
    offset(*where, count * sizeof(symbol), "symbol table"); // the count has little more than 32 bits
  }

  // Those for calls are followed when their kind is named.
  void check_kind_of_relocations() const {
    const std::optional<std::uint64_t> kind = value(DT_PLTREL);
    if (kind.has_value() != value(DT_JMPREL).has_value() ||
        kind.value_or(kind_of_relocations) != kind_of_relocations) {
      damaged("table of relocations for calls is not there, or of another platform's kind");
    }
  }

private:
  std::uint64_t count_by_hash(std::uint64_t at) const {
    constexpr auto name = "hash table";
    const auto header = read<std::uint32_t>(at, 2, name);
    const std::uint64_t buckets = header[0];
    const std::uint64_t chains = header[1];
    const auto links = read<std::uint32_t>(at, static_cast<std::size_t>(2 + buckets + chains), name);
    if (buckets == 0 ||
        std::any_of(links.begin() + 2, links.end(), [=](std::uint32_t each) { return each >= chains; })) {
      damaged("hash table leads to a symbol that is not there");
    }
    return chains;
  }

  // Buckets name the first symbol of a chain, whose last hash is odd. The chain that begins last ends last.
  std::uint64_t count_by_gnu_hash(std::uint64_t at) const {
    constexpr auto name = "GNU hash table";
    const auto header = read<std::uint32_t>(at, 4, name);
    const std::uint64_t first_symbol = header[1];
    if (!std::has_single_bit(header[2])) {
      damaged("GNU hash table has an impossible size");
    }
    const std::uint64_t filter = std::uint64_t{header[2]} * sizeof(address);
    offset(at, 16 + filter, name);
    const auto buckets = read<std::uint32_t>(at + 16 + filter, header[0], name);
    std::uint64_t last = 0;
    for (const std::uint32_t each : buckets) {
      if (each != 0 && each < first_symbol) {
        damaged("GNU hash table leads to a symbol that is not there");
      }
      last = std::max<std::uint64_t>(last, each);
    }
    if (last == 0) {
      return first_symbol;
    }
    const std::uint64_t chains = at + 16 + filter + std::uint64_t{header[0]} * 4;
    return end_of_chain(chains, first_symbol, last);
  }

  std::uint64_t end_of_chain(std::uint64_t chains, std::uint64_t first_symbol, std::uint64_t begin) const {
    for (std::uint64_t each = begin; each - begin < longest_chain; ++each) {
      const std::uint64_t at = chains + (each - first_symbol) * 4;
      if ((read<std::uint32_t>(at, 1, "GNU hash table").front() & 1U) != 0) {
        return each + 1;
      }
    }
    damaged("GNU hash table has a chain without an end");
  }

  const elf_bytes &file_;
  const std::vector<segment> &segments_;
  const std::vector<dynamic_entry> &entries_;
};

} // namespace

elf_range check_tables(const elf_bytes &file, const std::vector<segment> &segments,
                       const std::vector<dynamic_entry> &entries) {
  const dynamic_section section(file, segments, entries);
  for (const table &each : tables) {
    section.check_table(each);
  }
  for (const entry_size &each : entry_sizes) {
    section.check_entry_size(each);
  }
  for (const std::int64_t tag : code_entries) {
    section.check_code(tag);
  }
  section.check_kind_of_relocations();
  section.check_symbols();
  return section.check_texts();
}

} // namespace unitls::loader
