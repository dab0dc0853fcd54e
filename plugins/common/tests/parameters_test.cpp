// Lists of suites, groups and schemes of a configuration: what does not depend on the library (U-59).
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "fake_backend.hpp"
#include "findings.hpp"
#include "parameters.hpp"

#include <doctest/doctest.h>

namespace unitls::test {

using namespace plugin;

namespace {

using numbers = std::vector<uint16_t>;

// A configuration's lists, the range of versions, and what is found.
struct list_check {
  numbers tls12{};
  numbers tls13{};
  numbers groups{};
  numbers schemes{};
  uint16_t min_version = 0;
  uint16_t max_version = 0;

  parameter_lists read(const backend_facts &facts) {
    unitls_client_config config{};
    config.max_version = max_version;
    config.tls12_cipher_suites = tls12.data();
    config.tls12_cipher_suite_count = tls12.size();
    config.tls13_cipher_suites = tls13.data();
    config.tls13_cipher_suite_count = tls13.size();
    config.groups = groups.data();
    config.group_count = groups.size();
    config.signature_schemes = schemes.data();
    config.signature_scheme_count = schemes.size();
    configuration versions;
    versions.min_version = min_version == 0 ? uint16_t{UNITLS_TLS_1_2} : min_version;
    const plugin::findings sink([&](const unitls_error &finding) { found.push_back(as_line(finding)); });
    return read_parameters(config, versions, facts, sink);
  }
  parameter_lists read() { return read(fake_backend().facts); }

  finding_list found{};
};

finding_list findings_of(list_check check) {
  check.read();
  return check.found;
}

} // namespace

TEST_CASE("lists that the library has are taken in their order") {
  list_check check{.tls12 = {other_tls12_suite, known_tls12_suite},
                   .tls13 = {known_tls13_suite},
                   .groups = {known_group},
                   .schemes = {known_scheme}};
  const parameter_lists lists = check.read();
  CHECK(check.found.empty());
  CHECK(lists.tls12_cipher_suites == numbers{other_tls12_suite, known_tls12_suite});
  CHECK(lists.tls13_cipher_suites == numbers{known_tls13_suite});
  CHECK(lists.groups == numbers{known_group});
  CHECK(lists.signature_schemes == numbers{known_scheme});
}

TEST_CASE("empty lists are the library's own") {
  list_check check;
  const parameter_lists lists = check.read();
  CHECK(check.found.empty());
  CHECK(lists.tls12_cipher_suites.empty());
  CHECK(lists.tls13_cipher_suites.empty());
  CHECK(lists.groups.empty());
  CHECK(lists.signature_schemes.empty());
}

TEST_CASE("a number twice is invalid, in every list") {
  CHECK(findings_of({.tls12 = {known_tls12_suite, other_tls12_suite, known_tls12_suite}}) ==
        finding_list{"E_INVALID tls12_cipher_suites[2]: is in the list twice"});
  CHECK(findings_of({.tls13 = {known_tls13_suite, known_tls13_suite}}) ==
        finding_list{"E_INVALID tls13_cipher_suites[1]: is in the list twice"});
  CHECK(findings_of({.groups = {known_group, known_group}}) ==
        finding_list{"E_INVALID groups[1]: is in the list twice"});
  CHECK(findings_of({.schemes = {known_scheme, known_scheme}}) ==
        finding_list{"E_INVALID signature_schemes[1]: is in the list twice"});
}

TEST_CASE("a number twice is invalid, also one that the library lacks") {
  CHECK(findings_of({.groups = {0x1234, 0x1234}}) ==
        finding_list{"E_UNSUPPORTED groups[0]: this library has no 0x1234",
                     "E_INVALID groups[1]: is in the list twice"});
}

TEST_CASE("a suite in the list of the other version is invalid") {
  for (const uint16_t suite : numbers{0x1301, 0x1304, 0x00c6, 0x00c7, 0xc0b4, 0xc0b5})
    CHECK(
        findings_of({.tls12 = {suite}}) ==
        finding_list{
            "E_INVALID tls12_cipher_suites[0]: a cipher suite of TLS 1.3; its list is tls13_cipher_suites"});
  CHECK(findings_of({.tls13 = {known_tls13_suite, known_tls12_suite}}) ==
        finding_list{"E_INVALID tls13_cipher_suites[1]: not a cipher suite of TLS 1.3"});
}

TEST_CASE("a signalling value is no suite") {
  const auto said = [](const char *field, const char *what) {
    return finding_list{std::string("E_INVALID ") + field + ": " + what};
  };
  for (const uint16_t value : numbers{0x00ff, 0x5600}) {
    CHECK(findings_of({.tls12 = {value}}) ==
          said("tls12_cipher_suites[0]", "a signalling value is no cipher suite"));
    CHECK(findings_of({.tls13 = {value}}) == said("tls13_cipher_suites[0]", "not a cipher suite of TLS 1.3"));
  }
}

TEST_CASE("a list for a version outside the range is invalid") {
  CHECK(
      findings_of({.tls12 = {known_tls12_suite}, .min_version = UNITLS_TLS_1_3}) ==
      finding_list{"E_INVALID tls12_cipher_suites: given although TLS 1.2 is outside the range of versions"});
  CHECK(
      findings_of({.tls13 = {known_tls13_suite}, .max_version = UNITLS_TLS_1_2}) ==
      finding_list{"E_INVALID tls13_cipher_suites: given although TLS 1.3 is outside the range of versions"});
  CHECK(findings_of({.tls12 = {known_tls12_suite}, .max_version = UNITLS_TLS_1_2}).empty());
  CHECK(findings_of({.tls13 = {known_tls13_suite}, .min_version = UNITLS_TLS_1_3}).empty());
}

TEST_CASE("a list for TLS 1.3 is unsupported by a library without it") {
  fake_backend old;
  old.facts.tls13 = false;
  list_check check{.tls13 = {known_tls13_suite}};
  check.read(old.facts);
  CHECK(check.found ==
        finding_list{"E_UNSUPPORTED tls13_cipher_suites: TLS 1.3 is more than this library has"});
}

TEST_CASE("a number that the library lacks is unsupported, and named") {
  CHECK(findings_of({.tls12 = {known_tls12_suite, 0x0000}, .groups = {0x001e}, .schemes = {0xffff}}) ==
        finding_list{"E_UNSUPPORTED tls12_cipher_suites[1]: this library has no 0x0000",
                     "E_UNSUPPORTED groups[0]: this library has no 0x001e",
                     "E_UNSUPPORTED signature_schemes[0]: this library has no 0xffff"});
}

TEST_CASE("a list is unsupported when the library leaves no choice") {
  fake_backend fixed;
  fixed.facts.has_signature_scheme = nullptr;
  list_check check{.schemes = {known_scheme}};
  check.read(fixed.facts);
  CHECK(check.found ==
        finding_list{"E_UNSUPPORTED signature_schemes[0]: this library leaves no choice here"});
}

TEST_CASE("a list that is NULL or too long is invalid and not walked") {
  const fake_backend backend;
  finding_list found;
  const plugin::findings sink([&](const unitls_error &finding) { found.push_back(as_line(finding)); });
  configuration versions;
  versions.min_version = UNITLS_TLS_1_2;
  unitls_server_config config{};
  config.tls12_cipher_suite_count = 1;
  config.tls13_cipher_suite_count = 1;
  config.group_count = SIZE_MAX;
  const uint16_t one = known_scheme;
  config.signature_schemes = &one;
  config.signature_scheme_count = 1025;
  read_parameters(config, versions, backend.facts, sink);
  CHECK(found == finding_list{"E_INVALID tls12_cipher_suites: is NULL although its count is not 0",
                              "E_INVALID tls13_cipher_suites: is NULL although its count is not 0",
                              "E_INVALID groups: is NULL although its count is not 0",
                              "E_INVALID signature_schemes: has more than 1024 members"});
}

TEST_CASE("a list of 1024 members is read") {
  list_check check;
  for (uint16_t number = 0; number < 1024; ++number)
    check.groups.push_back(number);
  CHECK(check.read().groups == numbers{known_group});
  CHECK(check.found.size() == 1023);
}

TEST_CASE("one fault hides no other") {
  const finding_list found =
      findings_of({.tls12 = {0x00ff, known_tls12_suite, known_tls12_suite, 0x1301, 0x0001},
                   .tls13 = {0x1302},
                   .groups = {0x4242, known_group},
                   .schemes = {known_scheme, 0x0000}});
  CHECK(found ==
        finding_list{
            "E_INVALID tls12_cipher_suites[0]: a signalling value is no cipher suite",
            "E_INVALID tls12_cipher_suites[2]: is in the list twice",
            "E_INVALID tls12_cipher_suites[3]: a cipher suite of TLS 1.3; its list is tls13_cipher_suites",
            "E_UNSUPPORTED tls12_cipher_suites[4]: this library has no 0x0001",
            "E_UNSUPPORTED tls13_cipher_suites[0]: this library has no 0x1302",
            "E_UNSUPPORTED groups[0]: this library has no 0x4242",
            "E_UNSUPPORTED signature_schemes[1]: this library has no 0x0000"});
}

} // namespace unitls::test
