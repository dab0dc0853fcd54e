#include "captured_libraries.hpp"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include <dlfcn.h>
#include <link.h>

namespace unitls::conformance {
namespace {

namespace fs = std::filesystem;

const link_map &object_of(const void *address) {
  Dl_info facts{};
  void *map = nullptr;
  if (::dladdr1(address, &facts, &map, RTLD_DL_LINKMAP) == 0 || map == nullptr) {
    throw std::runtime_error("the plugin's descriptor lies in no known object");
  }
  return *static_cast<const link_map *>(map);
}

// The strings of one tag of an object's dynamic section, whose addresses are relocated on most machines.
std::vector<std::string> dynamic_strings(const link_map &map, ElfW(Sxword) tag) {
  const char *table = nullptr;
  for (const ElfW(Dyn) *entry = map.l_ld; entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == DT_STRTAB) {
      const auto value = entry->d_un.d_ptr;
      table = reinterpret_cast<const char *>(value < map.l_addr ? value + map.l_addr : value);
    }
  }
  std::vector<std::string> strings;
  for (const ElfW(Dyn) *entry = map.l_ld; table != nullptr && entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == tag) {
      strings.emplace_back(table + entry->d_un.d_val);
    }
  }
  return strings;
}

std::string name_of(const link_map &map) {
  const std::vector<std::string> names = dynamic_strings(map, DT_SONAME);
  return names.empty() ? fs::path(map.l_name).filename().string() : names.front();
}

// What was there before the plugin was loaded.
std::set<std::string> names_before(const link_map &plugin) {
  std::set<std::string> names;
  for (const link_map *each = plugin.l_prev; each != nullptr; each = each->l_prev) {
    names.insert(name_of(*each));
  }
  return names;
}

std::string read_file(const fs::path &path) {
  std::ifstream input(path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(input), {});
  if (!input || bytes.empty()) {
    throw std::runtime_error(path.string() + " cannot be read");
  }
  return bytes;
}

// Another name of the same length: otherwise the dynamic linker would take the copy for the library itself.
void rename_library(std::string &bytes, const std::string &name) {
  const std::string entry = std::string(1, '\0') + name + std::string(1, '\0');
  std::size_t count = 0;
  for (std::size_t at = bytes.find(entry); at != std::string::npos; at = bytes.find(entry, at + 1)) {
    bytes[at + 1] = '_';
    ++count;
  }
  if (count == 0) {
    throw std::runtime_error("the file of " + name + " does not hold its name");
  }
}

void copy_renamed(const link_map &library, const std::string &name, const fs::path &to) {
  std::string bytes = read_file(library.l_name);
  rename_library(bytes, name);
  std::ofstream output(to, std::ios::binary);
  if (!(output << bytes).flush()) {
    throw std::runtime_error(to.string() + " cannot be written");
  }
}

} // namespace

scratch_folder::scratch_folder() {
  std::string name = fs::temp_directory_path() / "unitls-conformance-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "no folder for copies of libraries can be made");
  }
  path_ = name;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored; // nothing depends on it any more
  fs::remove_all(path_, ignored);
}

captured_libraries::captured_libraries(const void *descriptor) {
  const link_map &plugin = object_of(descriptor);
  const std::vector<std::string> needed = dynamic_strings(plugin, DT_NEEDED);
  const std::set<std::string> known = names_before(plugin);
  for (const std::string &name : needed) {
    for (const link_map *each = plugin.l_next; each != nullptr && !known.contains(name);
         each = each->l_next) {
      if (name_of(*each) == name) {
        copy_renamed(*each, name, folder_.path() / name);
        copies_.push_back(folder_.path() / name);
        break;
      }
    }
  }
}

std::string captured_libraries::list() const {
  std::string text;
  for (const fs::path &each : copies_) {
    text += (text.empty() ? "" : ":") + each.string();
  }
  return text;
}

} // namespace unitls::conformance
