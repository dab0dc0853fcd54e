#include "plugin_access.hpp"

#include <algorithm>

#include "module.hpp"

namespace unitls::conformance {
namespace {

plugin_under_test &instance() {
  static plugin_under_test plugin;
  return plugin;
}

void UNITLS_CALL drop_line(void *, std::int32_t, const char *) {}

} // namespace

const unitls_host &host() {
  static constexpr unitls_host instance{sizeof(unitls_host), 0, nullptr, drop_line};
  return instance;
}

void load_plugin_under_test(const std::string &path) {
  const std::filesystem::path file = path;
  const loader::loaded_plugin &loaded = loader::load_plugin_file(file);
  plugin_under_test &plugin = instance();
  plugin.descriptor = loaded.descriptor;
  plugin.file = &loaded.file;
  plugin.table = &loader::open_plugin(loaded, host());
  for (const char *const *each = plugin.table->capabilities(plugin.table); *each != nullptr; ++each) {
    plugin.capabilities.emplace_back(*each);
  }
}

const plugin_under_test &plugin() {
  return instance();
}

plugin_facts facts_of_plugin() {
  const unitls_plugin &described = *plugin().descriptor;
  return {plugin().file->path,
          printable(described.id),
          printable(described.version),
          printable(described.description),
          printable(described.library_version()),
          plugin().capabilities};
}

bool has_capability(std::string_view name) {
  const std::vector<std::string> &all = plugin().capabilities;
  return std::find(all.begin(), all.end(), name) != all.end();
}

std::vector<std::uint16_t> declared_versions() {
  std::vector<std::uint16_t> versions;
  if (has_capability("tls1.2")) {
    versions.push_back(UNITLS_TLS_1_2);
  }
  if (has_capability("tls1.3")) {
    versions.push_back(UNITLS_TLS_1_3);
  }
  return versions;
}

std::string version_text(std::uint16_t version) {
  return version == UNITLS_TLS_1_2   ? "TLS 1.2"
         : version == UNITLS_TLS_1_3 ? "TLS 1.3"
                                     : std::to_string(version);
}

} // namespace unitls::conformance
