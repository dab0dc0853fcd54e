#include "report.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include "text_layout.hpp"

namespace unitls::conformance {
namespace {

std::string quoted_for_shell(const std::string &word) {
  if (word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./") ==
      std::string::npos) {
    return word;
  }
  std::string quoted = "'";
  for (const char each : word) {
    quoted += each == '\'' ? std::string("'\\''") : std::string(1, each);
  }
  return quoted + "'";
}

void add_clause(std::vector<const clause *> &clauses, std::string_view id) {
  const clause *const found = find_clause(id);
  if (found != nullptr && std::find(clauses.begin(), clauses.end(), found) == clauses.end()) {
    clauses.push_back(found);
  }
}

// What the random choices follow from.
std::string choices_of(const run_result &run, const verdict &judged) {
  const std::string seed = std::to_string(run.seed);
  if (judged.result == outcome::timeout) {
    return " --seed " + seed + " --timeout " + seconds_text(run.timeout);
  }
  return (judged.met_a_limit ? " --seed " : " --reproduce ") + seed;
}

} // namespace

run_counts count_of(const std::vector<case_result> &cases) {
  run_counts counts;
  for (const case_result &each : cases) {
    const outcome result = each.judged.result;
    counts.passed += result == outcome::pass || result == outcome::warn ? 1U : 0U;
    counts.warned += result == outcome::warn ? 1U : 0U;
    counts.skipped += result == outcome::skip ? 1U : 0U;
    counts.failed += is_bad(result) ? 1U : 0U;
  }
  return counts;
}

double seconds_of(const plugin_result &plugin) {
  double sum = 0;
  for (const case_result &each : plugin.cases) {
    sum += each.judged.seconds;
  }
  return sum;
}

std::string_view group_of(std::string_view case_name) {
  return case_name.substr(0, case_name.find('/'));
}

std::string timestamp_of(const run_result &run) {
  const std::time_t begin = std::chrono::system_clock::to_time_t(run.begin);
  std::tm parts{};
  std::array<char, 32> text{};
  ::gmtime_r(&begin, &parts);
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::vector<const clause *> clauses_to_show(const case_result &judged) {
  std::vector<const clause *> clauses;
  if (!is_bad(judged.judged.result)) {
    return clauses;
  }
  for (const failure &broken : judged.judged.failures) {
    add_clause(clauses, broken.clause);
  }
  if (clauses.empty()) {
    for (const std::string &id : judged.described.clauses) {
      add_clause(clauses, id);
    }
  }
  return clauses;
}

std::string words_of(const clause &described) {
  return std::string(described.id) + "  " + std::string(described.text);
}

std::string sentence_with_place(const failure &broken) {
  return sentence(broken) + (broken.place.empty() ? "" : " at conformance/" + broken.place);
}

std::string repeat_command(const run_result &run, const plugin_result &plugin, const case_result &of) {
  std::string command = "unitls-conformance " + quoted_for_shell(plugin.given_path);
  if (plugin.server) {
    command += " --server " + quoted_for_shell(plugin.given_server);
  }
  for (const std::string &each : plugin.layers) {
    command += " --layer " + quoted_for_shell(each);
  }
  if (!run.given_certificates.empty()) {
    command += " --certificates " + quoted_for_shell(run.given_certificates);
  }
  command += (run.thorough ? " --thorough --filter " : " --filter ") + of.described.name;
  return command + choices_of(run, of.judged);
}

} // namespace unitls::conformance
