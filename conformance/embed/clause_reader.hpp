// Takes the numbered clauses out of the comments of unitls/backend.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace unitls::conformance {

struct written_clause {
  std::string id;      // "U-25"
  std::string section; // "Sessions: states"
  std::string text;    // its words, in one line
};

// All clauses: section by section, by number in each. Throws std::runtime_error with one sentence when a number occurs twice, a clause has no words,
// or a clause is mentioned that is not there.
std::vector<written_clause> read_clauses(std::string_view header);

} // namespace unitls::conformance
