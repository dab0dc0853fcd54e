// unitls-mutants: prints the table of mutants as JSON, for whoever runs them.
#include <iostream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "mutants.hpp"

namespace unitls::mutants {
namespace {

std::vector<std::string> words_of(const char *text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) {
    words.push_back(word);
  }
  return words;
}

// In how many functions it differs from the honest wrapper.
std::size_t changes_of(const mutant &described) {
  parts changed = honest_parts();
  if (described.change != nullptr) {
    described.change(changed);
  }
  return differences(changed, honest_parts());
}

nlohmann::json describe(const mutant &each) {
  return {{"name", each.name},       {"clauses", words_of(each.clauses)}, {"sentence", each.sentence},
          {"refusal", each.refusal}, {"is_file", each.change == nullptr}, {"changes", changes_of(each)}};
}

} // namespace
} // namespace unitls::mutants

int main() {
  nlohmann::json all = nlohmann::json::array();
  for (const unitls::mutants::mutant &each : unitls::mutants::all_mutants()) {
    all.push_back(unitls::mutants::describe(each));
  }
  std::cout << all.dump(2) << '\n';
}
