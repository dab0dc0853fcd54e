// How a case is written: a doctest TEST_CASE that also carries its sentence, the clauses that it checks and the
// capabilities that it needs.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace unitls::conformance {

struct case_description {
  std::string name;     // "close/half-close": group and name
  std::string sentence; // "After its own shutdown a session still reads"
  std::vector<std::string> clauses;
  std::vector<std::string> needed;
  // doctest's name of it. Cases that differ only in their data share one; its body asks running_case() for the data.
  std::string test_case;
};

// All cases, by name.
const std::vector<case_description> &all_cases();

// Those whose name matches one of the patterns, in which * stands for any text, and none of those that are skipped; no
// pattern takes all.
std::vector<case_description> select_cases(const std::vector<std::string> &patterns,
                                           const std::vector<std::string> &skipped = {});

// Capabilities that a case needs; without them it is skipped.
template <class... Names>
std::vector<std::string> needs(Names... names) {
  return {std::string(names)...};
}

// The first capability that the case needs and the list lacks; empty when it has all.
std::string missing_capability(const case_description &described,
                               const std::vector<std::string> &capabilities);

struct case_registration {
  // `clauses` are separated by blanks.
  case_registration(const char *name, const char *sentence, std::string_view clauses,
                    std::vector<std::string> needed);
  // With a test case that it shares.
  case_registration(std::string name, std::string sentence, std::string_view clauses,
                    std::vector<std::string> needed, const char *test_case);
};

// Runs a body so that nothing but its record of failures comes out of it.
void run_body(const std::function<void()> &body);

} // namespace unitls::conformance

#define UNITLS_CASE_AS(function, name, sentence, clauses, ...)                                               \
  static void function();                                                                                    \
  static const ::unitls::conformance::case_registration DOCTEST_ANONYMOUS(unitls_registration_)(             \
      name, sentence, clauses, __VA_ARGS__);                                                                 \
  TEST_CASE(name) {                                                                                          \
    ::unitls::conformance::run_body(function);                                                               \
  }                                                                                                          \
  static void function()

// UNITLS_CASE("group/name", "What the contract says", "U-21 U-25", needs("client", "server")) { ... }
#define UNITLS_CASE(name, sentence, clauses, ...)                                                            \
  UNITLS_CASE_AS(DOCTEST_ANONYMOUS(unitls_case_), name, sentence, clauses, __VA_ARGS__)
