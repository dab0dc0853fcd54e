#include "context.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <unitls/insecure.h>

#include "known_part.hpp"
#include "pin_check.hpp"
#include "refusal.hpp"
#include "trust_expansion.hpp"
#include "weakness.hpp"

unitls_context::unitls_context(unitls_backend_ref *from, unitls_backend_context *made,
                               std::unique_ptr<unitls::loader::pin_check> checked_pins) noexcept
    : backend(from), handle(made), pins(std::move(checked_pins)) {
  unitls_backend_ref_retain(backend);
}

unitls_context::~unitls_context() {
  table().context_destroy(handle);
  unitls_backend_ref_release(backend);
}

namespace unitls::loader {
namespace {

// The sides differ in their structs, their functions, in what an unset trust means, and in pins.
struct client_side {
  using config = unitls_client_config;
  static constexpr auto check = &unitls_backend::client_config_check;
  static constexpr auto create = &unitls_backend::client_context_create;
  // Who verifies nothing trusts nobody, unless asked to: the flags are told in every mode.
  static expanded_trust expand(const config &given, store_choice choice) {
    const bool needs_none = given.verify == UNITLS_INSECURE_NO_VERIFICATION;
    return needs_none ? expanded_trust::for_server(given.trust, choice)
                      : expanded_trust::for_client(given.trust, choice);
  }
  static std::unique_ptr<pin_check> take_pins(const unitls_backend_ref &backend, config &given,
                                              const refusal_handler &refused) {
    auto pins = pin_check::create(backend, given, refused);
    if (pins != nullptr) {
      given.verify_callback = pins->native();
    }
    given.pins = nullptr;
    given.pin_count = 0;
    return pins;
  }
};

struct server_side {
  using config = unitls_server_config;
  static constexpr auto check = &unitls_backend::server_config_check;
  static constexpr auto create = &unitls_backend::server_context_create;
  static expanded_trust expand(const config &given, store_choice choice) {
    return expanded_trust::for_server(given.trust, choice);
  }
  static std::unique_ptr<pin_check> take_pins(const unitls_backend_ref &, config &, const refusal_handler &) {
    return nullptr;
  }
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

// The configuration as a plugin gets it. The host reads its trust, pins and options; the plugin checks the rest.
template <class Side>
class plugin_config {
public:
  plugin_config(const unitls_backend_ref &backend, const typename Side::config *given,
                const refusal_handler &refused)
      : config_(known_part(given, "configuration")), trust_(expand(backend, config_, refused)),
        pins_(Side::take_pins(backend, config_, refused)),
        options_(join_options(backend, {config_.options, config_.option_count})) {
    config_.trust = trust_ ? trust_->get() : nullptr;
    config_.options = options_.data();
    config_.option_count = options_.size();
  }
  plugin_config(const plugin_config &) = delete;
  plugin_config &operator=(const plugin_config &) = delete;

  const typename Side::config *get() const noexcept { return &config_; }
  std::unique_ptr<pin_check> release_pins() noexcept { return std::move(pins_); }

  // What the plugin says about the trust counts for nothing when the host could not give it one.
  bool is_about_refused_trust(const unitls_error &finding) const noexcept {
    return !trust_ && std::string_view(finding.field).starts_with("trust");
  }
  void restore_field(unitls_error *err) const noexcept {
    if (trust_) {
      trust_->restore_field(err);
    }
  }

private:
  static std::optional<expanded_trust> expand(const unitls_backend_ref &backend,
                                              const typename Side::config &config,
                                              const refusal_handler &refused) {
    try {
      return Side::expand(config,
                          has_system_trust(backend) ? store_choice::fixed : store_choice::environments);
    } catch (const refusal &reason) {
      refused(reason);
      return std::nullopt;
    }
  }

  typename Side::config config_;
  std::optional<expanded_trust> trust_;
  std::unique_ptr<pin_check> pins_;
  std::vector<unitls_option> options_;
};

template <class Side>
unitls_status create_context(unitls_backend_ref *backend, const typename Side::config *config,
                             unitls_context **context, unitls_error *err) noexcept {
  *context = nullptr;
  try {
    check_policy(*backend);
    plugin_config<Side> expanded(*backend, config, [](const refusal &reason) { throw refusal(reason); });
    unitls_backend_context *made = nullptr;
    const unitls_status status = (backend->table.*Side::create)(&backend->table, expanded.get(), &made, err);
    if (status < 0) {
      expanded.restore_field(err);
      return status;
    }
    if (status != UNITLS_OK || made == nullptr) {
      throw refusal(backend->path + ": the plugin made no context and told no error", UNITLS_E_ABI);
    }
    const auto destroy = backend->table.context_destroy;
    std::unique_ptr<unitls_backend_context, decltype(destroy)> owned(made, destroy);
    *context = new unitls_context(backend, made, expanded.release_pins());
    (void)owned.release();
    warn_of_weakness(config->verify);
    return UNITLS_OK;
  } catch (...) {
    return report_current_exception(err);
  }
}

// Hands findings on: the host's own and the plugin's. The first answer other than UNITLS_OK ends the check.
class finding_relay {
public:
  finding_relay(unitls_finding_sink sink, void *user) noexcept : sink_(sink), user_(user) {}

  void tell(const refusal &reason) {
    unitls_error finding{};
    finding.struct_size = sizeof finding;
    report(&finding, reason);
    if (answer_ == UNITLS_OK) {
      answer_ = sink_(user_, &finding);
    }
  }

  template <class Side>
  unitls_status ask_plugin(const unitls_backend_ref &backend, const plugin_config<Side> &config) {
    struct question {
      const finding_relay &relay;
      const plugin_config<Side> &config;
    } asked{*this, config};
    const auto relay = [](void *user, const unitls_error *finding) -> unitls_status {
      const auto &[to, about] = *static_cast<const question *>(user);
      if (about.is_about_refused_trust(*finding)) {
        return UNITLS_OK;
      }
      unitls_error restored = *finding;
      about.restore_field(&restored);
      return to.sink_(to.user_, &restored);
    };
    return answer_ != UNITLS_OK
               ? answer_
               : (backend.table.*Side::check)(&backend.table, config.get(),
                                              static_cast<unitls_finding_sink>(relay), &asked);
  }

  unitls_status answer() const noexcept { return answer_; }

private:
  unitls_finding_sink sink_;
  void *user_;
  unitls_status answer_ = UNITLS_OK;
};

// What stops the host itself is a finding like the plugin's own.
template <class Side>
unitls_status check_config(const unitls_backend_ref *backend, const typename Side::config *config,
                           unitls_finding_sink sink, void *user) noexcept {
  finding_relay findings(sink, user);
  try {
    check_policy(*backend);
    const plugin_config<Side> expanded(*backend, config,
                                       [&findings](const refusal &reason) { findings.tell(reason); });
    return findings.ask_plugin(*backend, expanded);
  } catch (const refusal &reason) {
    findings.tell(reason);
    return findings.answer();
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
