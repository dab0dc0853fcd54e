#include "clauses.hpp"

#include <algorithm>

namespace unitls::conformance {
namespace {

// Whoever adds a case for one of them takes it out here; tests/clauses_test.py insists.
constexpr clause_without_case reasons[] = {
    {"U-02",
     "It binds the headers and not a plugin: the golden layout of every struct is a test of its own."},
    {"U-14", "It is the duty of the host, which is libunitls here, and the loader's own tests check it."},
};

bool names(const case_description &described, std::string_view id) {
  return std::find(described.clauses.begin(), described.clauses.end(), id) != described.clauses.end();
}

std::string_view reason_for(std::string_view id) {
  const auto *const found =
      std::find_if(std::begin(reasons), std::end(reasons), [&](const auto &each) { return each.id == id; });
  return found == std::end(reasons) ? std::string_view() : found->reason;
}

} // namespace

const clause *find_clause(std::string_view id) noexcept {
  for (const clause &each : all_clauses()) {
    if (each.id == id) {
      return &each;
    }
  }
  return nullptr;
}

std::span<const clause_without_case> clauses_without_case() noexcept {
  return reasons;
}

std::vector<clause_coverage> coverage_by(const std::vector<case_description> &cases) {
  std::vector<clause_coverage> all;
  for (const clause &each : all_clauses()) {
    clause_coverage covered{each, {}, reason_for(each.id)};
    for (const case_description &described : cases) {
      if (names(described, each.id)) {
        covered.cases.push_back(described.name);
      }
    }
    all.push_back(std::move(covered));
  }
  return all;
}

} // namespace unitls::conformance
