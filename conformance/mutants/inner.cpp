#include "inner.hpp"

#include <cstdlib>

#include <dlfcn.h>

#include <unitls/plugin/error.hpp>

namespace unitls::mutants {
namespace {

const unitls_backend *opened = nullptr;

const char *inner_path() {
  const char *const named = std::getenv("UNITLS_MUTANT_OF");
  return named != nullptr ? named : UNITLS_MUTANT_DEFAULT;
}

const unitls_plugin *load() noexcept {
  void *const library = ::dlopen(inner_path(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  return library == nullptr ? nullptr
                            : static_cast<const unitls_plugin *>(::dlsym(library, "unitls_plugin_v1"));
}

// A wrapper forwards every call: the inner table must have them all.
bool is_whole(const unitls_backend &table) {
  return table.struct_size >= sizeof table && table.client_context_create != nullptr &&
         table.server_context_create != nullptr && table.verified_certificates != nullptr;
}

} // namespace

const unitls_plugin *inner_plugin() noexcept {
  static const unitls_plugin *const plugin = load();
  return plugin;
}

void open_inner(const unitls_host &host) {
  const unitls_plugin *const plugin = inner_plugin();
  if (plugin == nullptr) {
    const char *const reason = ::dlerror();
    throw plugin::error(plugin::make_error(UNITLS_E_INVALID, "UNITLS_MUTANT_OF", "%s cannot be loaded: %s",
                                           inner_path(), reason != nullptr ? reason : "it is no plugin"));
  }
  unitls_error error{};
  error.struct_size = sizeof error;
  const unitls_backend *table = nullptr;
  if (plugin->open(&host, &table, &error) != UNITLS_OK) {
    throw plugin::error(error);
  }
  if (!is_whole(*table)) {
    throw plugin::error(plugin::make_error(UNITLS_E_UNSUPPORTED, "UNITLS_MUTANT_OF",
                                           "%s lacks functions that a mutant needs", inner_path()));
  }
  opened = table;
}

const unitls_backend &inner() noexcept {
  return *opened;
}

} // namespace unitls::mutants
