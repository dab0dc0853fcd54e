#include "html_parts.hpp"

#include <algorithm>
#include <set>

#include "html_writer.hpp"
#include "tally.hpp"
#include "text_layout.hpp"

namespace unitls::conformance {
namespace {

constexpr std::size_t slowest_shown = 12;

tally tally_of(const plugin_result &plugin) {
  tally counts;
  for (const case_result &each : plugin.cases) {
    counts.add(each.judged.result);
  }
  return counts;
}

tally tally_of(const run_result &run) {
  tally counts;
  for (const plugin_result &plugin : run.plugins) {
    for (const case_result &each : plugin.cases) {
      counts.add(each.judged.result);
    }
  }
  return counts;
}

std::string class_of(const std::string &before, outcome result) {
  return before + " is-" + std::string(name_of(result));
}

std::string counted(std::size_t count, const std::string &one, const std::string &several) {
  return std::to_string(count) + ' ' + (count == 1 ? one : several);
}

std::string time_text(double seconds) {
  return seconds < 60 ? decimal(seconds, 1) + " s"
                      : std::to_string(static_cast<unsigned long>(seconds) / 60) + " min " +
                            std::to_string(static_cast<unsigned long>(seconds) % 60) + " s";
}

std::vector<const plugin_result *> plugins_alone(const run_result &run) {
  std::vector<const plugin_result *> alone;
  for (const plugin_result &each : run.plugins) {
    if (!each.server) {
      alone.push_back(&each);
    }
  }
  return alone;
}

struct losses {
  std::size_t all = 0;
  std::vector<std::string> titles; // of those that lost a case
};

losses losses_of(const run_result &run, bool pairs) {
  losses found;
  for (const plugin_result &each : run.plugins) {
    if (each.server.has_value() != pairs) {
      continue;
    }
    ++found.all;
    if (tally_of(each).lost() != 0) {
      found.titles.push_back(each.title());
    }
  }
  return found;
}

// What matters most, in one line.
std::string headline(const run_result &run) {
  if (tally_of(run).ran() == 0) {
    return "Nothing ran";
  }
  const losses alone = losses_of(run, false);
  const losses pairs = losses_of(run, true);
  const losses &worse = alone.titles.empty() ? pairs : alone;
  if (worse.titles.size() == 1) {
    return worse.titles.front() + " breaks the contract";
  }
  if (!worse.titles.empty()) {
    return std::to_string(worse.titles.size()) + " of " +
           counted(worse.all, "plugin", alone.titles.empty() ? "pairs" : "plugins") + " break the contract";
  }
  if (run.plugins.size() == 1) {
    return run.plugins.front().title() + " keeps the contract";
  }
  return "All " + std::to_string(alone.all == 0 ? pairs.all : alone.all) +
         (alone.all == 0 ? " pairs keep the contract" : " plugins keep the contract");
}

void write_fact(html_writer &out, std::string_view name, std::string_view value) {
  out.open("div").leaf("dt", {}, name).leaf("dd", {}, value).close("div");
}

// One bar of all verdicts, wide as their shares.
void write_bar(html_writer &out, const tally &counts) {
  out.open("svg", {{"class", "bar"},
                   {"viewBox", "0 0 1000 8"},
                   {"preserveAspectRatio", "none"},
                   {"aria-hidden", "true"}});
  double at = 0;
  for (const outcome each : all_outcomes) {
    const double width = 1000.0 * static_cast<double>(counts.of(each)) /
                         static_cast<double>(std::max<std::size_t>(counts.all(), 1));
    if (width > 0) {
      out.open("rect", {{"class", "bar-" + std::string(name_of(each))},
                        {"x", decimal(at, 1)},
                        {"width", decimal(width, 1)},
                        {"height", "8"}});
      out.close("rect");
    }
    at += width;
  }
  out.close("svg");
}

void write_counts(html_writer &out, const tally &counts) {
  out.open("ul", {{"class", "counts"}});
  for (const outcome each : all_outcomes) {
    if (counts.of(each) != 0) {
      out.open("li", {{"class", class_of("", each)}}).mark(name_of(each));
      out.text(std::to_string(counts.of(each)) + ' ' + std::string(name_of(each))).close("li");
    }
  }
  out.close("ul");
}

void write_card(html_writer &out, const plugin_result &plugin) {
  const tally counts = tally_of(plugin);
  out.open("article", {{"class", "card"}});
  out.open("h3").text(plugin.facts.id).leaf("small", {}, time_text(seconds_of(plugin))).close("h3");
  out.leaf("p", {{"class", "library"}}, plugin.facts.library_version + " · plugin " + plugin.facts.version);
  write_bar(out, counts);
  write_counts(out, counts);
  out.leaf("p", {{"class", "path mono"}}, plugin.facts.path).close("article");
}

void open_section(html_writer &out, const std::string &id, std::string_view title, std::string_view hint) {
  out.open("section", {{"id", id}}).open("details", {{"class", "more"}}).open("summary").mark("fold");
  out.leaf("h2", {}, title).leaf("p", {}, hint).close("summary");
}

void close_section(html_writer &out) {
  out.close("details").close("section");
}

void open_table(html_writer &out, std::string_view first, const std::vector<const plugin_result *> &plugins,
                const std::string &alignment) {
  out.open("div", {{"class", "sheet scroll"}}).open("table", {{"class", "list"}}).open("thead").open("tr");
  out.leaf("th", {{"scope", "col"}}, first);
  for (const plugin_result *each : plugins) {
    out.leaf("th", {{"scope", "col"}, {"class", alignment}}, each->facts.id);
  }
  out.close("tr").close("thead").open("tbody");
}

void close_table(html_writer &out) {
  out.close("tbody").close("table").close("div");
}

bool has(const plugin_result &plugin, const std::string &capability) {
  const std::vector<std::string> &all = plugin.facts.capabilities;
  return std::find(all.begin(), all.end(), capability) != all.end();
}

using times_by_case = std::map<std::string, std::map<const plugin_result *, double>>;

// The cases that took longest with one of the plugins, the longest first.
std::vector<std::pair<double, std::string>> slowest(const times_by_case &times) {
  std::vector<std::pair<double, std::string>> slow;
  for (const auto &[name, by_plugin] : times) {
    double longest = 0;
    for (const auto &[plugin, seconds] : by_plugin) {
      longest = std::max(longest, seconds);
    }
    slow.emplace_back(longest, name);
  }
  std::sort(slow.rbegin(), slow.rend());
  slow.resize(std::min(slow.size(), slowest_shown));
  return slow;
}

} // namespace

case_map cases_of(const run_result &run) {
  case_map cases;
  for (const plugin_result &plugin : run.plugins) {
    for (const case_result &each : plugin.cases) {
      cases.emplace(each.described.name, each.described);
    }
  }
  return cases;
}

std::string html_summary(const run_result &run, const case_map &cases) {
  const outcome overall = tally_of(run).overall();
  html_writer out;
  out.leaf("p", {{"class", "brand"}}, "unitls conformance");
  out.open("div", {{"class", class_of("headline", overall)}});
  out.open("span", {{"class", "seal"}}).mark(name_of(overall)).close("span");
  out.leaf("h1", {}, headline(run)).close("div");
  std::string date = timestamp_of(run);
  std::replace(date.begin(), date.end(), 'T', ' ');
  out.open("dl", {{"class", "facts"}});
  write_fact(out, "Date", date.substr(0, date.rfind(':')) + " UTC");
  write_fact(out, "Cases", std::to_string(cases.size()));
  write_fact(out, "Clauses", std::to_string(all_clauses().size()));
  write_fact(out, "Time", time_text(run.seconds));
  write_fact(out, "Seed", std::to_string(run.seed));
  out.close("dl");
  return out.html();
}

std::string html_cards(const run_result &run) {
  html_writer out;
  for (const plugin_result *each : plugins_alone(run)) {
    write_card(out, *each);
  }
  return out.html();
}

std::string html_group_choices(const case_map &cases) {
  std::map<std::string, std::size_t> groups;
  for (const auto &[name, described] : cases) {
    ++groups[std::string(group_of(name))];
  }
  html_writer out;
  for (const auto &[group, count] : groups) {
    out.leaf("option", {{"value", group}}, group + " (" + std::to_string(count) + ")");
  }
  return out.html();
}

std::string html_chips(const run_result &run) {
  const tally counts = tally_of(run);
  html_writer out;
  for (const outcome each : all_outcomes) {
    const std::string name(name_of(each));
    if (counts.of(each) == 0) {
      out.open("button", {{"type", "button"}, {"class", "chip"}, {"disabled", ""}});
    } else {
      out.open("button", {{"type", "button"},
                          {"class", class_of("chip", each)},
                          {"data-verdict", name},
                          {"aria-pressed", "false"}});
    }
    out.mark(name).text(name + ' ').leaf("b", {}, std::to_string(counts.of(each))).close("button");
  }
  return out.html();
}

std::string html_capabilities(const run_result &run) {
  const std::vector<const plugin_result *> plugins = plugins_alone(run);
  std::set<std::string> names;
  for (const plugin_result *each : plugins) {
    names.insert(each->facts.capabilities.begin(), each->facts.capabilities.end());
  }
  if (names.empty()) {
    return {};
  }
  html_writer out;
  open_section(out, "capabilities", "Capabilities", "What each plugin declares; all of it is tried.");
  open_table(out, "Capability", plugins, "center");
  for (const std::string &name : names) {
    out.open("tr").open("th", {{"scope", "row"}}).leaf("code", {}, name).close("th");
    for (const plugin_result *each : plugins) {
      const bool there = has(*each, name);
      out.open("td", {{"class", "center"}});
      out.open("span", {{"class", class_of("has", there ? outcome::pass : outcome::skip)}});
      out.mark(there ? "pass" : "skip").text(there ? "yes" : "no").close("span").close("td");
    }
    out.close("tr");
  }
  close_table(out);
  close_section(out);
  return out.html();
}

std::string html_times(const run_result &run) {
  const std::vector<const plugin_result *> plugins = plugins_alone(run);
  times_by_case times;
  for (const plugin_result *plugin : plugins) {
    for (const case_result &each : plugin->cases) {
      if (each.judged.result != outcome::skip) {
        times[each.described.name][plugin] = each.judged.seconds;
      }
    }
  }
  if (times.empty()) {
    return {};
  }
  html_writer out;
  open_section(out, "times", "Times", "The cases that take longest.");
  open_table(out, "Case", plugins, "number");
  for (const auto &[longest, name] : slowest(times)) {
    out.open("tr").open("th", {{"scope", "row"}}).leaf("code", {}, name).close("th");
    for (const plugin_result *each : plugins) {
      const auto found = times[name].find(each);
      out.leaf("td", {{"class", "number"}},
               found == times[name].end() ? "·" : decimal(found->second, 2) + " s");
    }
    out.close("tr");
  }
  out.open("tr").leaf("th", {{"scope", "row"}}, "All cases, one after another");
  for (const plugin_result *each : plugins) {
    out.leaf("td", {{"class", "number"}}, decimal(seconds_of(*each), 1) + " s");
  }
  out.close("tr");
  close_table(out);
  close_section(out);
  return out.html();
}

std::string html_clauses(const case_map &cases) {
  std::vector<case_description> described;
  for (const auto &[name, each] : cases) {
    described.push_back(each);
  }
  html_writer out;
  open_section(out, "clauses", "Clauses", "The contract in the words of backend.h, and what checks it.");
  out.open("div", {{"class", "sheet"}});
  std::string_view section;
  for (const clause_coverage &each : coverage_by(described)) {
    const clause &of = each.described;
    if (of.section != section) {
      if (!section.empty()) {
        out.close("dl");
      }
      section = of.section;
      out.leaf("h3", {{"class", "clause-section"}}, section).open("dl", {{"class", "clauses"}});
    }
    out.leaf("dt", {{"id", std::string(of.id)}}, of.id).open("dd").text(of.text);
    out.leaf("small", {},
             !each.reason.empty() ? "No case: " + std::string(each.reason)
             : each.cases.empty() ? "No case of this run"
                                  : "Checked by " + counted(each.cases.size(), "case", "cases"));
    out.close("dd");
  }
  out.close("dl").close("div");
  close_section(out);
  return out.html();
}

std::string html_footer(const run_result &run) {
  html_writer out;
  out.open("p").text("Made by unitls-conformance " UNITLS_VERSION ". The same choices again: ");
  out.leaf("code", {}, "--seed " + std::to_string(run.seed)).text(".").close("p");
  return out.html();
}

} // namespace unitls::conformance
