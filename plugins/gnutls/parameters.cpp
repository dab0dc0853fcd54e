#include "parameters.hpp"

#include <algorithm>

#include "failure.hpp"
#include "numbers.hpp"

namespace unitls::gnutls {
namespace {

using number_list = std::vector<std::uint16_t>;

bool has(std::span<const std::uint16_t> numbers, std::uint16_t number) noexcept {
  return std::ranges::find(numbers, number) != numbers.end();
}

const char *field_of(std::uint16_t version) noexcept {
  return version == UNITLS_TLS_1_3 ? "tls13_cipher_suites" : "tls12_cipher_suites";
}

std::uint16_t other(std::uint16_t version) noexcept {
  return version == UNITLS_TLS_1_3 ? UNITLS_TLS_1_2 : UNITLS_TLS_1_3;
}

bool has_version(gnutls_priority_t priority, std::uint16_t version) noexcept {
  const unsigned *list = nullptr;
  const int count = gnutls_priority_protocol_list(priority, &list);
  const unsigned wanted = version == UNITLS_TLS_1_3 ? GNUTLS_TLS1_3 : GNUTLS_TLS1_2;
  return count > 0 && std::find(list, list + count, wanted) != list + count;
}

number_list numbers_of(gnutls_priority_t priority, std::uint16_t version) {
  number_list numbers;
  for (const native_suite &suite : suites_of(priority)) {
    if (suite.version == version) {
      numbers.push_back(suite.number);
    }
  }
  return numbers;
}

template <class Number>
bool are_same_set(std::vector<Number> a, std::vector<Number> b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  return a == b;
}

[[noreturn]] void refuse(const char *field, const char *why) {
  throw plugin::error(plugin::make_error(UNITLS_E_UNSUPPORTED, field, "%s", why));
}

constexpr const char *changed_by_policy =
    "GnuTLS makes another set of this list under the system's policy and the rest of this configuration";

// A list of GnuTLS's own numbers must be what was asked for.
void check_list(const char *field, std::vector<unsigned> asked, const unsigned *list, int count) {
  const auto size = static_cast<std::size_t>(std::max(count, 0));
  if (!are_same_set(std::move(asked), std::vector<unsigned>(list, list + size))) {
    refuse(field, changed_by_policy);
  }
}

// The lists hold nothing that numbers.cpp does not know: has_... were asked.
suite_product product_of(std::span<const std::uint16_t> numbers) {
  suite_product product;
  for (const std::uint16_t number : numbers) {
    product.add(*find_native_suite(number));
  }
  return product;
}

constexpr const char *in_our_order = ":%SERVER_PRECEDENCE";

} // namespace

parameters::parameters(const plugin::configuration &config) : lists_(config.parameters) {
  apply_options(config);
  apply_versions(config);
  if (!lists_.groups.empty()) {
    apply_groups();
  }
  if (!lists_.signature_schemes.empty()) {
    apply_signature_schemes();
  }
  if (!lists_.tls12_cipher_suites.empty() || !lists_.tls13_cipher_suites.empty()) {
    config.is_server ? apply_server_suites() : apply_client_suites();
  }
}

void parameters::apply_options(const plugin::configuration &config) {
  for (const auto &[name, value] :
       config.options) { // gnutls.priority: the checker lets no other name through
    gnutls_priority_t made = nullptr;
    const int code = gnutls_priority_init2(&made, value.c_str(), nullptr, 0);
    const priority_handle owner(made);
    if (code < 0) {
      throw_failure(UNITLS_E_INVALID, "options[" + name + "]", "GnuTLS refuses the priority string", code);
    }
    base_ = value;
  }
}

void parameters::apply_versions(const plugin::configuration &config) {
  changes_ = "-VERS-DTLS-ALL:-VERS-TLS1.1:-VERS-TLS1.0";
  if (config.min_version > UNITLS_TLS_1_2) {
    changes_ += ":-VERS-TLS1.2";
  }
  if (config.max_version < UNITLS_TLS_1_3) {
    changes_ += ":-VERS-TLS1.3";
  }
  int code = 0;
  initial_ = make_priority({}, code);
  const unsigned *versions = nullptr;
  if (initial_ != nullptr && gnutls_priority_protocol_list(initial_.get(), &versions) <= 0) {
    code = GNUTLS_E_NO_PRIORITIES_WERE_SET;
  }
  if (code < 0) {
    throw_failure(UNITLS_E_UNSUPPORTED, "min_version", "GnuTLS's priorities leave no version of the range",
                  code);
  }
}

void parameters::apply_groups() {
  std::vector<unsigned> asked;
  changes_ += ":-GROUP-ALL";
  for (const std::uint16_t number : lists_.groups) {
    const char *const name = find_group(number)->gnutls_name;
    changes_ += std::string(":+GROUP-") + name;
    asked.push_back(gnutls_group_get_id(name));
  }
  initial_ = make_priority({}, "groups");
  const unsigned *list = nullptr;
  const int count = gnutls_priority_group_list(initial_.get(), &list);
  check_list("groups", std::move(asked), list, count);
}

// A scheme that TLS 1.3 binds to a curve has a second name, without which that version or TLS 1.2 would lack it.
void parameters::apply_signature_schemes() {
  std::vector<unsigned> asked;
  changes_ += ":-SIGN-ALL";
  for (const std::uint16_t number : lists_.signature_schemes) {
    const named_scheme &scheme = *find_signature_scheme(number);
    for (const gnutls_sign_algorithm_t algorithm : {scheme.algorithm, scheme.algorithm13}) {
      if (algorithm != GNUTLS_SIGN_UNKNOWN) {
        changes_ += std::string(":+SIGN-") + gnutls_sign_get_name(algorithm);
        asked.push_back(algorithm);
      }
    }
  }
  initial_ = make_priority({}, "signature_schemes");
  const unsigned *list = nullptr;
  const int count = gnutls_priority_sign_list(initial_.get(), &list);
  check_list("signature_schemes", std::move(asked), list, count);
}

// Both versions at once. A version without a list keeps as much of its default as goes together with the other's list.
void parameters::apply_client_suites() {
  const std::vector<native_suite> defaults = suites_of(initial_.get());
  const auto is_allowed = [&](const native_suite &suite) {
    const auto list = list_of(suite.version);
    if (!has_version(initial_.get(), suite.version)) {
      return true; // it is not offered anyway
    }
    return list.empty() ? std::ranges::find(defaults, suite.number, &native_suite::number) != defaults.end()
                        : has(list, suite.number);
  };
  number_list asked = lists_.tls13_cipher_suites;
  asked.insert(asked.end(), lists_.tls12_cipher_suites.begin(), lists_.tls12_cipher_suites.end());
  suite_product product = product_of(asked);
  if (const native_suite *const stranger = product.first_stranger(is_allowed); stranger != nullptr) {
    refuse_stranger(*stranger);
  }
  for (const native_suite &suite : defaults) {
    if (list_of(suite.version).empty()) {
      product.add_if_alone(suite, is_allowed);
    }
  }
  const std::uint16_t listed = lists_.tls13_cipher_suites.empty() ? UNITLS_TLS_1_2 : UNITLS_TLS_1_3;
  priority_handle made = make_priority(product.text(), field_of(listed));
  check_suites(made.get(), UNITLS_TLS_1_2);
  check_suites(made.get(), UNITLS_TLS_1_3);
  initial_ = std::move(made);
}

// One version at a time. All versions of the range stay in each: a client is told a downgrade (RFC 8446, 4.1.3) by what
// the server could have had.
void parameters::apply_server_suites() {
  for (const std::uint16_t version : {UNITLS_TLS_1_2, UNITLS_TLS_1_3}) {
    if (has_version(initial_.get(), version)) {
      by_version_.push_back(make_server_suites(version));
    } else if (!list_of(version).empty()) {
      refuse(field_of(version), changed_by_policy);
    }
  }
}

parameters::version_priority parameters::make_server_suites(std::uint16_t version) const {
  const auto list = list_of(version);
  const char *const field = field_of(version);
  if (list.empty()) {
    return {version, make_priority({}, field)};
  }
  const suite_product product = product_of(list);
  const native_suite *const stranger = product.first_stranger(
      [&](const native_suite &suite) { return suite.version != version || has(list, suite.number); });
  priority_handle made = make_priority(product.text() + in_our_order, field);
  if (stranger == nullptr) {
    check_suites(made.get(), version);
    return {version, std::move(made)};
  }
  const number_list available = numbers_of(made.get(), version);
  if (!std::ranges::all_of(list, [&](std::uint16_t number) { return has(available, number); })) {
    refuse(field, changed_by_policy);
  }
  return {version, nullptr};
}

bool parameters::need_offer() const noexcept {
  return std::ranges::any_of(by_version_,
                             [](const version_priority &one) { return one.priority == nullptr; });
}

gnutls_priority_t parameters::for_version(std::uint16_t version) const noexcept {
  const auto found = std::ranges::find(by_version_, version, &version_priority::version);
  return found != by_version_.end() ? found->priority.get() : nullptr;
}

priority_handle parameters::for_offer(std::span<const std::uint16_t> offered,
                                      std::span<const gnutls_kx_algorithm_t> key_exchanges) const {
  std::vector<bool> is_offered(std::size_t{UINT16_MAX} + 1); // an offer may be long
  for (const std::uint16_t number : offered) {
    is_offered[number] = true;
  }
  const auto list = list_of(UNITLS_TLS_1_2);
  const auto is_allowed = [&](const native_suite &suite) {
    return suite.version != UNITLS_TLS_1_2 || !is_offered[suite.number] || has(list, suite.number);
  };
  suite_product product;
  for (const std::uint16_t number : list) {
    const native_suite &suite = *find_native_suite(number);
    if (is_offered[number] && std::ranges::find(key_exchanges, suite.key_exchange) != key_exchanges.end()) {
      product.add_if_alone(suite, is_allowed);
    }
  }
  int code = 0;
  return product.empty() ? nullptr : make_priority(product.text() + in_our_order, code);
}

std::span<const std::uint16_t> parameters::list_of(std::uint16_t version) const noexcept {
  return version == UNITLS_TLS_1_3 ? lists_.tls13_cipher_suites : lists_.tls12_cipher_suites;
}

priority_handle parameters::make_priority(const std::string &suites, int &code) const {
  const std::string changes = changes_ + suites;
  gnutls_priority_t made = nullptr;
  code = base_.empty()
             ? gnutls_priority_init2(&made, changes.c_str(), nullptr, GNUTLS_PRIORITY_INIT_DEF_APPEND)
             : gnutls_priority_init2(&made, (base_ + ":" + changes).c_str(), nullptr, 0);
  priority_handle priority(made);
  return code >= 0 ? std::move(priority) : nullptr;
}

priority_handle parameters::make_priority(const std::string &suites, const char *field) const {
  int code = 0;
  priority_handle made = make_priority(suites, code);
  if (made == nullptr) {
    throw_failure(UNITLS_E_UNSUPPORTED, field, "GnuTLS refuses the list", code);
  }
  return made;
}

void parameters::refuse_stranger(const native_suite &stranger) const {
  const std::uint16_t blamed = list_of(stranger.version).empty() ? other(stranger.version) : stranger.version;
  throw plugin::error(plugin::make_error(
      UNITLS_E_UNSUPPORTED, field_of(blamed),
      "GnuTLS offers every combination of a list's key exchanges, ciphers and MACs, for both versions: 0x%04x would come "
      "with these",
      stranger.number));
}

void parameters::check_suites(gnutls_priority_t priority, std::uint16_t version) const {
  const auto list = list_of(version);
  const number_list made = numbers_of(priority, version);
  if (!list.empty() && !are_same_set(number_list(list.begin(), list.end()), made)) {
    refuse(field_of(version), changed_by_policy);
  }
  if (list.empty() && made.empty() && has_version(initial_.get(), version)) {
    refuse(field_of(other(version)),
           "GnuTLS shares ciphers between the versions: this list leaves the other version "
           "without any; give a list for it too, or keep to one version");
  }
}

} // namespace unitls::gnutls
