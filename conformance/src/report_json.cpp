// For programs.
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

json describe(const case_result &each, const plugin_result &plugin, const run_result &run) {
  json result = describe(each.described);
  result.update(to_json(each.judged));
  if (is_bad(each.judged.result)) {
    result["repeat"] = repeat_command(run, plugin, each);
  }
  return result;
}

json describe(const plugin_result &plugin, const run_result &run) {
  json cases = json::array();
  for (const case_result &each : plugin.cases) {
    cases.push_back(describe(each, plugin, run));
  }
  const run_counts counts = count_of(plugin.cases);
  json entry = to_json(plugin.facts);
  if (plugin.server) {
    entry["server"] = to_json(*plugin.server);
  }
  entry["title"] = plugin.title();
  entry["seconds"] = seconds_of(plugin);
  entry["cases"] = std::move(cases);
  entry["counts"] = {{"passed", counts.passed},
                     {"warned", counts.warned},
                     {"failed", counts.failed},
                     {"skipped", counts.skipped}};
  return entry;
}

json describe(const clause &described) {
  return {{"id", described.id}, {"section", described.section}, {"text", described.text}};
}

// Bytes of a plugin may be no UTF-8.
void write(std::ostream &out, const json &value) {
  out << value.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
}

} // namespace

void report_json(std::ostream &out, const run_result &run) {
  json plugins = json::array();
  for (const plugin_result &plugin : run.plugins) {
    plugins.push_back(describe(plugin, run));
  }
  json clauses = json::object();
  for (const clause &each : all_clauses()) {
    clauses[std::string(each.id)] = describe(each);
  }
  write(out, {{"seed", run.seed},
              {"begin", timestamp_of(run)},
              {"seconds", run.seconds},
              {"plugins", plugins},
              {"clauses", clauses}});
}

void list_json(std::ostream &out, const std::vector<case_description> &cases) {
  json all = json::array();
  for (const case_description &each : cases) {
    all.push_back(describe(each));
  }
  write(out, all);
}

void clauses_json(std::ostream &out, const std::vector<clause_coverage> &clauses) {
  json all = json::array();
  for (const clause_coverage &each : clauses) {
    json entry = describe(each.described);
    entry["cases"] = each.cases;
    entry["reason"] = each.reason;
    all.push_back(std::move(entry));
  }
  write(out, all);
}

} // namespace unitls::conformance
