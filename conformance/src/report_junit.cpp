// JUnit XML in the form that continuous integration reads; its schema is tests/junit.xsd.
#include "report.hpp"

#include "escape.hpp"
#include "text_layout.hpp"

namespace unitls::conformance {
namespace {

std::string attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + markup_text(value) + "\"";
}

std::string attribute(std::string_view name, std::size_t value) {
  return attribute(name, std::to_string(value));
}

// A fault of the plugin's process is an error, a broken clause a failure.
struct junit_counts {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;

  std::string attributes() const {
    return attribute("tests", tests) + attribute("failures", failures) + attribute("errors", errors) +
           attribute("skipped", skipped);
  }
  junit_counts &operator+=(const junit_counts &other) {
    tests += other.tests;
    failures += other.failures;
    errors += other.errors;
    skipped += other.skipped;
    return *this;
  }
};

junit_counts junit_counts_of(const plugin_result &plugin) {
  junit_counts counts;
  for (const case_result &each : plugin.cases) {
    const outcome result = each.judged.result;
    ++counts.tests;
    counts.failures += result == outcome::fail ? 1U : 0U;
    counts.errors += result == outcome::crash || result == outcome::timeout ? 1U : 0U;
    counts.skipped += result == outcome::skip ? 1U : 0U;
  }
  return counts;
}

std::string joined(const std::vector<std::string> &lines) {
  std::string text;
  for (const std::string &each : lines) {
    text += (text.empty() ? "" : "\n") + each;
  }
  return text;
}

// The first thing that went wrong.
std::string headline(const verdict &judged) {
  return !judged.reason.empty()     ? judged.reason
         : !judged.failures.empty() ? sentence(judged.failures.front())
                                    : std::string(name_of(judged.result));
}

void write_fault(std::ostream &out, const case_result &each) {
  const char *const element = each.judged.result == outcome::fail ? "failure" : "error";
  std::vector<std::string> lines = {each.described.sentence};
  for (const failure &broken : each.judged.failures) {
    lines.push_back(sentence_with_place(broken));
  }
  for (const clause *words : clauses_to_show(each)) {
    lines.push_back(words_of(*words));
  }
  out << "      <" << element << attribute("message", headline(each.judged))
      << attribute("type", name_of(each.judged.result)) << '>' << markup_text(joined(lines)) << "</"
      << element << ">\n";
}

void write_case(std::ostream &out, const case_result &each, const plugin_result &plugin,
                const run_result &run) {
  const verdict &judged = each.judged;
  out << "    <testcase" << attribute("classname", group_of(each.described.name))
      << attribute("name", each.described.name) << attribute("time", decimal(judged.seconds, 3));
  if (judged.result == outcome::pass) {
    out << "/>\n";
    return;
  }
  out << ">\n";
  std::vector<std::string> notes;
  for (const std::string &each_warning : judged.warnings) {
    notes.push_back("warning: " + each_warning);
  }
  if (judged.result == outcome::skip) {
    out << "      <skipped" << attribute("message", judged.reason) << "/>\n";
  }
  if (is_bad(judged.result)) {
    write_fault(out, each);
    notes.push_back("repeat: " + repeat_command(run, plugin, each));
  }
  if (!notes.empty()) {
    out << "      <system-out>" << markup_text(joined(notes)) << "</system-out>\n";
  }
  if (!judged.output.empty()) {
    out << "      <system-err>" << markup_text(judged.output) << "</system-err>\n";
  }
  out << "    </testcase>\n";
}

void write_property(std::ostream &out, std::string_view name, std::string_view value) {
  out << "      <property" << attribute("name", name) << attribute("value", value) << "/>\n";
}

void write_plugin(std::ostream &out, const plugin_result &plugin, const run_result &run) {
  out << "  <testsuite" << attribute("name", plugin.title()) << junit_counts_of(plugin).attributes()
      << attribute("time", decimal(seconds_of(plugin), 3)) << attribute("timestamp", timestamp_of(run))
      << ">\n    <properties>\n";
  write_property(out, "seed", std::to_string(run.seed));
  write_property(out, "plugin", plugin.facts.path);
  write_property(out, "plugin version", plugin.facts.version);
  write_property(out, "library version", plugin.facts.library_version);
  out << "    </properties>\n";
  for (const case_result &each : plugin.cases) {
    write_case(out, each, plugin, run);
  }
  out << "  </testsuite>\n";
}

} // namespace

void report_junit(std::ostream &out, const run_result &run) {
  junit_counts counts;
  for (const plugin_result &plugin : run.plugins) {
    counts += junit_counts_of(plugin);
  }
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" << attribute("name", "unitls-conformance")
      << counts.attributes() << attribute("time", decimal(run.seconds, 3)) << ">\n";
  for (const plugin_result &plugin : run.plugins) {
    write_plugin(out, plugin, run);
  }
  out << "</testsuites>\n";
}

} // namespace unitls::conformance
