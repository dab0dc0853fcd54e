// One loaded backend: the plugin's table with its holes filled, and the facts that explain it.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <unitls/backend.h>
#include <unitls/extensions.h>
#include <unitls/unitls.h>

#include "policy.hpp"

namespace unitls::loader {

inline constexpr char verify_chain_id[] = "unitls.verify-chain/1";
inline constexpr char certificate_info_id[] = "unitls.certificate-info/1";

// A copy of an extension's functions with every hole filled. An absent extension is nothing but holes.
template <class Functions>
struct adopted_extension {
  Functions functions{};
  bool is_present = false;
};

} // namespace unitls::loader

// The C API's handle. Counted; the plugin behind it is never unloaded, so the table lives on.
struct unitls_backend_ref {
  unitls_backend table{}; // copied verbatim from the plugin, then every hole filled
  unitls::loader::adopted_extension<unitls_verify_chain> verify_chain;
  unitls::loader::adopted_extension<unitls_certificate_info> certificate_info;
  const unitls_plugin *plugin = nullptr;
  std::string path;                                    // canonical path of the plugin file
  std::string chosen_by;                               // "UNITLS_BACKEND", "/etc/unitls/backends.toml:4", ...
  std::shared_ptr<const unitls::loader::policy> rules; // NULL: there is no policy. Already over the table.
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

// The same for a table and the extensions that libunitls knows.
void adopt_backend(const unitls_backend &from, unitls_backend_ref &to) noexcept;

// Throws a refusal when the administrator's policy is not known, so that nothing may be used.
void check_policy(const unitls_backend_ref &backend);

// Whether the policy wants the system's anchors alone.
bool has_system_trust(const unitls_backend_ref &backend) noexcept;

} // namespace unitls::loader
