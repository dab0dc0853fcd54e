#include "policy_table.hpp"

#include <algorithm>
#include <cstring>
#include <list>
#include <mutex>
#include <string_view>

#include "backend_ref.hpp"
#include "known_part.hpp"
#include "policy_config.hpp"
#include "refusal.hpp"

namespace unitls::loader {
namespace {

// A backend, the policy over it, and the table that stands for both.
struct bound_backend {
  bound_backend(const unitls_backend &table, const policy &over);

  unitls_backend_ref inner; // its table and the extensions that are known
  const policy rules;
  backend_offer offer;
  unitls_backend functions{};
};

const bound_backend &under(const unitls_backend *self) noexcept {
  return *static_cast<const bound_backend *>(self->instance);
}

const unitls_backend *inner(const unitls_backend *self) noexcept {
  return &under(self).inner.table;
}

const char *const *UNITLS_CALL capabilities(const unitls_backend *self) {
  return inner(self)->capabilities(inner(self));
}

unitls_status UNITLS_CALL list(const unitls_backend *self, std::int32_t kind, unitls_item_sink sink,
                               void *user) {
  return inner(self)->list(inner(self), kind, sink, user);
}

void copy(const unitls_error &from, unitls_error *to) noexcept {
  if (to != nullptr) {
    const std::uint32_t size = to->struct_size;
    std::memcpy(to, &from, std::min<std::size_t>(size, sizeof from));
    to->struct_size = size;
  }
}

struct client_side {
  using config = unitls_client_config;
  static constexpr auto check = &unitls_backend::client_config_check;
  static constexpr auto create = &unitls_backend::client_context_create;
};

struct server_side {
  using config = unitls_server_config;
  static constexpr auto check = &unitls_backend::server_config_check;
  static constexpr auto create = &unitls_backend::server_context_create;
};

template <class Side>
unitls_status UNITLS_CALL create(const unitls_backend *self, const typename Side::config *config,
                                 unitls_backend_context **context, unitls_error *err) {
  *context = nullptr;
  try {
    const policy_config<typename Side::config> tightened(
        under(self).rules, under(self).offer, config, [](const refusal &reason) { throw refusal(reason); });
    unitls_error failure{};
    failure.struct_size = sizeof failure;
    const unitls_status status =
        (inner(self)->*Side::create)(inner(self), tightened.get(), context, &failure);
    if (status >= 0) {
      return status;
    }
    failure.status = status;
    tightened.blame_policy(failure);
    copy(failure, err);
    return failure.status;
  } catch (...) {
    return report_current_exception(err);
  }
}

// Hands findings on, the policy's before the plugin's. The first answer other than UNITLS_OK ends the check.
struct finding_relay {
  unitls_finding_sink sink;
  void *user;
  unitls_status answer = UNITLS_OK;

  void tell(const refusal &reason) {
    unitls_error finding{};
    finding.struct_size = sizeof finding;
    report(&finding, reason.status(), reason.field(), reason.what());
    if (answer == UNITLS_OK) {
      answer = sink(user, &finding);
    }
  }
};

template <class Config>
struct blaming_relay {
  const finding_relay &to;
  const policy_config<Config> &config;

  static unitls_status UNITLS_CALL tell(void *user, const unitls_error *finding) noexcept {
    const auto &self = *static_cast<const blaming_relay *>(user);
    unitls_error blamed{};
    std::memcpy(&blamed, finding, std::min<std::size_t>(finding->struct_size, sizeof blamed));
    blamed.struct_size = sizeof blamed;
    try {
      self.config.blame_policy(blamed);
    } catch (const std::bad_alloc &) {
      return UNITLS_E_NOMEM;
    }
    return self.to.sink(self.to.user, &blamed);
  }
};

template <class Side>
unitls_status UNITLS_CALL check(const unitls_backend *self, const typename Side::config *config,
                                unitls_finding_sink sink, void *user) {
  finding_relay findings{sink, user};
  try {
    const policy_config<typename Side::config> tightened(
        under(self).rules, under(self).offer, config,
        [&findings](const refusal &reason) { findings.tell(reason); });
    blaming_relay<typename Side::config> relay{findings, tightened};
    return findings.answer != UNITLS_OK
               ? findings.answer
               : (inner(self)->*Side::check)(inner(self), tightened.get(), &relay.tell, &relay);
  } catch (const refusal &reason) {
    findings.tell(reason);
    return findings.answer;
  } catch (...) {
    return report_current_exception(nullptr);
  }
}

// A verdict that rests on anchors which no connection may rest on would mislead.
unitls_status UNITLS_CALL verify_chain(const unitls_backend *self, const unitls_verify_chain_request *request,
                                       unitls_bytes_sink path, void *user, unitls_error *err) {
  try {
    const unitls_verify_chain_request known = known_part(request, "request");
    check_trust(under(self).rules, known.trust);
    return under(self).inner.verify_chain.functions.verify(inner(self), &known, path, user, err);
  } catch (...) {
    return report_current_exception(err);
  }
}

unitls_status UNITLS_CALL read_certificate(const unitls_backend *self, const unitls_blob *certificate,
                                           unitls_certificate_sink sink, void *user, unitls_error *err) {
  return under(self).inner.certificate_info.functions.read(inner(self), certificate, sink, user, err);
}

const void *UNITLS_CALL get_extension(const unitls_backend *self, const char *id) {
  static constexpr unitls_verify_chain chains{sizeof chains, 0, &verify_chain, nullptr};
  static constexpr unitls_certificate_info certificates{sizeof certificates, 0, &read_certificate, nullptr};
  const std::string_view name = id;
  if (name == verify_chain_id) {
    return under(self).inner.verify_chain.is_present ? &chains : nullptr;
  }
  if (name == certificate_info_id) {
    return under(self).inner.certificate_info.is_present ? &certificates : nullptr;
  }
  return nullptr;
}

bound_backend::bound_backend(const unitls_backend &table, const policy &over) : rules(over) {
  adopt_backend(table, inner);
  offer = read_offer(inner.table);
  functions = inner.table;
  functions.instance = this;
  functions.capabilities = &capabilities;
  functions.list = &list;
  functions.get_extension = &get_extension;
  functions.client_config_check = &check<client_side>;
  functions.server_config_check = &check<server_side>;
  functions.client_context_create = &create<client_side>;
  functions.server_context_create = &create<server_side>;
}

} // namespace

const unitls_backend &under_policy(const unitls_backend &table, const policy &rules) {
  if (!rules.is_about_contexts()) {
    return table;
  }
  static std::mutex mutex;
  static auto &all = *new std::list<bound_backend>; // tables live for ever, also while the process ends
  unitls_backend adopted;
  adopt_table(table, adopted);
  const std::lock_guard lock(mutex);
  const auto known = std::find_if(all.begin(), all.end(), [&](const bound_backend &each) {
    return std::memcmp(&each.inner.table, &adopted, sizeof adopted) == 0 && each.rules == rules;
  });
  return known != all.end() ? known->functions : all.emplace_back(table, rules).functions;
}

} // namespace unitls::loader
