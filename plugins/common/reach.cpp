#include <unitls/plugin/reach.hpp>

#include <algorithm>
#include <bit>
#include <dlfcn.h>
#include <link.h>
#include <string>
#include <vector>

#include <unitls/plugin/error.hpp>

namespace unitls::plugin {
namespace {

struct object {
  const link_map *map = nullptr;
  std::string path;
};

object object_of(const void *address) {
  Dl_info facts{};
  void *map = nullptr;
  if (dladdr1(address, &facts, &map, RTLD_DL_LINKMAP) == 0) {
    return {};
  }
  return {static_cast<const link_map *>(map), facts.dli_fname};
}

// An address of the dynamic section: relocated in place by glibc on most machines, left relative on some.
const char *string_table(const link_map &map) {
  for (const ElfW(Dyn) *entry = map.l_ld; entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == DT_STRTAB) {
      const auto value = entry->d_un.d_ptr;
      return std::bit_cast<const char *>(value < map.l_addr ? value + map.l_addr : value);
    }
  }
  return nullptr;
}

std::vector<std::string_view> dynamic_strings(const link_map &map, ElfW(Sxword) tag) {
  std::vector<std::string_view> strings;
  const char *const table = string_table(map);
  for (const ElfW(Dyn) *entry = map.l_ld; table != nullptr && entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == tag) {
      strings.emplace_back(table + entry->d_un.d_val);
    }
  }
  return strings;
}

// Says nothing when all is well.
std::string misplaced_object(const void *function, const void *own) {
  const object reached = object_of(function);
  const object self = object_of(own);
  if (reached.map == nullptr || self.map == nullptr) {
    return "its TLS library's code lies in no known object";
  }
  if (reached.map == self.map) {
    return {};
  }
  const auto needed = dynamic_strings(*self.map, DT_NEEDED);
  const auto names = dynamic_strings(*reached.map, DT_SONAME);
  if (!names.empty() && std::find(needed.begin(), needed.end(), names.front()) != needed.end()) {
    return {};
  }
  return "its TLS library's functions were captured by " + reached.path;
}

bool is_same_line(std::string_view built_for, std::string_view reached) noexcept {
  return reached.starts_with(built_for) && reached.substr(built_for.size()).starts_with('.');
}

} // namespace

unitls_status check_reach(const void *function, const void *own, std::string_view built_for,
                          std::string_view reached, unitls_error *err) {
  const std::string misplaced = misplaced_object(function, own);
  if (!misplaced.empty()) {
    return fail(err, UNITLS_E_ABI, {}, "%s", misplaced.c_str());
  }
  if (!is_same_line(built_for, reached)) {
    return fail(err, UNITLS_E_ABI, {}, "built for %s, but reaches %s", std::string(built_for).c_str(),
                std::string(reached).c_str());
  }
  return UNITLS_OK;
}

} // namespace unitls::plugin
