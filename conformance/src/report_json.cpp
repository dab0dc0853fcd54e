#include "report.hpp"

#include <nlohmann/json.hpp>

namespace unitls::conformance {
namespace {

using nlohmann::json;

json describe(const case_description &described) {
  return {{"name", described.name},
          {"sentence", described.sentence},
          {"clauses", described.clauses},
          {"needs", described.needed}};
}

json describe(const case_result &each, const plugin_result &plugin, std::uint64_t seed) {
  json result = describe(each.described);
  result.update(to_json(each.judged));
  if (is_bad(each.judged.result)) {
    result["repeat"] = repeat_command(plugin, each.described.name, seed);
  }
  return result;
}

// Bytes of a plugin may be no UTF-8.
void write(std::ostream &out, const json &value) {
  out << value.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
}

} // namespace

void report_json(std::ostream &out, const run_result &run) {
  json plugins = json::array();
  for (const plugin_result &plugin : run.plugins) {
    const run_counts counts = count_of(plugin.cases);
    json cases = json::array();
    for (const case_result &each : plugin.cases) {
      cases.push_back(describe(each, plugin, run.seed));
    }
    json entry = to_json(plugin.facts);
    entry["cases"] = std::move(cases);
    entry["counts"] = {{"passed", counts.passed},
                       {"warned", counts.warned},
                       {"failed", counts.failed},
                       {"skipped", counts.skipped}};
    plugins.push_back(std::move(entry));
  }
  write(out, {{"seed", run.seed}, {"seconds", run.seconds}, {"plugins", plugins}});
}

void list_json(std::ostream &out, const std::vector<case_description> &cases) {
  json all = json::array();
  for (const case_description &each : cases) {
    all.push_back(describe(each));
  }
  write(out, all);
}

} // namespace unitls::conformance
