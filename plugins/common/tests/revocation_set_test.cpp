// Revocation lists, kept with their bytes.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "der_writer.hpp"

#include <unitls/plugin/certificate.hpp>
#include <unitls/plugin/crl.hpp>

#include <doctest/doctest.h>

namespace unitls::test {

using namespace plugin;

namespace {

// What a test wants to say about one list.
struct list_plan {
  blob version = tlv(der::tag_integer, {1});
  blob next_update = tlv(der::tag_utc_time, to_blob("300101000000Z"));
  blob entries{};
  blob extensions{};
};

const blob algorithm = sequence({tlv(der::tag_oid, {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02})});

blob make_list(const list_plan &plan) {
  const blob tbs =
      sequence({plan.version, algorithm, distinguished_name("root"),
                tlv(der::tag_utc_time, to_blob("250101000000Z")), plan.next_update,
                plan.entries.empty() ? blob{} : tlv(der::tag_sequence, plan.entries), plan.extensions});
  return sequence({tbs, algorithm, tlv(der::tag_bit_string, {0, 1})});
}

blob entry(const blob &serial, const blob &extensions = {}) {
  return sequence(
      {tlv(der::tag_integer, serial), tlv(der::tag_utc_time, to_blob("250101000000Z")), extensions});
}

std::optional<revocation_set> make_set(const std::vector<blob> &lists, size_t &position) {
  const std::vector<bytes> views(lists.begin(), lists.end());
  return revocation_set::create(views, position);
}

const blob critical = sequence({extension({0x55, 0x1d, 0x1b}, true, tlv(der::tag_integer, {1}))});
const blob harmless = sequence({extension({0x55, 0x1d, 0x14}, false, tlv(der::tag_integer, {1}))});

} // namespace

TEST_CASE("a set owns its lists") {
  size_t position = 99;
  std::optional<revocation_set> set;
  {
    std::vector<blob> lists{make_list({.entries = entry({7})}), make_list({.entries = entry({8})})};
    set = make_set(lists, position);
    for (blob &list : lists)
      list.assign(list.size(), 0);
  }
  REQUIRE(set);
  const revocation_set moved = std::move(*set);
  REQUIRE(moved.lists().size() == 2);
  CHECK(moved.lists()[0].lists(blob{7}));
  CHECK_FALSE(moved.lists()[0].lists(blob{8}));
  CHECK(moved.lists()[1].lists(blob{8}));
}

TEST_CASE("a set of many lists keeps every view right") {
  std::vector<blob> lists;
  for (uint8_t serial = 1; serial <= 100; ++serial)
    lists.push_back(make_list({.entries = entry({serial})}));
  size_t position = 0;
  const auto set = make_set(lists, position);
  REQUIRE(set);
  for (uint8_t serial = 1; serial <= 100; ++serial)
    CHECK(set->lists()[serial - 1U].lists(blob{serial}));
}

TEST_CASE("the first malformed list is named by its position") {
  size_t position = 99;
  CHECK_FALSE(make_set({make_list({}), make_list({}), sequence({}), to_blob("x")}, position));
  CHECK(position == 2);
  CHECK_FALSE(make_set({to_blob("x")}, position));
  CHECK(position == 0);
}

TEST_CASE("no lists are an empty set") {
  size_t position = 0;
  const auto set = make_set({}, position);
  REQUIRE(set);
  CHECK(set->lists().empty());
}

TEST_CASE("a list has dates, and the next one may be missing") {
  const auto with = revocation_list::parse(make_list({}));
  REQUIRE(with);
  CHECK(with->this_update == 1735689600);
  CHECK(with->next_update == 1893456000);
  CHECK_FALSE(with->lists(blob{1}));
  const blob without_next = make_list({.next_update = {}});
  const auto without = revocation_list::parse(without_next);
  REQUIRE(without);
  CHECK_FALSE(without->next_update);
}

TEST_CASE("critical extensions of a list or of an entry are noted, others are not") {
  const auto is_critical = [](const list_plan &plan) {
    const blob der = make_list(plan);
    const auto list = revocation_list::parse(der);
    REQUIRE(list);
    return list->has_critical_extension;
  };
  CHECK_FALSE(is_critical({}));
  CHECK(is_critical({.extensions = tlv(der::context_constructed(0), critical)}));
  CHECK_FALSE(is_critical({.extensions = tlv(der::context_constructed(0), harmless)}));
  CHECK(is_critical({.entries = join({entry({1}), entry({2}, critical)})}));
  CHECK_FALSE(is_critical({.entries = entry({1}, harmless)}));
}

TEST_CASE("a list of another version, or of broken entries, is malformed") {
  CHECK(revocation_list::parse(make_list({.version = {}})));
  CHECK_FALSE(revocation_list::parse(make_list({.version = tlv(der::tag_integer, {0})})));
  CHECK_FALSE(revocation_list::parse(make_list({.version = tlv(der::tag_integer, {2})})));
  CHECK_FALSE(revocation_list::parse(make_list({.entries = sequence({})})));
  CHECK_FALSE(revocation_list::parse(make_list({.entries = entry({0, 1})}))); // padded
  CHECK_FALSE(revocation_list::parse(make_list({.next_update = tlv(der::tag_utc_time, to_blob("30"))})));
  CHECK_FALSE(revocation_list::parse(make_list({.extensions = tlv(der::context_constructed(1), harmless)})));
}

TEST_CASE("a list that is cut short anywhere, or followed by anything, is malformed") {
  blob whole =
      make_list({.entries = entry({1}, harmless), .extensions = tlv(der::context_constructed(0), harmless)});
  REQUIRE(revocation_list::parse(whole));
  for (size_t size = 0; size < whole.size(); ++size)
    CHECK_FALSE(revocation_list::parse(bytes(whole).first(size)));
  whole.push_back(0);
  CHECK_FALSE(revocation_list::parse(whole));
}

} // namespace unitls::test
