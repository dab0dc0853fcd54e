// Expectations: each names the clause of backend.h that it rests on, and leaves a record when it is broken.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <unitls/types.h>

#include "verdict.hpp"

namespace unitls::conformance {

// Thrown by require_...: the case cannot go on.
struct case_ended {};

// Where an expectation stands.
struct place {
  const char *file;
  int line;
  static place here(const char *file = __builtin_FILE(), int line = __builtin_LINE()) { return {file, line}; }
};

std::string text_of(bool value);
std::string text_of(const std::string &value);
std::string text_of(std::string_view value);
std::string text_of(const char *value);
template <class Number>
requires std::is_integral_v<Number> std::string text_of(Number value) {
  return std::to_string(value);
}

// "E_STATE (-2)"
std::string status_text(unitls_status status);
// "expired, unknown issuer" or "no flag"
std::string flags_text(unitls_verify_flags flags);

// Adds a failure, whose context is what `during` says. [thread-safe]
void record_failure(failure broken, place at);
void record_failure(failure broken);
// Adds a remark that does not fail the case. [thread-safe]
void record_warning(std::string text);

void expect_status(const char *clause, const std::string &what, unitls_status got, unitls_status expected,
                   place at = place::here());
void require_status(const char *clause, const std::string &what, unitls_status got, unitls_status expected,
                    place at = place::here());
void expect_flags(const char *clause, const std::string &what, unitls_verify_flags got,
                  unitls_verify_flags expected, place at = place::here());
// `got` says what there is instead.
void expect(const char *clause, const std::string &what, bool holds, const std::string &expected,
            const std::string &got, place at = place::here());
void require(const char *clause, const std::string &what, bool holds, const std::string &expected,
             const std::string &got, place at = place::here());

template <class Got, class Expected>
void expect_equal(const char *clause, const std::string &what, const Got &got, const Expected &expected,
                  place at = place::here()) {
  expect(clause, what, got == expected, text_of(expected), text_of(got), at);
}

// What the case does while it lives, named in every failure.
class during {
public:
  explicit during(std::string what);
  ~during();
  during(const during &) = delete;
  during &operator=(const during &) = delete;
};

// The choices of this case: the same for the same seed and name.
std::mt19937_64 &random_numbers();

// Whether every point is tried where else a choice is; told before cases run.
void use_thoroughness(bool thorough) noexcept;

// Points to try out of 0 to count-1: all when there are at most `most` or the run is thorough, else that many, first and
// last among them.
std::vector<std::size_t> seeded_points(std::size_t count, std::size_t most = 16);

// The name of the case that runs.
const std::string &running_case();

// For the sandbox: begins a case, and gives what was recorded since then.
void begin_record(std::uint64_t seed, const std::string &case_name);
verdict end_record();

} // namespace unitls::conformance
