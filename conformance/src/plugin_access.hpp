// The plugin that is being judged. Loaded in the process that runs cases, never in the one that starts them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <unitls/backend.h>

#include "plugin_file.hpp"
#include "verdict.hpp"

namespace unitls::conformance {

// All of it lives until the process ends.
struct plugin_under_test {
  const unitls_plugin *descriptor = nullptr;
  const unitls_backend *table = nullptr; // as `open` gave it, with its holes
  const loader::plugin_file *file = nullptr;
  std::vector<std::string> capabilities; // for the library as found
  std::vector<std::string> extensions;   // of unitls/extensions.h
};

// The host that plugins get; its log is dropped.
const unitls_host &host();

// Loads and opens, with all of the loader's checks. Throws an exception whose text is one sentence. Once a process.
void load_plugin_under_test(const std::string &path);

const plugin_under_test &plugin();
plugin_facts facts_of(const plugin_under_test &of);

// The sides of a conversation. The plugin under test plays both, unless another plugin was loaded for the server's.
enum class role { client, server };

// Loads and opens a plugin that plays the server in every conversation from now on. Throws as load_plugin_under_test.
void load_server(const std::string &path);

const plugin_under_test &player(role side);

// Also whether it has the extension of that id. Of two players, both must have it.
bool has_capability(std::string_view name);

// TLS 1.2 and TLS 1.3, as far as the plugin declares them; of two players, both.
std::vector<std::uint16_t> declared_versions();
std::string version_text(std::uint16_t version);

// An extension that the plugin has; the case has said that it needs it.
template <class Extension>
const Extension &extension(const char *id) {
  return *static_cast<const Extension *>(plugin().table->get_extension(plugin().table, id));
}

// Whether the table reaches to a member's end and the member is not NULL.
template <class Member>
bool has_function(Member unitls_backend::*member) {
  const unitls_backend &table = *plugin().table;
  const auto *const begin = reinterpret_cast<const char *>(&table);
  const auto *const end = reinterpret_cast<const char *>(&(table.*member)) + sizeof(Member);
  return table.struct_size >= static_cast<std::size_t>(end - begin) && table.*member != nullptr;
}

} // namespace unitls::conformance
