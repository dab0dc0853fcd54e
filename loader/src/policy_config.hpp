// A configuration as a policy lets it through to a plugin.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unitls/backend.h>

#include "policy.hpp"
#include "refusal.hpp"

namespace unitls::loader {

// What a backend says of itself, as far as a policy asks.
struct backend_offer {
  suite_list tls12_cipher_suites; // in its own order of preference
  suite_list tls13_cipher_suites;
  std::vector<std::pair<std::string, std::uint32_t>> options; // with UNITLS_OPTION_CHANGES_...
};

// Throws std::bad_alloc, and nothing else.
backend_offer read_offer(const unitls_backend &table);

// Throws a refusal when the policy wants the system's store and this is not it, or more.
void check_trust(const policy &rules, const unitls_trust *trust);

// Members that are zero are tightened. Those that contradict the policy go to `refused` and stay as they were. Points
// into what it was given.
template <class Config>
class policy_config {
public:
  policy_config(const policy &rules, const backend_offer &offer, const Config *given,
                const refusal_handler &refused);
  policy_config(const policy_config &) = delete;
  policy_config &operator=(const policy_config &) = delete;

  const Config *get() const noexcept { return &config_; }

  // What a plugin cannot do because of a tightened member is UNITLS_E_POLICY, and says so.
  void blame_policy(unitls_error &error) const;

private:
  // A member that is not what was given, or that stands beside such a one, and the rule that did it.
  struct tightened_member {
    std::string_view name;
    std::string rule;
  };
  struct suites_member {
    std::string_view name;
    const std::uint16_t *Config::*numbers;
    std::size_t Config::*count;
    const suite_list backend_offer::*offered;
  };
  static constexpr suites_member of_tls12{"tls12_cipher_suites", &Config::tls12_cipher_suites,
                                          &Config::tls12_cipher_suite_count,
                                          &backend_offer::tls12_cipher_suites};
  static constexpr suites_member of_tls13{"tls13_cipher_suites", &Config::tls13_cipher_suites,
                                          &Config::tls13_cipher_suite_count,
                                          &backend_offer::tls13_cipher_suites};

  void check_verification();
  void check_options();
  void tighten_versions();
  void tighten_suites();
  void require_tls13(const std::string &rule, const std::string &sentence);
  void forbid_tls13(const std::string &rule, const std::string &sentence);
  void check_suites(const suites_member &member);
  bool is_left_without(const suites_member &member, const suite_list &allowed) const;
  void give_list(const suites_member &member, const suite_list &list, const suites_member &other,
                 const std::string &rule);
  suite_list allowed_of(const suites_member &member) const;
  bool is_given(const suites_member &member) const noexcept { return config_.*member.count != 0; }
  void refuse(const std::string &sentence, const std::string &field) const;

  const policy &rules_;
  const backend_offer &offer_;
  const refusal_handler &refused_;
  Config config_;
  suite_list tls12_cipher_suites_;
  suite_list tls13_cipher_suites_;
  std::vector<tightened_member> tightened_;
};

} // namespace unitls::loader
