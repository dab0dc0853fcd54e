#include "plugin_access.hpp"

#include <algorithm>

#include "module.hpp"

namespace unitls::conformance {
namespace {

plugin_under_test &instance() {
  static plugin_under_test plugin;
  return plugin;
}

constexpr const char *extension_ids[] = {"unitls.verify-chain/1", "unitls.certificate-info/1"};

bool is_in(const std::vector<std::string> &all, std::string_view name) {
  return std::find(all.begin(), all.end(), name) != all.end();
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
  for (const char *const id : extension_ids) {
    if (plugin.table->get_extension(plugin.table, id) != nullptr) {
      plugin.extensions.emplace_back(id);
    }
  }
}

const plugin_under_test &plugin() {
  return instance();
}

plugin_facts facts_of_plugin() {
  const unitls_plugin &described = *plugin().descriptor;
  std::vector<std::string> all = plugin().capabilities;
  all.insert(all.end(), plugin().extensions.begin(), plugin().extensions.end());
  return {plugin().file->path,
          printable(described.id),
          printable(described.version),
          printable(described.description),
          printable(described.library_version()),
          std::move(all)};
}

bool has_capability(std::string_view name) {
  return is_in(plugin().capabilities, name) || is_in(plugin().extensions, name);
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
