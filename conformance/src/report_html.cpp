// One page that needs nothing else: the template of conformance/report/ with what is known of a run.
#include "report.hpp"

#include <cmath>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "escape.hpp"
#include "html_parts.hpp"
#include "page.hpp"
#include "text/readable.hpp"

namespace unitls::conformance {
namespace {

using nlohmann::json;

json describe(const failure &broken) {
  return {{"clause", text::readable_lines(broken.clause)},     {"what", text::readable_lines(broken.what)},
          {"expected", text::readable_lines(broken.expected)}, {"got", text::readable_lines(broken.got)},
          {"context", text::readable_lines(broken.context)},   {"place", text::readable_lines(broken.place)}};
}

// Members that would be empty are left out: most results are a pass without words.
json describe(const case_result &each, const plugin_result &plugin, const run_result &run) {
  const verdict &judged = each.judged;
  json result = {{"verdict", name_of(judged.result)},
                 {"seconds", std::round(judged.seconds * 1000) / 1000},
                 {"repeat", text::readable_lines(repeat_command(run, plugin, each))}};
  if (!judged.reason.empty()) {
    result["reason"] = text::readable_lines(judged.reason);
  }
  for (const failure &broken : judged.failures) {
    result["failures"].push_back(describe(broken));
  }
  for (const std::string &warning : judged.warnings) {
    result["warnings"].push_back(text::readable_lines(warning));
  }
  if (!judged.output.empty()) {
    result["output"] = text::readable_lines(judged.output);
  }
  return result;
}

std::string about(const plugin_facts &facts) {
  return text::readable_lines(facts.id + ' ' + facts.version + " over " + facts.library_version);
}

json describe(const plugin_result &plugin, const run_result &run) {
  json results = json::object();
  for (const case_result &each : plugin.cases) {
    results[each.described.name] = describe(each, plugin, run);
  }
  const std::string server = plugin.server ? " as client, " + about(*plugin.server) + " as server" : "";
  return {{"title", text::readable_lines(plugin.title())},
          {"about", about(plugin.facts) + server},
          {"results", results}};
}

json describe(const run_result &run, const case_map &cases) {
  json data = {{"columns", json::array()}, {"cases", json::object()}, {"clauses", json::object()}};
  for (const plugin_result &plugin : run.plugins) {
    data["columns"].push_back(describe(plugin, run));
  }
  for (const auto &[name, described] : cases) {
    data["cases"][name] = {
        {"sentence", described.sentence}, {"clauses", described.clauses}, {"needs", described.needed}};
  }
  for (const clause &each : all_clauses()) {
    data["clauses"][std::string(each.id)] = {{"section", each.section}, {"text", each.text}};
  }
  return data;
}

std::string title_of(const run_result &run) {
  std::string names;
  for (const plugin_result &plugin : run.plugins) {
    if (!plugin.server) {
      names += (names.empty() ? "" : ", ") + plugin.facts.id;
    }
  }
  return "unitls conformance" + (names.empty() ? "" : ": " + names);
}

using slots = std::map<std::string_view, std::string>;

// Goes over the template once: what is filled in is not looked at again.
void fill(std::ostream &out, std::string_view html, const slots &values) {
  for (std::size_t begin = html.find("{{"); begin != std::string_view::npos; begin = html.find("{{")) {
    const std::size_t end = html.find("}}", begin);
    if (end == std::string_view::npos) {
      throw std::logic_error("the template of the page has a slot without an end");
    }
    out << html.substr(0, begin) << values.at(html.substr(begin + 2, end - begin - 2));
    html.remove_prefix(end + 2);
  }
  out << html;
}

} // namespace

void report_html(std::ostream &out, const run_result &run) {
  const case_map cases = cases_of(run);
  const page_template &parts = page();
  fill(out, parts.html,
       {{"title", markup_text(title_of(run))},
        {"style", std::string(parts.style)},
        {"style_digest", std::string(parts.style_digest)},
        {"script", std::string(parts.script)},
        {"script_digest", std::string(parts.script_digest)},
        {"summary", html_summary(run, cases)},
        {"cards", html_cards(run)},
        {"groups", html_group_choices(cases)},
        {"chips", html_chips(run)},
        {"matrix", html_matrix(run, cases)},
        {"pairs", html_pairs(run, cases)},
        {"capabilities", html_capabilities(run)},
        {"times", html_times(run)},
        {"clauses", html_clauses(cases)},
        {"footer", html_footer(run)},
        {"data", script_json(describe(run, cases))}});
}

} // namespace unitls::conformance
