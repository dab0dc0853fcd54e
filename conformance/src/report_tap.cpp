#include "report.hpp"

namespace unitls::conformance {

void report_tap(std::ostream &out, const run_result &run) {
  std::size_t all = 0;
  for (const plugin_result &plugin : run.plugins) {
    all += plugin.cases.size();
  }
  out << "TAP version 14\n# seed " << run.seed << "\n1.." << all << '\n';
  std::size_t number = 0;
  for (const plugin_result &plugin : run.plugins) {
    out << "# " << plugin.facts.id << ' ' << plugin.facts.version << ", " << plugin.facts.library_version
        << '\n';
    for (const case_result &each : plugin.cases) {
      const verdict &judged = each.judged;
      out << (is_bad(judged.result) ? "not ok " : "ok ") << ++number << " - " << plugin.facts.id << ": "
          << each.described.name;
      if (judged.result == outcome::skip) {
        out << " # SKIP " << judged.reason;
      }
      out << '\n';
      if (is_bad(judged.result)) {
        out << "# " << name_of(judged.result) << ": " << each.described.sentence << '\n';
        if (!judged.reason.empty()) {
          out << "# " << judged.reason << '\n';
        }
        for (const failure &broken : judged.failures) {
          out << "# " << sentence(broken) << " at conformance/" << broken.place << '\n';
        }
        out << "# repeat: " << repeat_command(plugin, each.described.name, run.seed) << '\n';
      }
      for (const std::string &warning : judged.warnings) {
        out << "# warning: " << warning << '\n';
      }
    }
  }
}

} // namespace unitls::conformance
