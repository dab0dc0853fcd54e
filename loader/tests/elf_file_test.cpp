#include "elf_file.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <string>

#include <doctest/doctest.h>
#include <link.h>

#include "plugin_file.hpp"
#include "refusal.hpp"

using namespace unitls::loader;

namespace {

std::vector<std::byte> read_file(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> good_plugin() {
  auto bytes = read_file(MOCK_FOLDER "/unitls-good.so");
  REQUIRE(bytes.size() > sizeof(ElfW(Ehdr)));
  return bytes;
}

elf_bytes source_of(std::span<const std::byte> bytes) {
  return {bytes.size(), [bytes](std::uint64_t offset, std::span<std::byte> into) {
            if (offset > bytes.size() || into.size() > bytes.size() - offset) {
              return false;
            }
            std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
            return true;
          }};
}

// The sentence of the refusal; empty when the file is accepted.
std::string complaint(std::span<const std::byte> bytes) {
  try {
    check_elf(source_of(bytes), own_platform());
  } catch (const refusal &reason) {
    return reason.what();
  }
  return "";
}

bool contains(const std::string &text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

template <class Item>
Item item_at(const std::vector<std::byte> &bytes, std::size_t offset) {
  Item item;
  REQUIRE(offset + sizeof item <= bytes.size());
  std::memcpy(&item, bytes.data() + offset, sizeof item);
  return item;
}

template <class Item>
void put(std::vector<std::byte> &bytes, std::size_t offset, const Item &item) {
  REQUIRE(offset + sizeof item <= bytes.size());
  std::memcpy(bytes.data() + offset, &item, sizeof item);
}

std::size_t segment_offset(const std::vector<std::byte> &bytes, std::uint32_t type) {
  const auto header = item_at<ElfW(Ehdr)>(bytes, 0);
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    const std::size_t offset = header.e_phoff + i * sizeof(ElfW(Phdr));
    if (item_at<ElfW(Phdr)>(bytes, offset).p_type == type) {
      return offset;
    }
  }
  FAIL("the file has no such segment");
  return 0;
}

template <class Change>
std::string complaint_after_segment(std::uint32_t type, Change change) {
  auto bytes = good_plugin();
  const std::size_t offset = segment_offset(bytes, type);
  auto segment = item_at<ElfW(Phdr)>(bytes, offset);
  change(segment);
  put(bytes, offset, segment);
  return complaint(bytes);
}

template <class Change>
std::string complaint_after_header(Change change) {
  auto bytes = good_plugin();
  auto header = item_at<ElfW(Ehdr)>(bytes, 0);
  change(header);
  put(bytes, 0, header);
  return complaint(bytes);
}

// Writes an entry where the dynamic section ends; the linker leaves empty ones behind it.
std::string complaint_with_dynamic(std::int64_t tag, std::uint64_t value) {
  auto bytes = good_plugin();
  const auto segment = item_at<ElfW(Phdr)>(bytes, segment_offset(bytes, PT_DYNAMIC));
  std::size_t offset = segment.p_offset;
  while (item_at<ElfW(Dyn)>(bytes, offset).d_tag != DT_NULL) {
    offset += sizeof(ElfW(Dyn));
  }
  REQUIRE(offset + 2 * sizeof(ElfW(Dyn)) <= segment.p_offset + segment.p_filesz);
  ElfW(Dyn) entry{};
  entry.d_tag = tag;
  entry.d_un.d_val = value;
  put(bytes, offset, entry);
  return complaint(bytes);
}

// Nothing when there is no such entry.
std::optional<std::size_t> find_entry(const std::vector<std::byte> &bytes, std::int64_t tag) {
  const auto segment = item_at<ElfW(Phdr)>(bytes, segment_offset(bytes, PT_DYNAMIC));
  for (std::size_t offset = segment.p_offset; offset < segment.p_offset + segment.p_filesz;
       offset += sizeof(ElfW(Dyn))) {
    if (item_at<ElfW(Dyn)>(bytes, offset).d_tag == tag) {
      return offset;
    }
  }
  return std::nullopt;
}

std::size_t entry_offset(const std::vector<std::byte> &bytes, std::int64_t tag) {
  const auto found = find_entry(bytes, tag);
  REQUIRE(found.has_value());
  return found.value_or(0);
}

// What the good plugin has besides depends on how it was built: with sanitizers it calls functions of other libraries.
bool has_entry(std::int64_t tag) {
  return find_entry(good_plugin(), tag).has_value();
}

// Changes the entry of a tag that the good plugin has.
std::string complaint_after_entry(std::int64_t tag, std::uint64_t value, std::int64_t new_tag = -1) {
  auto bytes = good_plugin();
  const std::size_t offset = entry_offset(bytes, tag);
  ElfW(Dyn) entry{};
  entry.d_tag = new_tag == -1 ? tag : new_tag;
  entry.d_un.d_val = value;
  put(bytes, offset, entry);
  return complaint(bytes);
}

// Without the entry: a vendor's tag, which nobody reads.
std::string complaint_without_entry(std::int64_t tag) {
  return complaint_after_entry(tag, 0, DT_LOOS);
}

// With the entry, whether or not the good plugin has one.
std::string complaint_with_entry(std::int64_t tag, std::uint64_t value) {
  return has_entry(tag) ? complaint_after_entry(tag, value) : complaint_with_dynamic(tag, value);
}

// Changes a word of the hash table that the good plugin has.
std::string complaint_after_hash(std::size_t word, std::uint32_t value) {
  auto bytes = good_plugin();
  const auto entry = item_at<ElfW(Dyn)>(bytes, entry_offset(bytes, DT_GNU_HASH));
  put(bytes, entry.d_un.d_ptr + word * sizeof value, value); // the first segment lies at address 0
  return complaint(bytes);
}

std::uint64_t end_of_loaded(const std::vector<std::byte> &bytes) {
  const auto header = item_at<ElfW(Ehdr)>(bytes, 0);
  std::uint64_t end = 0;
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    const auto segment = item_at<ElfW(Phdr)>(bytes, header.e_phoff + i * sizeof(ElfW(Phdr)));
    if (segment.p_type == PT_LOAD) {
      end = std::max<std::uint64_t>(end, segment.p_offset + segment.p_filesz);
    }
  }
  return end;
}

std::string complaint_about_mock(const std::string &name) {
  try {
    inspect_plugin_file(std::string(MOCK_FOLDER "/unitls-") + name + ".so");
  } catch (const refusal &reason) {
    return reason.what();
  }
  return "";
}

} // namespace

TEST_CASE("a shared object of this platform is accepted") {
  CHECK(complaint(good_plugin()) == "");
}

TEST_CASE("a file cut inside what is loaded is refused at every length") {
  const auto bytes = good_plugin();
  const std::uint64_t end = end_of_loaded(bytes);
  REQUIRE(end <= bytes.size());
  for (std::size_t length = 0; length < end; ++length) {
    CAPTURE(length);
    REQUIRE(complaint(std::span(bytes).first(length)) != "");
  }
  // What follows is for debuggers; the dynamic linker does not map it.
  CHECK(complaint(std::span(bytes).first(end)) == "");
}

TEST_CASE("what is no ELF file is refused") {
  const std::string text =
      "#!/bin/sh\nexit 0 # longer than an ELF header would be, so that size is not the reason\n";
  CHECK(contains(complaint(std::as_bytes(std::span(text))), "is not a shared object"));
  CHECK(contains(complaint({}), "is not a shared object"));
}

TEST_CASE("an object of another platform is refused") {
  CHECK(contains(complaint_after_header([](auto &header) { header.e_machine ^= 1; }),
                 "is for another processor"));
  CHECK(contains(complaint_after_header([](auto &header) { header.e_ident[EI_CLASS] ^= 3; }), "-bit object"));
  CHECK(contains(complaint_after_header([](auto &header) { header.e_ident[EI_CLASS] = 9; }),
                 "ELF class is unknown"));
  CHECK(contains(complaint_after_header([](auto &header) { header.e_ident[EI_DATA] ^= 3; }), "byte order"));
  CHECK(contains(complaint_after_header([](auto &header) { header.e_type = ET_EXEC; }),
                 "is not a shared object"));
}

TEST_CASE("impossible tables and segments are refused") {
  CHECK(contains(complaint_after_header([](auto &header) { header.e_phnum = 0; }), "impossible size"));
  CHECK(contains(complaint_after_header([](auto &header) { header.e_phnum = 0xFFFF; }), "impossible size"));
  CHECK(contains(complaint_after_header([](auto &header) { header.e_phentsize = 1; }), "impossible size"));
  CHECK(contains(complaint_after_header([](auto &header) { header.e_phoff = ~decltype(header.e_phoff){0}; }),
                 "table of segments lies past the end"));
  CHECK(contains(
      complaint_after_segment(PT_LOAD, [](auto &each) { each.p_offset = ~decltype(each.p_offset){0}; }),
      "ends past the end of the file"));
  CHECK(contains(complaint_after_segment(
                     PT_LOAD, [](auto &each) { each.p_filesz = each.p_memsz = ~decltype(each.p_memsz){0}; }),
                 "ends past the end of the file"));
  CHECK(
      contains(complaint_after_segment(PT_LOAD, [](auto &each) { each.p_memsz = 0; }), "larger in the file"));
  CHECK(contains(complaint_after_segment(PT_DYNAMIC, [](auto &each) { each.p_type = PT_NULL; }),
                 "no dynamic section"));
  CHECK(contains(
      complaint_after_segment(PT_DYNAMIC, [](auto &each) { each.p_vaddr = ~decltype(each.p_vaddr){0}; }),
      "not loaded from the file"));
  CHECK(contains(complaint_after_segment(PT_DYNAMIC, [](auto &each) { each.p_memsz = sizeof(ElfW(Dyn)); }),
                 "no end"));
  CHECK(contains(complaint_after_segment(PT_DYNAMIC, [](auto &each) { each.p_memsz = 1U << 30U; }),
                 "too large"));
  CHECK(contains(complaint_after_segment(PT_NOTE, [](auto &each) { each.p_filesz = 1U << 30U; }),
                 "notes are too large"));
  CHECK(contains(
      complaint_after_segment(PT_NOTE, [](auto &each) { each.p_offset = ~decltype(each.p_offset){0}; }),
      "note lies past the end"));
}

TEST_CASE("segments that would be mapped over other memory are refused") {
  const auto highest = std::numeric_limits<ElfW(Addr)>::max();
  CHECK(contains(complaint_after_segment(PT_LOAD, [&](auto &each) { each.p_vaddr = highest; }),
                 "out of order"));
  CHECK(contains(complaint_after_segment(PT_LOAD, [&](auto &each) { each.p_memsz = highest; }),
                 "out of order"));
  CHECK(contains(complaint_after_segment(PT_LOAD, [&](auto &each) { each.p_vaddr += 1U << 30U; }),
                 "out of order"));
}

TEST_CASE("a second segment of a kind of which there is one is refused") {
  CHECK(contains(complaint_after_segment(PT_NOTE, [](auto &each) { each.p_type = PT_GNU_STACK; }),
                 "two segments"));
  CHECK(contains(complaint_after_segment(PT_NOTE, [](auto &each) { each.p_type = PT_DYNAMIC; }),
                 "two segments"));
}

TEST_CASE("an executable stack is refused, also one by default") {
  CHECK(contains(complaint_about_mock("executable-stack"), "wants an executable stack"));
  CHECK(contains(complaint_after_segment(PT_GNU_STACK, [](auto &each) { each.p_flags |= PF_X; }),
                 "executable stack"));
  CHECK(contains(complaint_after_segment(PT_GNU_STACK, [](auto &each) { each.p_type = PT_NULL; }),
                 "executable stack"));
}

TEST_CASE("text relocations are refused") {
  CHECK(contains(complaint_about_mock("text-relocation"), "has text relocations"));
  CHECK(contains(complaint_with_dynamic(DT_TEXTREL, 0), "text relocations"));
  CHECK(contains(complaint_with_dynamic(DT_FLAGS, DF_TEXTREL), "text relocations"));
}

TEST_CASE("a library search path that depends on the working directory is refused") {
  CHECK(contains(complaint_about_mock("relative-runpath"), "searches its libraries in \"lib\""));
  CHECK(contains(complaint_about_mock("empty-runpath"), "searches its libraries in \"\""));
  CHECK(complaint_about_mock("origin-runpath") == "");
  CHECK(contains(complaint_with_dynamic(DT_RPATH, 1U << 30U), "text outside of the string table"));
}

TEST_CASE("a table that does not lie in what is loaded is refused") {
  const std::string_view complaint = "does not lie in what is loaded from the file";
  const std::uint64_t highest = std::numeric_limits<std::uint64_t>::max();
  for (const std::uint64_t address : {std::uint64_t{good_plugin().size()} + (1U << 20U), highest}) {
    for (const std::int64_t tag :
         {DT_SYMTAB, DT_STRTAB, DT_GNU_HASH, DT_RELA, DT_INIT_ARRAY, DT_FINI_ARRAY}) {
      CAPTURE(tag);
      CHECK(contains(complaint_after_entry(tag, address), complaint));
    }
    for (const std::int64_t tag : {DT_HASH, DT_VERSYM, DT_VERNEED, DT_VERDEF}) {
      CAPTURE(tag);
      CHECK(contains(complaint_with_entry(tag, address), complaint));
    }
  }
  for (const std::int64_t tag : {DT_STRSZ, DT_RELASZ, DT_INIT_ARRAYSZ, DT_FINI_ARRAYSZ}) {
    CAPTURE(tag);
    CHECK(contains(complaint_after_entry(tag, std::uint64_t{1} << 30U), complaint));
    CHECK(contains(complaint_after_entry(tag, highest), complaint));
  }
}

TEST_CASE("code to begin or to end with lies in an executable segment") {
  for (const std::int64_t tag : {DT_INIT, DT_FINI}) {
    CHECK(contains(complaint_after_entry(tag, std::uint64_t{1} << 40U), "executable segment"));
    CHECK(contains(complaint_after_entry(tag, 0), "executable segment")); // the header
  }
}

TEST_CASE("tables without a size, or with entries of another size, are refused") {
  for (const std::int64_t tag : {DT_RELASZ, DT_INIT_ARRAYSZ, DT_FINI_ARRAYSZ}) {
    CAPTURE(tag);
    CHECK(contains(complaint_without_entry(tag), "has no size"));
  }
  for (const std::int64_t tag : {DT_SYMENT, DT_RELAENT}) {
    CHECK(contains(complaint_without_entry(tag), "have an impossible size"));
    CHECK(contains(complaint_after_entry(tag, 1), "have an impossible size"));
  }
  CHECK(contains(has_entry(DT_PLTRELSZ) ? complaint_without_entry(DT_PLTRELSZ)
                                        : complaint_with_dynamic(DT_JMPREL, 0),
                 "relocations for calls has no size"));
  CHECK(contains(has_entry(DT_PLTREL) ? complaint_without_entry(DT_PLTREL)
                                      : complaint_with_dynamic(DT_PLTREL, DT_RELA),
                 "relocations for calls is not there"));
}

TEST_CASE("tables that the dynamic linker takes for granted must be there, and once") {
  CHECK(contains(complaint_without_entry(DT_SYMTAB), "names no symbol table"));
  CHECK(contains(complaint_without_entry(DT_GNU_HASH), "names no symbol table"));
  CHECK(contains(complaint_without_entry(DT_STRTAB), "names no string table"));
  CHECK(contains(complaint_without_entry(DT_STRSZ), "string table has no size"));
  CHECK(contains(complaint_with_dynamic(DT_SYMTAB, 0), "two entries of a kind"));
}

TEST_CASE("texts lie in the string table, which has an end") {
  CHECK(contains(complaint_with_dynamic(DT_NEEDED, 1U << 30U), "a text outside of the string table"));
  CHECK(contains(complaint_with_dynamic(DT_RUNPATH, 1U << 30U), "a text outside of the string table"));
  const auto bytes = good_plugin();
  const auto size = item_at<ElfW(Dyn)>(bytes, entry_offset(bytes, DT_STRSZ)).d_un.d_val;
  CHECK(contains(complaint_after_entry(DT_STRSZ, size - 2), "does not end with a zero byte"));
}

TEST_CASE("a hash table leads to no symbol that is not there") {
  const std::uint32_t highest = 0xFFFFFFFF;
  CHECK(
      contains(complaint_after_hash(0, highest), "does not lie in what is loaded")); // the number of buckets
  CHECK(contains(complaint_after_hash(1, highest), "a symbol that is not there"));   // the first symbol
  CHECK(contains(complaint_after_hash(2, 3), "impossible size"));                    // of the filter
  CHECK(contains(complaint_after_hash(2, 0), "impossible size"));
  CHECK(contains(complaint_after_hash(2, 1U << 31U), "does not lie in what is loaded"));
  const auto bytes = good_plugin();
  const auto table = item_at<ElfW(Dyn)>(bytes, entry_offset(bytes, DT_GNU_HASH)).d_un.d_ptr;
  const std::size_t first_bucket = 4 + 2 * std::size_t{item_at<std::uint32_t>(bytes, table + 8)};
  CHECK(contains(complaint_after_hash(first_bucket, highest), "does not lie in what is loaded"));
}

TEST_CASE("no changed byte harms the reader") {
  const auto original = good_plugin();
  constexpr std::array changes{std::byte{0x01}, std::byte{0x80}, std::byte{0xff}};
  auto bytes = original;
  for (std::byte &each : bytes) {
    for (const std::byte change : changes) {
      each ^= change;
      complaint(bytes); // accepted or refused; sanitizers watch the rest
      each ^= change;
    }
  }
  CHECK(complaint(original) == "");
}
