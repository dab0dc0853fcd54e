// Lists of cipher suites, groups and signature schemes that are refused: U-09, U-49, U-59.
#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "attempt.hpp"
#include "case.hpp"
#include "expect.hpp"
#include "listing.hpp"
#include "parameter_list.hpp"
#include "party.hpp"
#include "refusal.hpp"
#include "versions.hpp"

namespace unitls::conformance {
namespace {

constexpr std::uint16_t unassigned = 0xeeee;

// Runs for a client's and a server's setup that was changed, each as far as the plugin has the side.
template <class Judge>
void for_each_changed(const std::function<void(setup &)> &change, Judge judge) {
  if (has_capability("client")) {
    const during side("client");
    client_setup client;
    change(client);
    judge(native_client(client).config);
  }
  if (has_capability("server")) {
    const during side("server");
    server_setup server;
    change(server);
    judge(native_server(server).config);
  }
}

// Refused on both sides by create and check, naming the list.
void expect_list_refused(const std::string &what, unitls_status status, const char *member,
                         const std::function<void(setup &)> &change) {
  for_each_changed(change, [&](const auto &config) {
    const attempt got = try_context(config);
    expect_status("U-59", what + ": create", got.status, status);
    expect_member(what + ": create", got.error, member);
    const std::vector<unitls_error> found = findings_of(config);
    require("U-09", what + ": check", !found.empty(), "a finding", "none");
    expect_status("U-09", what + ": first finding of the check", found.front().status, status);
    expect_member(what + ": first finding of the check", found.front(), member);
  });
}

std::uint16_t first_listed(std::int32_t kind) {
  const std::vector<listed_parameter> all = listed(kind);
  require("U-49", "what is listed", !all.empty(), "at least one", "none");
  return all.front().number;
}

UNITLS_CASE("parameters/twice", "A number that stands twice in a list is wrong", "U-09 U-59",
            needs("cipher-suites")) {
  for (const std::uint16_t version : declared_versions()) {
    const std::uint16_t suite = listed_cipher_suites(version).at(0).number;
    expect_list_refused("a suite", UNITLS_E_INVALID, suites_of(version).member, [&](setup &side) {
      side.*suites_of(version).values = {suite, suite};
    });
  }
  if (has_capability("groups")) {
    const std::uint16_t group = first_listed(UNITLS_LIST_GROUPS);
    expect_list_refused("a group", UNITLS_E_INVALID, "groups", [&](setup &side) {
      side.groups = {group, group};
    });
  }
  if (has_capability("signature-schemes")) {
    const std::uint16_t scheme = first_listed(UNITLS_LIST_SIGNATURE_SCHEMES);
    expect_list_refused("a scheme", UNITLS_E_INVALID, "signature_schemes", [&](setup &side) {
      side.signature_schemes = {scheme, scheme};
    });
  }
}

// Without a capability the same is refused for lack of it.
UNITLS_CASE("parameters/unknown-number", "A number that the library lacks is refused as not possible",
            "U-09 U-59", needs()) {
  expect_list_refused("a suite", UNITLS_E_UNSUPPORTED, "tls12_cipher_suites",
                      [](setup &side) { side.tls12_cipher_suites = {unassigned}; });
  expect_list_refused("a group", UNITLS_E_UNSUPPORTED, "groups",
                      [](setup &side) { side.groups = {unassigned}; });
  expect_list_refused("a scheme", UNITLS_E_UNSUPPORTED, "signature_schemes",
                      [](setup &side) { side.signature_schemes = {unassigned}; });
}

UNITLS_CASE("parameters/unknown-among-known", "One number that the library lacks spoils a list", "U-09 U-59",
            needs("cipher-suites", "groups")) {
  for (const std::uint16_t version : declared_versions()) {
    const std::uint16_t suite = listed_cipher_suites(version).at(0).number;
    const std::uint16_t other = version == UNITLS_TLS_1_3 ? 0x13ee : unassigned;
    expect_list_refused("suites", UNITLS_E_UNSUPPORTED, suites_of(version).member, [&](setup &side) {
      side.*suites_of(version).values = {suite, other};
    });
  }
  const std::uint16_t group = first_listed(UNITLS_LIST_GROUPS);
  expect_list_refused("groups", UNITLS_E_UNSUPPORTED, "groups", [&](setup &side) {
    side.groups = {group, unassigned};
  });
}

UNITLS_CASE("parameters/signalling-value", "A signalling value is no suite", "U-09 U-59", needs()) {
  for (const std::uint16_t value : {std::uint16_t{0x00ff}, std::uint16_t{0x5600}}) {
    expect_list_refused(numbers_text({value}), UNITLS_E_INVALID, "tls12_cipher_suites",
                        [&](setup &side) { side.tls12_cipher_suites = {value}; });
  }
}

UNITLS_CASE("parameters/other-version", "A suite stands in the list of its version", "U-09 U-59", needs()) {
  expect_list_refused("a suite of TLS 1.3", UNITLS_E_INVALID, "tls12_cipher_suites",
                      [](setup &side) { side.tls12_cipher_suites = {aes128_gcm_sha256}; });
  if (has_capability("tls1.3")) {
    expect_list_refused("a suite of TLS 1.2", UNITLS_E_INVALID, "tls13_cipher_suites",
                        [](setup &side) { side.tls13_cipher_suites = {ecdhe_rsa_aes128}; });
  }
}

UNITLS_CASE("parameters/outside-range", "A list for a version that cannot be negotiated is wrong",
            "U-09 U-59", needs("cipher-suites")) {
  if (has_capability("tls1.2")) {
    const std::uint16_t suite = listed_cipher_suites(UNITLS_TLS_1_2).at(0).number;
    if (has_capability("tls1.3")) {
      expect_list_refused("a list of TLS 1.2", UNITLS_E_INVALID, "tls12_cipher_suites", [&](setup &side) {
        side.min_version = UNITLS_TLS_1_3;
        side.tls12_cipher_suites = {suite};
      });
    }
    expect_list_refused("a list of TLS 1.3", UNITLS_E_INVALID, "tls13_cipher_suites", [](setup &side) {
      side.max_version = UNITLS_TLS_1_2;
      side.tls13_cipher_suites = {0x1301};
    });
  }
}

UNITLS_CASE("parameters/null", "NULL for a list that has a count is wrong", "U-09", needs()) {
  for_each_side([](auto &native) {
    const auto whole = native.config;
    native.config.tls12_cipher_suite_count = 1;
    expect_refused("U-09", "suites of TLS 1.2", native.config, UNITLS_E_INVALID, "tls12_cipher_suites");
    native.config = whole;
    native.config.tls13_cipher_suite_count = 1;
    expect_refused("U-09", "suites of TLS 1.3", native.config, UNITLS_E_INVALID, "tls13_cipher_suites");
    native.config = whole;
    native.config.group_count = 1;
    expect_refused("U-09", "groups", native.config, UNITLS_E_INVALID, "groups");
    native.config = whole;
    native.config.signature_scheme_count = 1;
    expect_refused("U-09", "schemes", native.config, UNITLS_E_INVALID, "signature_schemes");
  });
}

UNITLS_CASE("parameters/all-findings", "A check finds what is wrong in every list", "U-09 U-59", needs()) {
  const numbers wrong = {unassigned};
  const numbers twice = {0x5600};
  for_each_side([&](auto &native) {
    native.config.tls12_cipher_suites = twice.data();
    native.config.tls12_cipher_suite_count = twice.size();
    native.config.groups = wrong.data();
    native.config.group_count = wrong.size();
    native.config.signature_schemes = wrong.data();
    native.config.signature_scheme_count = wrong.size();
    const std::vector<unitls_error> found = findings_of(native.config);
    for (const char *const member : {"tls12_cipher_suites", "groups", "signature_schemes"}) {
      expect("U-09", std::string("findings on ") + member,
             std::any_of(found.begin(), found.end(),
                         [&](const unitls_error &each) { return names_member(each.field, member); }),
             "at least one", "none");
    }
  });
}

// A list that is right is refused where the capability is absent, and accepted where it is there.
UNITLS_CASE("capability/parameters", "Lists work where they are declared, and are refused by name elsewhere",
            "U-49 U-59", needs()) {
  const std::uint16_t suite = first_listed(UNITLS_LIST_CIPHER_SUITES);
  const parameter_list &suites = is_tls13_cipher_suite(suite) ? tls13_suites : tls12_suites;
  const auto judge = [](const parameter_list &list, std::uint16_t number) {
    const auto change = [&](setup &side) { side.*list.values = {number}; };
    if (has_capability(list.capability)) {
      for_each_changed(change, [&](const auto &config) { expect_accepted("U-49", list.member, config); });
    } else {
      expect_list_refused(list.member, UNITLS_E_UNSUPPORTED, list.member, change);
    }
  };
  judge(suites, suite);
  judge(groups, secp256r1);
  judge(schemes, ecdsa_secp256r1_sha256);
}

} // namespace
} // namespace unitls::conformance
