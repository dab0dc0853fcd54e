// The matrices of the HTML report: cases × plugins, and cases × pairs.
#include "html_parts.hpp"

#include <algorithm>
#include <set>

#include "html_writer.hpp"
#include "tally.hpp"

namespace unitls::conformance {
namespace {

// Larger groups, made of vectors, are closed at first.
constexpr std::size_t largest_open_group = 100;
// More columns than these are narrow, and scroll on their own.
constexpr std::size_t most_wide_columns = 6;

using result_map = std::map<std::string_view, const case_result *>;

struct column {
  std::size_t index = 0; // among the run's plugins
  const plugin_result *plugin = nullptr;
  result_map results;
};

enum class column_kind { alone, pair };

std::vector<column> columns_of(const run_result &run, column_kind kind) {
  std::vector<column> columns;
  for (std::size_t i = 0; i < run.plugins.size(); ++i) {
    const plugin_result &plugin = run.plugins[i];
    if (plugin.server.has_value() != (kind == column_kind::pair)) {
      continue;
    }
    column added{i, &plugin, {}};
    for (const case_result &each : plugin.cases) {
      added.results.emplace(each.described.name, &each);
    }
    columns.push_back(std::move(added));
  }
  return columns;
}

// The cases that one of the columns has, by group.
std::map<std::string_view, std::vector<const case_description *>>
groups_of(const std::vector<column> &columns, const case_map &cases) {
  std::map<std::string_view, std::vector<const case_description *>> groups;
  for (const auto &[name, described] : cases) {
    const std::string_view key = name;
    if (std::any_of(columns.begin(), columns.end(),
                    [&](const column &of) { return of.results.contains(key); })) {
      groups[group_of(key)].push_back(&described);
    }
  }
  return groups;
}

void write_head(html_writer &out, const std::vector<column> &columns) {
  out.open("thead").open("tr").leaf("th", {{"scope", "col"}}, "Case");
  for (const column &each : columns) {
    const plugin_result &plugin = *each.plugin;
    out.open("th", {{"scope", "col"}}).text(plugin.facts.id);
    if (plugin.server) { // the client, and below it
      out.leaf("span", {{"class", "to"}}, "→ " + plugin.server->id);
    } else {
      out.leaf("small", {}, plugin.facts.library_version);
    }
    out.close("th");
  }
  out.close("tr").close("thead");
}

std::string class_of(const std::string &before, outcome result) {
  return before + " is-" + std::string(name_of(result));
}

void write_total(html_writer &out, const column &of, const std::vector<const case_description *> &cases) {
  tally counts;
  for (const case_description *each : cases) {
    const auto found = of.results.find(each->name);
    if (found != of.results.end()) {
      counts.add(found->second->judged.result);
    }
  }
  const outcome overall = counts.overall();
  out.open("td").open("span", {{"class", class_of("total", overall)}}).mark(name_of(overall));
  out.text(counts.ran() == 0 ? "none ran"
                             : std::to_string(counts.passed()) + "/" + std::to_string(counts.ran()));
  out.close("span").close("td");
}

void write_cell(html_writer &out, const column &of, const std::string &name) {
  const auto found = of.results.find(name);
  if (found == of.results.end()) {
    out.open("td").leaf("span", {{"class", "absent"}, {"title", "not judged by this case"}}, "·").close("td");
    return;
  }
  const outcome result = found->second->judged.result;
  out.open("td");
  out.open("button", {{"type", "button"},
                      {"class", class_of("verdict", result)},
                      {"data-column", std::to_string(of.index)}});
  out.mark(name_of(result)).text(name_of(result)).close("button").close("td");
}

void write_row(html_writer &out, const std::vector<column> &columns, const case_description &described) {
  const std::string_view group = group_of(described.name);
  out.open("tr", {{"data-case", described.name}}).open("th", {{"scope", "row"}});
  out.open("span", {{"class", "name"}});
  out.leaf("span", {}, std::string(group) + "/")
      .text(described.name.substr(std::min(group.size() + 1, described.name.size())));
  out.close("span").leaf("span", {{"class", "sentence"}}, described.sentence).close("th");
  for (const column &each : columns) {
    write_cell(out, each, described.name);
  }
  out.close("tr");
}

void write_group(html_writer &out, const std::vector<column> &columns, std::string_view group,
                 const std::vector<const case_description *> &cases) {
  if (cases.size() > largest_open_group) {
    out.open("tbody", {{"class", "group"}, {"data-group", std::string(group)}, {"data-folded", ""}});
  } else {
    out.open("tbody", {{"class", "group"}, {"data-group", std::string(group)}});
  }
  out.open("tr").open("th", {{"scope", "rowgroup"}});
  out.open("button", {{"type", "button"}, {"class", "fold"}, {"aria-expanded", "true"}})
      .mark("fold")
      .text(group);
  out.leaf("small", {}, std::to_string(cases.size()) + (cases.size() == 1 ? " case" : " cases"));
  out.close("button").close("th");
  for (const column &each : columns) {
    write_total(out, each, cases);
  }
  out.close("tr");
  for (const case_description *each : cases) {
    write_row(out, columns, *each);
  }
  out.close("tbody");
}

void write_matrix(html_writer &out, const std::vector<column> &columns, const case_map &cases) {
  const std::string width = columns.size() > most_wide_columns ? "narrow" : "wide";
  out.open("div", {{"class", "sheet matrix-of " + width}}).open("div", {{"class", "scroll"}});
  out.open("table", {{"class", "matrix"}});
  write_head(out, columns);
  for (const auto &[group, members] : groups_of(columns, cases)) {
    write_group(out, columns, group, members);
  }
  out.close("table").close("div");
  out.leaf("p", {{"class", "nothing"}, {"hidden", ""}}, "No case fits the filter.").close("div");
}

void write_square_cell(html_writer &out, const std::vector<column> &columns, const std::string &client,
                       const std::string &server) {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const column &each) {
    return each.plugin->facts.id == client && each.plugin->server->id == server;
  });
  if (found == columns.end()) {
    out.open("td").leaf("span", {{"class", "absent"}}, "·").close("td");
    return;
  }
  std::vector<const case_description *> cases;
  for (const case_result &each : found->plugin->cases) {
    cases.push_back(&each.described);
  }
  write_total(out, *found, cases);
}

// Clients × servers, with how many cases each pair passes.
void write_square(html_writer &out, const std::vector<column> &columns) {
  std::set<std::string> clients;
  std::set<std::string> servers;
  for (const column &each : columns) {
    clients.insert(each.plugin->facts.id);
    servers.insert(each.plugin->server->id);
  }
  out.open("div", {{"class", "sheet scroll"}}).open("table", {{"class", "list square"}});
  out.open("thead").open("tr").leaf("th", {{"scope", "col"}}, "client ↓ server →");
  for (const std::string &server : servers) {
    out.leaf("th", {{"scope", "col"}}, server);
  }
  out.close("tr").close("thead").open("tbody");
  for (const std::string &client : clients) {
    out.open("tr").leaf("th", {{"scope", "row"}}, client);
    for (const std::string &server : servers) {
      write_square_cell(out, columns, client, server);
    }
    out.close("tr");
  }
  out.close("tbody").close("table").close("div");
}

} // namespace

std::string html_matrix(const run_result &run, const case_map &cases) {
  const std::vector<column> columns = columns_of(run, column_kind::alone);
  html_writer out;
  if (!columns.empty()) {
    write_matrix(out, columns, cases);
  }
  return out.html();
}

std::string html_pairs(const run_result &run, const case_map &cases) {
  const std::vector<column> columns = columns_of(run, column_kind::pair);
  html_writer out;
  if (columns.empty()) {
    return {};
  }
  out.open("section", {{"id", "pairs"}, {"aria-labelledby", "pairs-title"}});
  out.leaf("h2", {{"id", "pairs-title"}}, "Pairs");
  out.leaf("p", {{"class", "hint"}}, "One plugin as client, another as server, over memory and over TCP.");
  write_square(out, columns);
  write_matrix(out, columns, cases);
  out.close("section");
  return out.html();
}

} // namespace unitls::conformance
