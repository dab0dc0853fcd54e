#include "clauses.hpp"

#include <set>

#include <doctest/doctest.h>

using namespace unitls::conformance;

TEST_CASE("the header's clauses are compiled in") {
  CHECK(all_clauses().size() >= 62);
  const clause *const known = find_clause("U-53");
  REQUIRE(known != nullptr);
  CHECK(known->section == "Plugin");
  CHECK(known->text == "`context_destroy` and `session_destroy` of NULL do nothing.");
  CHECK(find_clause("U-00") == nullptr);
  CHECK(find_clause("") == nullptr);
}

TEST_CASE("a reason is about a clause that exists, is there once and says something") {
  std::set<std::string_view> seen;
  for (const clause_without_case &each : clauses_without_case()) {
    CAPTURE(each.id);
    CHECK(find_clause(each.id) != nullptr);
    CHECK(seen.insert(each.id).second);
    CHECK(each.reason.size() > 20);
    CHECK(each.reason.ends_with("."));
  }
}

TEST_CASE("coverage has every clause, with the cases that name it") {
  const auto coverage =
      coverage_by({{"a/one", "One", {"U-01", "U-53"}, {}, "a/one"}, {"b/two", "Two", {"U-53"}, {}, "b/two"}});
  CHECK(coverage.size() == all_clauses().size());
  for (const clause_coverage &each : coverage) {
    const std::size_t expected = each.described.id == "U-53" ? 2 : each.described.id == "U-01" ? 1 : 0;
    CHECK(each.cases.size() == expected);
  }
}
