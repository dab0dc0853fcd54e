#include "report.hpp"

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

std::string repeat_command(const plugin_result &plugin, const std::string &case_name, std::uint64_t seed) {
  return "unitls-conformance " + quoted_for_shell(plugin.given_path) + " --filter " + case_name +
         " --reproduce " + std::to_string(seed);
}

} // namespace unitls::conformance
