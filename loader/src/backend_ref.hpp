// One loaded backend: the plugin's table with its holes filled, and the facts that explain it.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <unitls/backend.h>
#include <unitls/unitls.h>

// The C API's handle. Counted; the plugin behind it is never unloaded, so the table lives on.
struct unitls_backend_ref {
  unitls_backend table{}; // copied verbatim from the plugin, then every hole filled
  const unitls_plugin *plugin = nullptr;
  std::string path;      // canonical path of the plugin file
  std::string chosen_by; // "UNITLS_BACKEND", "/etc/unitls/backends.toml:4", ...
  // Why no context may be made from it (UNITLS_E_POLICY), or empty.
  std::string policy_refusal;
  // The registry's options of this backend: applied before those of a program's configuration.
  std::vector<std::pair<std::string, std::string>> options;
  std::atomic<unsigned> references{1};
};

namespace unitls::loader {

struct backend_release {
  void operator()(unitls_backend_ref *backend) const noexcept { unitls_backend_ref_release(backend); }
};
using backend_handle = std::unique_ptr<unitls_backend_ref, backend_release>;

// Copies as much of `from` as both sides know and puts a function that answers UNITLS_E_UNSUPPORTED into every
// member that is NULL (backend.h, unitls_backend).
void adopt_table(const unitls_backend &from, unitls_backend &to) noexcept;

} // namespace unitls::loader
