#include "policy_config.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <span>

#include "known_part.hpp"
#include "system_trust.hpp"

namespace unitls::loader {
namespace {

std::string_view content(const unitls_blob &blob) noexcept {
  return {reinterpret_cast<const char *>(blob.data), blob.size};
}

// Calls `take` with each item of a kind. A kind that a backend does not list has none.
template <class Take>
void for_each_item(const unitls_backend &table, std::int32_t kind, Take take) {
  const auto sink = [](void *user, const unitls_item *item) noexcept -> unitls_status {
    try {
      (*static_cast<Take *>(user))(*item);
      return UNITLS_OK;
    } catch (const std::bad_alloc &) {
      return UNITLS_E_NOMEM;
    }
  };
  if (table.list(&table, kind, static_cast<unitls_item_sink>(sink), &take) == UNITLS_E_NOMEM) {
    throw std::bad_alloc();
  }
}

bool is_system_trust(const unitls_trust &trust) {
  const auto system = load_system_trust(trust_places{});
  const auto is_same = [](const unitls_blob &blob, const std::string &bundle) {
    return content(blob) == bundle;
  };
  const std::span<const unitls_blob> blobs(trust.blobs, trust.blob_count);
  return std::equal(blobs.begin(), blobs.end(), system->bundles.begin(), system->bundles.end(), is_same);
}

// A list that is counted and not there is the plugin's to refuse.
template <class Item>
std::span<const Item> items_of(const Item *items, std::size_t count) noexcept {
  return {items, items != nullptr ? count : 0};
}

// "NAME", or "NAME[...".
bool names_member(std::string_view field, std::string_view name) noexcept {
  return field.starts_with(name) && (field.size() == name.size() || field[name.size()] == '[');
}

} // namespace

backend_offer read_offer(const unitls_backend &table) {
  backend_offer offer;
  for_each_item(table, UNITLS_LIST_CIPHER_SUITES, [&offer](const unitls_item &item) {
    const auto number = static_cast<std::uint16_t>(item.number);
    (is_tls13_cipher_suite(number) ? offer.tls13_cipher_suites : offer.tls12_cipher_suites).push_back(number);
  });
  for_each_item(table, UNITLS_LIST_OPTIONS, [&offer](const unitls_item &item) {
    offer.options.emplace_back(item.name != nullptr ? item.name : "", item.number);
  });
  return offer;
}

void check_trust(const policy &rules, const unitls_trust *trust) {
  if (trust != nullptr && rules.has_system_trust() && !is_system_trust(*trust)) {
    throw refusal(rules.refusal_of_anchors(), UNITLS_E_POLICY, "trust");
  }
}

template <class Config>
policy_config<Config>::policy_config(const policy &rules, const backend_offer &offer, const Config *given,
                                     const refusal_handler &refused)
    : rules_(rules), offer_(offer), refused_(refused), config_(known_part(given, "configuration")) {
  check_verification();
  check_options();
  tighten_versions();
  tighten_suites();
}

template <class Config>
void policy_config<Config>::refuse(const std::string &sentence, const std::string &field) const {
  if (!sentence.empty()) {
    refused_(refusal(sentence, UNITLS_E_POLICY, field));
  }
}

template <class Config>
void policy_config<Config>::check_verification() {
  if (config_.verify != UNITLS_VERIFY_FULL) {
    refuse(rules_.refusal_of_weakness(), "verify");
  }
  try {
    check_trust(rules_, config_.trust);
  } catch (const refusal &reason) {
    refused_(reason);
  }
}

// An option that the backend does not list is the plugin's to refuse (backend.h, U-18).
template <class Config>
void policy_config<Config>::check_options() {
  for (const unitls_option &option : items_of(config_.options, config_.option_count)) {
    const std::string name = option.name != nullptr ? option.name : "";
    const auto listed = std::find_if(offer_.options.begin(), offer_.options.end(),
                                     [&name](const auto &each) { return each.first == name; });
    if (listed != offer_.options.end()) {
      refuse(rules_.refusal_of_option(listed->second), "options[" + name + "]");
    }
  }
}

template <class Config>
void policy_config<Config>::tighten_versions() {
  const std::string sentence = rules_.refusal_of_version(UNITLS_TLS_1_2);
  if (!sentence.empty()) {
    require_tls13(begin_of_rule(rules_.strictest_version()->at, "min_version = \"1.3\""), sentence);
  }
}

template <class Config>
void policy_config<Config>::require_tls13(const std::string &rule, const std::string &sentence) {
  if (config_.min_version == 0) {
    config_.min_version = UNITLS_TLS_1_3;
    tightened_.push_back({"min_version", rule});
  } else if (config_.min_version == UNITLS_TLS_1_2) {
    refuse(sentence, "min_version");
  }
  if (config_.max_version == UNITLS_TLS_1_2) {
    refuse(sentence, "max_version");
  }
  if (is_given(of_tls12)) {
    refuse(sentence, std::string(of_tls12.name));
  }
}

// A maximum is a bound, kept by not passing it (backend.h, U-15): only a minimum can contradict.
template <class Config>
void policy_config<Config>::forbid_tls13(const std::string &rule, const std::string &sentence) {
  if (config_.min_version == UNITLS_TLS_1_3) {
    refuse(sentence, "min_version");
  } else if (config_.max_version == 0 || config_.max_version == UNITLS_TLS_1_3) {
    config_.max_version = UNITLS_TLS_1_2;
    tightened_.push_back({"max_version", rule});
  }
}

template <class Config>
void policy_config<Config>::tighten_suites() {
  if (rules_.cipher_suites.empty()) {
    return;
  }
  check_suites(of_tls12);
  check_suites(of_tls13);
  const std::string rule = begin_of_rule(rules_.cipher_suites.front().at, "cipher_suites");
  suite_list tls12 = allowed_of(of_tls12);
  suite_list tls13 = allowed_of(of_tls13);
  if (tls12.empty() && tls13.empty()) {
    refuse(rule + " forbids every cipher suite that this backend has", {});
    return;
  }
  if (is_left_without(of_tls12, tls12)) {
    require_tls13(rule, rule + " forbids every cipher suite of TLS 1.2 that this backend has");
  }
  if (is_left_without(of_tls13, tls13)) {
    forbid_tls13(rule, rule + " forbids every cipher suite of TLS 1.3 that this backend has");
  }
  tls12_cipher_suites_ = std::move(tls12);
  tls13_cipher_suites_ = std::move(tls13);
  const bool has_tls12 = config_.min_version <= UNITLS_TLS_1_2;
  const bool has_tls13 = config_.max_version == 0 || config_.max_version >= UNITLS_TLS_1_3;
  if (has_tls12 && !is_given(of_tls12)) {
    give_list(of_tls12, tls12_cipher_suites_, of_tls13, rule);
  }
  if (has_tls13 && !is_given(of_tls13)) {
    give_list(of_tls13, tls13_cipher_suites_, of_tls12, rule);
  }
}

template <class Config>
void policy_config<Config>::check_suites(const suites_member &member) {
  const auto given = items_of(config_.*member.numbers, config_.*member.count);
  for (std::size_t i = 0; i < given.size(); ++i) {
    refuse(rules_.refusal_of_suite(given[i]), std::string(member.name) + "[" + std::to_string(i) + "]");
  }
}

template <class Config>
suite_list policy_config<Config>::allowed_of(const suites_member &member) const {
  suite_list allowed;
  std::copy_if((offer_.*member.offered).begin(), (offer_.*member.offered).end(), std::back_inserter(allowed),
               [this](std::uint16_t number) { return rules_.allows_suite(number); });
  return allowed;
}

// Whether it is the policy that leaves a version of the backend without suites.
template <class Config>
bool policy_config<Config>::is_left_without(const suites_member &member, const suite_list &allowed) const {
  return allowed.empty() && !(offer_.*member.offered).empty() && !is_given(member);
}

// A library may be unable to have the list together with the one that the program gave for the other version, and blame
// either of them.
template <class Config>
void policy_config<Config>::give_list(const suites_member &member, const suite_list &list,
                                      const suites_member &other, const std::string &rule) {
  const suite_list &offered = offer_.*other.offered;
  const auto is_offered = [&offered](std::uint16_t number) {
    return std::find(offered.begin(), offered.end(), number) != offered.end();
  };
  const auto given = items_of(config_.*other.numbers, config_.*other.count);
  config_.*member.numbers = list.data();
  config_.*member.count = list.size();
  tightened_.push_back({member.name, rule});
  if (std::all_of(given.begin(), given.end(), is_offered)) {
    tightened_.push_back({other.name, rule});
  }
}

template <class Config>
void policy_config<Config>::blame_policy(unitls_error &error) const {
  if (error.status != UNITLS_E_UNSUPPORTED) {
    return;
  }
  const std::string field(error.field, strnlen(error.field, sizeof error.field));
  const auto member =
      std::find_if(tightened_.begin(), tightened_.end(),
                   [&field](const tightened_member &each) { return names_member(field, each.name); });
  if (member != tightened_.end()) {
    const std::string reason(error.message, strnlen(error.message, sizeof error.message));
    report(&error, UNITLS_E_POLICY, field, member->rule + " cannot be kept by this backend: " + reason);
  }
}

template class policy_config<unitls_client_config>;
template class policy_config<unitls_server_config>;

} // namespace unitls::loader
