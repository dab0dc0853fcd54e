#include "elf_file.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <random>
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

TEST_CASE("no changed byte harms the reader") {
  const auto original = good_plugin();
  // NOLINTNEXTLINE(cert-msc32-c,cert-msc51-cpp): the same bytes in every run
  std::mt19937 random(1);
  for (std::size_t position = 0; position < original.size(); ++position) {
    auto bytes = original;
    bytes[position] = static_cast<std::byte>(random());
    complaint(bytes); // accepted or refused; sanitizers watch the rest
  }
  CHECK(complaint(original) == "");
}
