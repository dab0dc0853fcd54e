#include "expect.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <set>
#include <utility>

namespace unitls::conformance {
namespace {

// More say nothing new, and a loop over thousands of points must not fill the report.
constexpr std::size_t most_failures = 12;

struct case_record {
  std::string name;
  std::mutex mutex;
  std::vector<failure> failures;
  std::vector<std::string> warnings;
  std::vector<std::string> context;
  std::mt19937_64 random;
};

case_record &current() {
  static case_record instance;
  return instance;
}

bool &tries_every_point() {
  static bool instance = false;
  return instance;
}

constexpr std::array<std::string_view, 20> flag_names = {
    "expired",       "not yet valid",  "unknown issuer",     "self-signed",     "name mismatch",
    "bad signature", "revoked",        "revocation unknown", "weak key",        "weak algorithm",
    "wrong purpose", "bad CA",         "path length",        "name constraint", "unknown critical extension",
    "malformed",     "chain too long", "pin mismatch",       "missing staple",  "other"};

std::string_view status_name(unitls_status status) {
  constexpr std::array<std::string_view, 6> facts = {"OK",     "WANT_READ", "WANT_WRITE",
                                                     "CLOSED", "EOF",       "WANT_CALLBACK"};
  constexpr std::array<std::string_view, 13> errors = {
      "E_INVALID",   "E_STATE",     "E_UNSUPPORTED", "E_NOMEM",  "E_PROTOCOL", "E_ALERT",   "E_CERTIFICATE",
      "E_TRUNCATED", "E_TRANSPORT", "E_ABI",         "E_POLICY", "E_TIMEOUT",  "E_INTERNAL"};
  if (status >= 0 && static_cast<std::size_t>(status) < facts.size()) {
    return facts[static_cast<std::size_t>(status)];
  }
  if (status < 0 && status >= -static_cast<int>(errors.size())) {
    return errors[static_cast<std::size_t>(-status) - 1];
  }
  return "unknown status";
}

// The path as it stands in the tree: "cases/close.cpp".
std::string short_place(place at) {
  const std::string_view file = at.file;
  const std::size_t name = file.rfind('/');
  const std::size_t folder =
      name == std::string_view::npos || name == 0 ? std::string_view::npos : file.rfind('/', name - 1);
  return std::string(folder == std::string_view::npos ? file : file.substr(folder + 1)) + ":" +
         std::to_string(at.line);
}

std::string joined(const std::vector<std::string> &parts) {
  std::string text;
  for (const std::string &each : parts) {
    text += (text.empty() ? "" : ", ") + each;
  }
  return text;
}

} // namespace

std::string text_of(bool value) {
  return value ? "true" : "false";
}
std::string text_of(const std::string &value) {
  return "\"" + printable(value) + "\"";
}
std::string text_of(std::string_view value) {
  return text_of(std::string(value));
}
std::string text_of(const char *value) {
  return text_of(std::string(value));
}

std::string status_text(unitls_status status) {
  return std::string(status_name(status)) + " (" + std::to_string(status) + ")";
}

std::string flags_text(unitls_verify_flags flags) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < flag_names.size(); ++i) {
    if ((flags >> i & 1U) != 0) {
      names.emplace_back(flag_names[i]);
    }
  }
  if (flags >> flag_names.size() != 0) {
    names.emplace_back("an unknown flag");
  }
  return names.empty() ? "no flag" : joined(names);
}

void record_failure(failure broken) {
  case_record &record = current();
  const std::lock_guard lock(record.mutex);
  broken.context = joined(record.context);
  const auto same = [&](const failure &each) {
    return each.clause == broken.clause && each.what == broken.what && each.got == broken.got &&
           each.context == broken.context;
  };
  if (record.failures.size() < most_failures &&
      std::none_of(record.failures.begin(), record.failures.end(), same)) {
    record.failures.push_back(std::move(broken));
  }
}

void record_failure(failure broken, place at) {
  broken.place = short_place(at);
  record_failure(std::move(broken));
}

void record_warning(std::string text) {
  case_record &record = current();
  const std::lock_guard lock(record.mutex);
  record.warnings.push_back(std::move(text));
}

void expect(const char *clause, const std::string &what, bool holds, const std::string &expected,
            const std::string &got, place at) {
  if (!holds) {
    record_failure({clause, what, expected, got, {}, {}}, at);
  }
}

void require(const char *clause, const std::string &what, bool holds, const std::string &expected,
             const std::string &got, place at) {
  expect(clause, what, holds, expected, got, at);
  if (!holds) {
    throw case_ended{};
  }
}

void expect_status(const char *clause, const std::string &what, unitls_status got, unitls_status expected,
                   place at) {
  if (got != expected) {
    record_failure({clause, what, status_text(expected), status_text(got), {}, {}}, at);
  }
}

void require_status(const char *clause, const std::string &what, unitls_status got, unitls_status expected,
                    place at) {
  expect_status(clause, what, got, expected, at);
  if (got != expected) {
    throw case_ended{};
  }
}

void expect_flags(const char *clause, const std::string &what, unitls_verify_flags got,
                  unitls_verify_flags expected, place at) {
  if (got != expected) {
    record_failure({clause, what, flags_text(expected), flags_text(got), {}, {}}, at);
  }
}

during::during(std::string what) {
  case_record &record = current();
  const std::lock_guard lock(record.mutex);
  record.context.push_back(std::move(what));
}

during::~during() {
  case_record &record = current();
  const std::lock_guard lock(record.mutex);
  record.context.pop_back();
}

std::mt19937_64 &random_numbers() {
  return current().random;
}

void use_thoroughness(bool thorough) noexcept {
  tries_every_point() = thorough;
}

std::vector<std::size_t> seeded_points(std::size_t count, std::size_t most) {
  std::set<std::size_t> chosen;
  if (count <= most || tries_every_point()) {
    for (std::size_t i = 0; i < count; ++i) {
      chosen.insert(i);
    }
  } else {
    chosen = {0, count - 1};
    while (chosen.size() < most) {
      chosen.insert(static_cast<std::size_t>(random_numbers()() % count));
    }
  }
  return {chosen.begin(), chosen.end()};
}

const std::string &running_case() {
  return current().name;
}

void begin_record(std::uint64_t seed, const std::string &case_name) {
  case_record &record = current();
  const std::lock_guard lock(record.mutex);
  record.name = case_name;
  record.failures.clear();
  record.warnings.clear();
  record.context.clear();
  // Not std::hash: a seed must mean the same on every machine.
  std::vector<std::uint32_t> material(case_name.begin(), case_name.end());
  material.push_back(static_cast<std::uint32_t>(seed));
  material.push_back(static_cast<std::uint32_t>(seed >> 32U));
  std::seed_seq sequence(material.begin(), material.end());
  record.random.seed(sequence);
}

verdict end_record() {
  case_record &record = current();
  const std::lock_guard lock(record.mutex);
  verdict result;
  result.failures = std::exchange(record.failures, {});
  result.warnings = std::exchange(record.warnings, {});
  result.result = !result.failures.empty()   ? outcome::fail
                  : !result.warnings.empty() ? outcome::warn
                                             : outcome::pass;
  return result;
}

} // namespace unitls::conformance
