// Which identities a client gets for its server name.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "der_writer.hpp"

#include <unitls/plugin/identity_set.hpp>

#include <doctest/doctest.h>

namespace unitls::test {

using namespace plugin;

namespace {

identity identity_of(const blob &leaf) {
  identity made;
  made.certificates.emplace_back(leaf.begin(), leaf.end());
  return made;
}

identity named(const std::vector<std::string> &names, uint8_t key = 1) {
  certificate_plan plan;
  plan.key = key;
  for (const std::string &name : names)
    plan.names.push_back(dns_entry(name));
  return identity_of(make_certificate(plan));
}

std::vector<identity> all(std::initializer_list<std::vector<std::string>> names) {
  std::vector<identity> made;
  for (const auto &one : names)
    made.push_back(named(one));
  return made;
}

using group = identity_set::group;

// The identities for a name; empty when no group has it.
group chosen(const identity_set &set, std::string_view name) {
  const size_t position = set.select(name);
  return position == identity_set::unknown ? group{} : set.groups()[position];
}

} // namespace

TEST_CASE("a set without identities has no groups and knows no name") {
  CHECK(identity_set().groups().empty());
  CHECK(identity_set(std::span<const identity>{}).groups().empty());
  CHECK(identity_set().select("www.example") == identity_set::unknown);
}

TEST_CASE("every DNS name of every identity counts") {
  const identity_set set(all({{"a.example", "b.example", "c.example"}, {"d.example", "e.example"}}));
  for (const char *name : {"a.example", "b.example", "c.example"})
    CHECK(chosen(set, name) == group{0});
  for (const char *name : {"d.example", "e.example"})
    CHECK(chosen(set, name) == group{1});
  CHECK(chosen(set, "f.example").empty());
}

TEST_CASE("letters are compared without case, on both sides") {
  const identity_set set(all({{"first.example"}, {"WWW.Example"}, {"*.Wild.EXAMPLE"}}));
  CHECK(chosen(set, "www.example") == group{1});
  CHECK(chosen(set, "wWw.eXample") == group{1});
  CHECK(chosen(set, "A.wild.Example") == group{2});
}

TEST_CASE("an exact name goes before a wildcard, whatever the order of the identities") {
  const identity_set wildcard_first(all({{"*.host.example"}, {"www.host.example"}}));
  CHECK(chosen(wildcard_first, "www.host.example") == group{1});
  CHECK(chosen(wildcard_first, "other.host.example") == group{0});
  const identity_set exact_first(all({{"www.host.example"}, {"*.host.example"}}));
  CHECK(chosen(exact_first, "www.host.example") == group{0});
  CHECK(chosen(exact_first, "other.host.example") == group{1});
}

TEST_CASE("a wildcard stands for exactly one label") {
  const identity_set set(all({{"first.example"}, {"*.host.example"}}));
  CHECK(chosen(set, "a.host.example") == group{1});
  CHECK(chosen(set, "a.b.host.example").empty());
  CHECK(chosen(set, "host.example").empty());
  CHECK(chosen(set, ".host.example").empty());
}

TEST_CASE("entries that match nothing in a client match nothing here") {
  const identity_set set(
      all({{"first.example"}, {"*.com", "*", "w*.host.example", "*.*.example", "www.dot.example.", "*."}}));
  CHECK(chosen(set, "host.com").empty());
  CHECK(chosen(set, "com").empty());
  CHECK(chosen(set, "www.host.example").empty());
  CHECK(chosen(set, "w*.host.example").empty());
  CHECK(chosen(set, "a.b.example").empty());
  CHECK(chosen(set, "a.*.example").empty());
  CHECK(chosen(set, "*.com").empty());
  CHECK(chosen(set, "*").empty());
  CHECK(chosen(set, "www.dot.example").empty());
  CHECK(chosen(set, "www.dot.example.").empty());
}

TEST_CASE("entries that match nothing make no group") {
  CHECK(
      identity_set(all({{"first.example"}, {"w*.host.example", "*.com", "dot.example."}})).groups().size() ==
      1);
}

TEST_CASE("a name of one label is a name") {
  const identity_set set(all({{"first.example"}, {"localhost"}}));
  CHECK(chosen(set, "LOCALHOST") == group{1});
}

TEST_CASE("identities of one name are one group, from which the library picks by the key") {
  std::vector<identity> both;
  both.push_back(named({"first.example"}));
  both.push_back(named({"www.example"}, 1));
  both.push_back(named({"www.example", "more.example"}, 2));
  const identity_set set(both);
  CHECK(chosen(set, "www.example") == group{1, 2});
  CHECK(chosen(set, "more.example") == group{2});
}

TEST_CASE("without a name the first identity serves, with those that have the same names") {
  const identity_set set(
      all({{"a.example", "b.example"}, {"c.example"}, {"B.example", "A.example"}, {"a.example"}}));
  REQUIRE_FALSE(set.groups().empty());
  CHECK(set.groups()[0] == group{0, 2});
  CHECK(set.select("") == 0);
  CHECK(chosen(set, "a.example") == group{0, 2, 3});
  CHECK(chosen(set, "b.example") == group{0, 2});
  CHECK(set.select("b.example") == 0);
}

TEST_CASE("identities without DNS names have nothing in common") {
  std::vector<identity> nameless;
  nameless.push_back(named({}, 1));
  nameless.push_back(named({}, 2));
  CHECK(identity_set(nameless).groups()[0] == group{0});
}

TEST_CASE("neither the common name nor another form of name counts") {
  certificate_plan plan;
  plan.subject = "common.example";
  plan.names = {tlv(0x86, to_blob("uri.example")), ip_entry({192, 0, 2, 1})};
  std::vector<identity> identities;
  identities.push_back(named({"first.example"}));
  identities.push_back(identity_of(make_certificate(plan)));
  const identity_set set(identities);
  CHECK(chosen(set, "common.example").empty());
  CHECK(chosen(set, "uri.example").empty());
  CHECK(chosen(set, "192.0.2.1").empty());
}

TEST_CASE("a leaf that cannot be read has no names and disturbs no other") {
  std::vector<identity> identities;
  identities.push_back(identity_of({0x30, 0x03, 0x02, 0x01, 0x00}));
  identities.push_back(identity_of(to_blob("nonsense")));
  identities.emplace_back();
  identities.push_back(named({"www.example"}));
  const identity_set set(identities);
  CHECK(set.groups()[0] == group{0});
  CHECK(chosen(set, "www.example") == group{3});
}

TEST_CASE("groups are told once") {
  const identity_set set(all({{"a.example", "b.example", "*.example.org"}, {"c.example"}}));
  CHECK(set.groups().size() == 2);
}

TEST_CASE("hostile server names are only unknown") {
  using namespace std::string_view_literals;
  const identity_set set(all({{"www.example"}, {"*.host.example"}}));
  for (const std::string_view name : {"."sv, ".."sv, "www.example\0"sv, "\0.host.example"sv, "\xff\xfe"sv})
    CHECK(set.select(std::string(name) + "x") == identity_set::unknown);
  CHECK(set.select("www.example\0"sv) == identity_set::unknown);
  CHECK(set.select(std::string(100000, 'a')) == identity_set::unknown);
  CHECK(set.select("\xff.host.example") == identity_set::unknown);
  CHECK(set.select("a b.host.example") == identity_set::unknown);
}

} // namespace unitls::test
