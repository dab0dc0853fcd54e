#include "plugin_access.hpp"

#include <algorithm>
#include <optional>

#include "layering.hpp"
#include "module.hpp"
#include "process_state.hpp"

namespace unitls::conformance {
namespace {

plugin_under_test &instance() {
  static plugin_under_test plugin;
  return plugin;
}

// Empty unless a pair is judged.
std::optional<plugin_under_test> &other_server() {
  static std::optional<plugin_under_test> plugin;
  return plugin;
}

constexpr const char *extension_ids[] = {"unitls.verify-chain/1", "unitls.certificate-info/1"};

plugin_under_test load(const std::string &path) {
  const std::filesystem::path file = path;
  const loader::loaded_plugin &loaded =
      loader::load_plugin_file(file, {}, loader::isolation::none, loader::named_by::person);
  plugin_under_test made;
  made.descriptor = loaded.descriptor;
  made.file = &loaded.file;
  made.table = &through_layers(loader::open_plugin(loaded, host()));
  for (const char *const *each = made.table->capabilities(made.table); *each != nullptr; ++each) {
    made.capabilities.emplace_back(*each);
  }
  for (const char *const id : extension_ids) {
    if (made.table->get_extension(made.table, id) != nullptr) {
      made.extensions.emplace_back(id);
    }
  }
  return made;
}

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
  settings_before_plugins();
  instance() = load(path);
  settings_with_plugin();
}

void load_server(const std::string &path) {
  other_server() = load(path);
}

const plugin_under_test &plugin() {
  return instance();
}

const plugin_under_test &player(role side) {
  return side == role::server && other_server() ? *other_server() : instance();
}

plugin_facts facts_of(const plugin_under_test &of) {
  const unitls_plugin &described = *of.descriptor;
  std::vector<std::string> all = of.capabilities;
  all.insert(all.end(), of.extensions.begin(), of.extensions.end());
  return {of.file->path,
          printable(described.id),
          printable(described.version),
          printable(described.description) + layers_text(),
          printable(described.library_version()),
          std::move(all)};
}

bool has_capability(std::string_view name) {
  const auto has = [&](const plugin_under_test &each) {
    return is_in(each.capabilities, name) || is_in(each.extensions, name);
  };
  return has(player(role::client)) && has(player(role::server));
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
