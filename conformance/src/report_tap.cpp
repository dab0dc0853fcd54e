// TAP version 14 (testanything.org): one line a case, and a block of YAML below what needs words.
#include "report.hpp"

#include "escape.hpp"
#include "text_layout.hpp"

namespace unitls::conformance {
namespace {

constexpr std::string_view version_line = "TAP version 14\n";

std::string field(std::string_view name, std::string_view value) {
  return "  " + std::string(name) + ": " + yaml_text(value) + '\n';
}

template <class Items, class Text>
std::string list(std::string_view name, const Items &items, Text text_of) {
  std::string lines;
  for (const auto &each : items) {
    lines += "    - " + yaml_text(text_of(each)) + '\n';
  }
  return lines.empty() ? lines : "  " + std::string(name) + ":\n" + lines;
}

std::string diagnostics(const case_result &each, const plugin_result &plugin, const run_result &run) {
  const verdict &judged = each.judged;
  std::string text = "  ---\n" + field("verdict", name_of(judged.result)) +
                     field("sentence", each.described.sentence) + "  seconds: " + decimal(judged.seconds, 3) +
                     '\n';
  if (!judged.reason.empty()) {
    text += field("reason", judged.reason);
  }
  text += list("failures", judged.failures, sentence_with_place);
  text += list("warnings", judged.warnings, [](const std::string &warning) { return warning; });
  if (is_bad(judged.result)) {
    text += list("clauses", clauses_to_show(each), [](const clause *words) { return words_of(*words); });
  }
  if (!judged.output.empty()) {
    text += field("output", judged.output);
  }
  if (is_bad(judged.result)) {
    text += field("repeat", repeat_command(run, plugin, each));
  }
  return text + "  ...\n";
}

void write_case(std::ostream &out, std::size_t number, const case_result &each, const plugin_result &plugin,
                const run_result &run) {
  const verdict &judged = each.judged;
  out << (is_bad(judged.result) ? "not ok " : "ok ") << number << " - "
      << tap_text(plugin.title() + ": " + each.described.name);
  if (judged.result == outcome::skip) {
    out << " # SKIP " << tap_text(judged.reason);
  }
  out << '\n';
  if (judged.result != outcome::pass && judged.result != outcome::skip) {
    out << diagnostics(each, plugin, run);
  }
}

void write_comment(std::ostream &out, std::string_view text) {
  out << "# " << tap_text(text) << '\n';
}

} // namespace

void report_tap(std::ostream &out, const run_result &run) {
  std::size_t all = 0;
  for (const plugin_result &plugin : run.plugins) {
    all += plugin.cases.size();
  }
  out << version_line << "1.." << all << (all == 0 ? " # SKIP no case was chosen" : "") << '\n';
  write_comment(out, "seed " + std::to_string(run.seed));
  std::size_t number = 0;
  for (const plugin_result &plugin : run.plugins) {
    write_comment(out, plugin.title() + ' ' + plugin.facts.version + ", " + plugin.facts.library_version);
    for (const case_result &each : plugin.cases) {
      write_case(out, ++number, each, plugin, run);
    }
  }
}

void report_tap_end(std::ostream &out, std::string_view reason) {
  out << version_line << "Bail out! " << tap_text(reason) << '\n';
}

} // namespace unitls::conformance
