#include "context.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include "refusal.hpp"
#include "trust_expansion.hpp"

unitls_context::unitls_context(unitls_backend_ref *from, unitls_backend_context *made) noexcept
    : backend(from), handle(made) {
  unitls_backend_ref_retain(backend);
}

unitls_context::~unitls_context() {
  table().context_destroy(handle);
  unitls_backend_ref_release(backend);
}

namespace unitls::loader {
namespace {

// The sides differ in their structs, their functions and in what an unset trust means.
struct client_side {
  using config = unitls_client_config;
  static constexpr auto check = &unitls_backend::client_config_check;
  static constexpr auto create = &unitls_backend::client_context_create;
  static expanded_trust expand(const unitls_trust *trust) { return expanded_trust::for_client(trust); }
};

struct server_side {
  using config = unitls_server_config;
  static constexpr auto check = &unitls_backend::server_config_check;
  static constexpr auto create = &unitls_backend::server_context_create;
  static expanded_trust expand(const unitls_trust *trust) { return expanded_trust::for_server(trust); }
};

// The registry's options of a backend, then the program's. What the program sets itself, it sets alone.
std::vector<unitls_option> join_options(const unitls_backend_ref &backend,
                                        std::span<const unitls_option> given) {
  std::vector<unitls_option> joined;
  joined.reserve(backend.options.size() + given.size());
  for (const auto &own : backend.options) {
    const auto is_same = [&own](const unitls_option &option) { return own.first == option.name; };
    if (std::none_of(given.begin(), given.end(), is_same)) {
      joined.push_back({own.first.c_str(), own.second.c_str()});
    }
  }
  joined.insert(joined.end(), given.begin(), given.end());
  return joined;
}

// The configuration as a plugin gets it. The host reads its trust and options; the plugin checks the rest.
template <class Side>
class plugin_config {
public:
  plugin_config(const unitls_backend_ref &backend, const typename Side::config *given)
      : config_(known_part(given)), trust_(Side::expand(config_.trust)),
        options_(join_options(backend, {config_.options, config_.option_count})) {
    config_.trust = trust_.get();
    config_.options = options_.data();
    config_.option_count = options_.size();
  }
  plugin_config(const plugin_config &) = delete;
  plugin_config &operator=(const plugin_config &) = delete;

  const typename Side::config *get() const noexcept { return &config_; }

private:
  static typename Side::config known_part(const typename Side::config *given) {
    switch (unitls_check_request(given, sizeof *given, sizeof *given)) {
    case UNITLS_OK:
      break;
    case UNITLS_E_UNSUPPORTED:
      throw refusal("the configuration has members that this libunitls does not know", UNITLS_E_UNSUPPORTED,
                    "struct_size");
    default:
      throw refusal("the configuration's struct_size is too small", UNITLS_E_INVALID, "struct_size");
    }
    typename Side::config known = *given;
    known.struct_size = sizeof known;
    return known;
  }

  typename Side::config config_;
  expanded_trust trust_;
  std::vector<unitls_option> options_;
};

template <class Side>
unitls_status create_context(unitls_backend_ref *backend, const typename Side::config *config,
                             unitls_context **context, unitls_error *err) noexcept {
  *context = nullptr;
  try {
    check_policy(*backend);
    const plugin_config<Side> expanded(*backend, config);
    unitls_backend_context *made = nullptr;
    const unitls_status status = (backend->table.*Side::create)(&backend->table, expanded.get(), &made, err);
    if (status < 0) {
      return status;
    }
    if (status != UNITLS_OK || made == nullptr) {
      throw refusal(backend->path + ": the plugin made no context and told no error", UNITLS_E_ABI);
    }
    const auto destroy = backend->table.context_destroy;
    std::unique_ptr<unitls_backend_context, decltype(destroy)> owned(made, destroy);
    *context = new unitls_context(backend, made);
    (void)owned.release();
    return UNITLS_OK;
  } catch (...) {
    return report_current_exception(err);
  }
}

// What stops the host itself is a finding like the plugin's own.
template <class Side>
unitls_status check_config(const unitls_backend_ref *backend, const typename Side::config *config,
                           unitls_finding_sink sink, void *user) noexcept {
  try {
    check_policy(*backend);
    const plugin_config<Side> expanded(*backend, config);
    return (backend->table.*Side::check)(&backend->table, expanded.get(), sink, user);
  } catch (const refusal &reason) {
    unitls_error finding{};
    finding.struct_size = sizeof finding;
    report(&finding, reason.status(), reason.field(), reason.what());
    return sink(user, &finding);
  } catch (...) {
    return report_current_exception(nullptr);
  }
}

} // namespace
} // namespace unitls::loader

extern "C" {

using namespace unitls::loader;

unitls_status unitls_client_config_check(const unitls_backend_ref *backend,
                                         const unitls_client_config *config, unitls_finding_sink sink,
                                         void *user) {
  return check_config<client_side>(backend, config, sink, user);
}

unitls_status unitls_server_config_check(const unitls_backend_ref *backend,
                                         const unitls_server_config *config, unitls_finding_sink sink,
                                         void *user) {
  return check_config<server_side>(backend, config, sink, user);
}

unitls_status unitls_client_context_create(unitls_backend_ref *backend, const unitls_client_config *config,
                                           unitls_context **context, unitls_error *err) {
  return create_context<client_side>(backend, config, context, err);
}

unitls_status unitls_server_context_create(unitls_backend_ref *backend, const unitls_server_config *config,
                                           unitls_context **context, unitls_error *err) {
  return create_context<server_side>(backend, config, context, err);
}

void unitls_context_retain(unitls_context *context) {
  context->references.fetch_add(1, std::memory_order_relaxed);
}

void unitls_context_release(unitls_context *context) {
  if (context != nullptr && context->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    delete context;
  }
}

unitls_backend_ref *unitls_context_backend(const unitls_context *context) {
  return context->backend;
}

} // extern "C"
