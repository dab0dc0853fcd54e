// Loads plugins. The only part that knows Boost.DLL.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <unitls/backend.h>

#include "backend_ref.hpp"
#include "isolation.hpp"
#include "plugin_file.hpp"

namespace unitls::loader {

// A plugin in this process. Never unloaded, so references to it and its descriptor live for ever.
struct loaded_plugin {
  plugin_file file;
  const unitls_plugin *descriptor = nullptr;
};

// The same of a layer.
struct loaded_layer {
  plugin_file file;
  const unitls_layer *descriptor = nullptr;
};

// Loads a plugin file and checks that its descriptor is sound and says what its note says. The same file gives the same
// plugin. An `expected_id` that is not empty must be the plugin's. Throws a refusal that begins with the path, also for
// a file that is in the process without the isolation that is asked for.
// [thread-safe]
const loaded_plugin &load_plugin_file(const std::filesystem::path &file, std::string_view expected_id = {},
                                      isolation wanted = isolation::none, named_by who = named_by::registry);

// The same for a layer. [thread-safe]
const loaded_layer &load_layer_file(const std::filesystem::path &file, std::string_view expected_id = {},
                                    named_by who = named_by::registry);

// Calls the plugin's `open` and checks what it answered. The table is the plugin's own, with its holes. Throws a
// refusal that begins with the path. [thread-safe]
const unitls_backend &open_plugin(const loaded_plugin &plugin, const unitls_host &host);

// Throws a refusal when a table is not sound: an impossible size, or capabilities that are not among the `most`, those of
// `whose`.
void check_table(const unitls_backend &table, const char *const *most, const char *whose);

// The C API's handle for a table that open_plugin answered: a copy of the table with its holes filled.
backend_handle make_backend_ref(const loaded_plugin &plugin, const unitls_backend &table,
                                std::string chosen_by);

} // namespace unitls::loader
