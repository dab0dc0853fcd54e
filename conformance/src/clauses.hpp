// The clauses of unitls/backend.h in their own words, and which cases check them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "case.hpp"

namespace unitls::conformance {

struct clause {
  std::string_view id;      // "U-25"
  std::string_view section; // "Sessions: states"
  std::string_view text;
};

// Section by section, by number in each. The build takes them from the header.
std::span<const clause> all_clauses();

// Nothing when there is none of that number.
const clause *find_clause(std::string_view id) noexcept;

// A clause that no case can check, and why.
struct clause_without_case {
  std::string_view id;
  std::string_view reason;
};

std::span<const clause_without_case> clauses_without_case() noexcept;

struct clause_coverage {
  clause described;
  std::vector<std::string> cases; // names, in order
  std::string_view reason;        // why no case can check it; empty unless the table of reasons has it
};

// Every clause with those of the cases that name it.
std::vector<clause_coverage> coverage_by(const std::vector<case_description> &cases);

} // namespace unitls::conformance
