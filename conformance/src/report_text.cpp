#include "report.hpp"

#include <iomanip>

namespace unitls::conformance {
namespace {

std::string painted(outcome result, bool colours) {
  std::string word(name_of(result));
  word.resize(8, ' ');
  if (!colours) {
    return word;
  }
  const char *const colour = is_bad(result) ? "\x1b[31m" : result == outcome::pass ? "\x1b[32m" : "\x1b[33m";
  return colour + word + "\x1b[0m";
}

void write_case(std::ostream &out, const case_result &each, const plugin_result &plugin, std::uint64_t seed,
                bool colours) {
  const verdict &judged = each.judged;
  out << painted(judged.result, colours) << each.described.name;
  if (judged.result == outcome::pass) {
    out << '\n';
    return;
  }
  if (judged.result == outcome::skip) {
    out << ": " << judged.reason << '\n';
    return;
  }
  out << "\n        " << each.described.sentence << '\n';
  if (!judged.reason.empty()) {
    out << "        " << judged.reason << '\n';
  }
  for (const failure &broken : judged.failures) {
    out << "        " << sentence(broken) << '\n';
    if (!broken.place.empty()) {
      out << "          at conformance/" << broken.place << '\n';
    }
  }
  for (const std::string &warning : judged.warnings) {
    out << "        warning: " << warning << '\n';
  }
  if ((judged.result == outcome::crash || judged.result == outcome::timeout) && !judged.output.empty()) {
    out << "        output: " << printable(judged.output) << '\n';
  }
  if (is_bad(judged.result)) {
    out << "        repeat: " << repeat_command(plugin, each.described.name, seed) << '\n';
  }
}

} // namespace

void report_text(std::ostream &out, const run_result &run, bool colours) {
  for (const plugin_result &plugin : run.plugins) {
    out << plugin.facts.path << ": " << plugin.facts.id << ' ' << plugin.facts.version << ", "
        << plugin.facts.library_version << '\n';
    for (const case_result &each : plugin.cases) {
      write_case(out, each, plugin, run.seed, colours);
    }
    const run_counts counts = count_of(plugin.cases);
    out << plugin.facts.id << ": " << counts.passed << " passed, " << counts.failed << " failed, "
        << counts.skipped << " skipped";
    if (counts.warned != 0) {
      out << ", " << counts.warned << " with a warning";
    }
    out << '\n';
  }
  out << "seed " << run.seed << ", " << std::fixed << std::setprecision(1) << run.seconds << " s\n";
}

void list_text(std::ostream &out, const std::vector<case_description> &cases) {
  const auto join = [](const std::vector<std::string> &words) {
    std::string text;
    for (const std::string &each : words) {
      text += (text.empty() ? "" : " ") + each;
    }
    return text.empty() ? "-" : text;
  };
  for (const case_description &each : cases) {
    out << each.name << "\n    " << each.sentence << "\n    clauses: " << join(each.clauses)
        << "; needs: " << join(each.needed) << '\n';
  }
}

} // namespace unitls::conformance
