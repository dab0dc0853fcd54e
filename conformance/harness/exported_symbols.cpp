#include "exported_symbols.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>

#include <elf.h>
#include <link.h>

namespace unitls::conformance {
namespace {

using header = ElfW(Ehdr);
using section = ElfW(Shdr);
using symbol = ElfW(Sym);

// The loader has already looked at the headers; offsets and sizes are checked here all the same.
class file_image {
public:
  explicit file_image(const std::string &path) {
    std::ifstream input(path, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(input), {});
    if (!input) {
      throw std::runtime_error(path + " cannot be read");
    }
  }

  template <class Item>
  Item item(std::uint64_t offset) const {
    Item result;
    std::memcpy(&result, range(offset, sizeof result).data(), sizeof result);
    return result;
  }

  std::string_view range(std::uint64_t offset, std::uint64_t size) const {
    if (offset > bytes_.size() || size > bytes_.size() - offset) {
      throw std::runtime_error("the dynamic symbol table lies outside of the file");
    }
    return std::string_view(bytes_).substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
  }

private:
  std::string bytes_;
};

section section_at(const file_image &image, const header &top, std::uint64_t index) {
  if (index >= top.e_shnum || top.e_shentsize != sizeof(section)) {
    throw std::runtime_error("the table of sections is damaged");
  }
  return image.item<section>(top.e_shoff + index * sizeof(section));
}

section find_dynamic_symbols(const file_image &image, const header &top) {
  for (std::uint64_t i = 0; i < top.e_shnum; ++i) {
    const section each = section_at(image, top, i);
    if (each.sh_type == SHT_DYNSYM) {
      return each;
    }
  }
  throw std::runtime_error("there is no section with the dynamic symbol table");
}

bool is_exported(const symbol &each) {
  const unsigned binding = each.st_info >> 4U;
  const unsigned visibility = each.st_other & 3U;
  return each.st_shndx != SHN_UNDEF && binding != STB_LOCAL &&
         (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

} // namespace

std::vector<exported_symbol> exported_symbols(const std::string &path) {
  const file_image image(path);
  const auto top = image.item<header>(0);
  const section table = find_dynamic_symbols(image, top);
  const section names = section_at(image, top, table.sh_link);
  const std::string_view texts = image.range(names.sh_offset, names.sh_size);
  image.range(table.sh_offset, table.sh_size); // all of it is there
  std::vector<exported_symbol> found;
  for (std::uint64_t at = 0; at + sizeof(symbol) <= table.sh_size; at += sizeof(symbol)) {
    const auto each = image.item<symbol>(table.sh_offset + at);
    if (is_exported(each)) {
      const std::string_view name = texts.substr(std::min<std::size_t>(each.st_name, texts.size()));
      found.push_back({std::string(name.substr(0, name.find('\0'))), (each.st_info & 0xfU) == STT_OBJECT});
    }
  }
  return found;
}

} // namespace unitls::conformance
