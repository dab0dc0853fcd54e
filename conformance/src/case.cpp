#include "case.hpp"

#include <algorithm>
#include <sstream>

#include "expect.hpp"

namespace unitls::conformance {
namespace {

std::vector<case_description> &registered_cases() {
  static std::vector<case_description> cases;
  return cases;
}

bool is_before(const case_description &left, const case_description &right) {
  return left.name < right.name;
}

std::vector<std::string> split_at_blanks(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) {
    words.push_back(word);
  }
  return words;
}

// Linear in the text for each *: the last one alone needs to be tried again.
bool matches(std::string_view text, std::string_view pattern) {
  std::size_t at = 0;
  std::size_t in_pattern = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (at < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      star_text = at;
    } else if (in_pattern < pattern.size() && pattern[in_pattern] == text[at]) {
      ++at;
      ++in_pattern;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++star_text;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

} // namespace

const std::vector<case_description> &all_cases() {
  std::vector<case_description> &cases = registered_cases();
  if (!std::is_sorted(cases.begin(), cases.end(), is_before)) {
    std::sort(cases.begin(), cases.end(), is_before);
  }
  return cases;
}

std::vector<case_description> select_cases(const std::vector<std::string> &patterns,
                                           const std::vector<std::string> &skipped) {
  std::vector<case_description> chosen;
  for (const case_description &each : all_cases()) {
    const auto fits = [&](const std::string &pattern) { return matches(each.name, pattern); };
    if ((patterns.empty() || std::any_of(patterns.begin(), patterns.end(), fits)) &&
        std::none_of(skipped.begin(), skipped.end(), fits)) {
      chosen.push_back(each);
    }
  }
  return chosen;
}

std::string missing_capability(const case_description &described,
                               const std::vector<std::string> &capabilities) {
  for (const std::string &each : described.needed) {
    if (std::find(capabilities.begin(), capabilities.end(), each) == capabilities.end()) {
      return each;
    }
  }
  return {};
}

case_registration::case_registration(const char *name, const char *sentence, std::string_view clauses,
                                     std::vector<std::string> needed)
    : case_registration(name, sentence, clauses, std::move(needed), name) {}

case_registration::case_registration(std::string name, std::string sentence, std::string_view clauses,
                                     std::vector<std::string> needed, const char *test_case) {
  registered_cases().push_back(
      {std::move(name), std::move(sentence), split_at_blanks(clauses), std::move(needed), test_case});
}

void run_body(const std::function<void()> &body) {
  try {
    body();
  } catch (const case_ended &) { // its failure is on record
  } catch (const std::exception &fault) {
    record_failure({"U-06", "the case ends", "without an exception", printable(fault.what()), {}, {}});
  } catch (...) {
    record_failure({"U-06", "the case ends", "without an exception", "one of an unknown type", {}, {}});
  }
}

} // namespace unitls::conformance
