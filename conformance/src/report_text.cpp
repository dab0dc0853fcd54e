// For people at a terminal.
#include "report.hpp"

#include "text_layout.hpp"

namespace unitls::conformance {
namespace {

constexpr std::size_t indent = 8; // behind the verdict
// More cases of one group that check a clause are told by their number.
constexpr std::size_t most_names = 6;

std::string painted(outcome result, bool colours) {
  std::string word(name_of(result));
  word.resize(indent, ' ');
  if (!colours) {
    return word;
  }
  const char *const colour = is_bad(result) ? "\x1b[31m" : result == outcome::pass ? "\x1b[32m" : "\x1b[33m";
  return colour + word + "\x1b[0m";
}

void write_fault(std::ostream &out, const case_result &each, const plugin_result &plugin,
                 const run_result &run) {
  const std::string margin(indent, ' ');
  const verdict &judged = each.judged;
  out << '\n' << margin << each.described.sentence << '\n';
  if (!judged.reason.empty()) {
    out << margin << judged.reason << '\n';
  }
  for (const failure &broken : judged.failures) {
    out << margin << sentence(broken) << '\n';
    if (!broken.place.empty()) {
      out << margin << "  at conformance/" << broken.place << '\n';
    }
  }
  for (const std::string &warning : judged.warnings) {
    out << margin << "warning: " << warning << '\n';
  }
  for (const clause *each_clause : clauses_to_show(each)) {
    out << wrapped(words_of(*each_clause), indent + 2);
  }
  if ((judged.result == outcome::crash || judged.result == outcome::timeout) && !judged.output.empty()) {
    out << margin << "output: " << printable(judged.output) << '\n';
  }
  if (is_bad(judged.result)) {
    out << margin << "repeat: " << repeat_command(run, plugin, each) << '\n';
  }
}

void write_case(std::ostream &out, const case_result &each, const plugin_result &plugin,
                const run_result &run, bool colours) {
  const verdict &judged = each.judged;
  out << painted(judged.result, colours) << each.described.name;
  if (judged.result == outcome::skip) {
    out << ": " << judged.reason;
  }
  if (judged.result == outcome::pass || judged.result == outcome::skip) {
    out << '\n';
    return;
  }
  write_fault(out, each, plugin, run);
}

std::string described(const plugin_facts &facts) {
  return facts.path + ": " + facts.id + ' ' + facts.version + ", " + facts.library_version;
}

void write_plugin(std::ostream &out, const plugin_result &plugin, const run_result &run, bool colours) {
  out << described(plugin.facts) << '\n';
  if (plugin.server) {
    out << "  to " << described(*plugin.server) << '\n';
  }
  for (const case_result &each : plugin.cases) {
    write_case(out, each, plugin, run, colours);
  }
  const run_counts counts = count_of(plugin.cases);
  out << plugin.title() << ": " << counts.passed << " passed, " << counts.failed << " failed, "
      << counts.skipped << " skipped";
  if (counts.warned != 0) {
    out << ", " << counts.warned << " with a warning";
  }
  out << '\n';
}

std::string comparison(const run_result &run) {
  std::vector<std::vector<std::string>> rows = {{"plugin", "passed", "warned", "failed", "skipped", "time"}};
  for (const plugin_result &plugin : run.plugins) {
    const run_counts counts = count_of(plugin.cases);
    rows.push_back({plugin.title(), std::to_string(counts.passed), std::to_string(counts.warned),
                    std::to_string(counts.failed), std::to_string(counts.skipped),
                    decimal(seconds_of(plugin), 1) + " s"});
  }
  return table(rows);
}

std::string joined(const std::vector<std::string> &words) {
  std::string text;
  for (const std::string &each : words) {
    text += (text.empty() ? "" : " ") + each;
  }
  return text.empty() ? "-" : text;
}

// "close/*(14)" where names would fill the screen. The names are sorted, so a group's stand together.
std::string joined_by_group(const std::vector<std::string> &names) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < names.size();) {
    const std::string group(group_of(names[begin]));
    std::size_t end = begin;
    while (end < names.size() && group_of(names[end]) == group) {
      ++end;
    }
    if (end - begin > most_names) {
      words.push_back(group + "/*(" + std::to_string(end - begin) + ")");
    } else {
      words.insert(words.end(), names.begin() + static_cast<std::ptrdiff_t>(begin),
                   names.begin() + static_cast<std::ptrdiff_t>(end));
    }
    begin = end;
  }
  return joined(words);
}

} // namespace

void report_text(std::ostream &out, const run_result &run, bool colours) {
  for (const plugin_result &plugin : run.plugins) {
    write_plugin(out, plugin, run, colours);
  }
  if (run.plugins.size() > 1) {
    out << '\n' << comparison(run);
  }
  out << "seed " << run.seed << ", " << decimal(run.seconds, 1) << " s\n";
}

void list_text(std::ostream &out, const std::vector<case_description> &cases) {
  for (const case_description &each : cases) {
    out << each.name << "\n    " << each.sentence << "\n    clauses: " << joined(each.clauses)
        << "; needs: " << joined(each.needed) << '\n';
  }
}

void clauses_text(std::ostream &out, const std::vector<clause_coverage> &clauses) {
  std::string_view section;
  for (const clause_coverage &each : clauses) {
    if (each.described.section != section) {
      section = each.described.section;
      out << (&each == &clauses.front() ? "" : "\n") << section << "\n\n";
    }
    out << wrapped(words_of(each.described), 2);
    if (!each.cases.empty()) {
      out << wrapped("cases: " + joined_by_group(each.cases), 8);
    }
    if (!each.reason.empty()) {
      out << wrapped("no case: " + std::string(each.reason), 8);
    }
  }
}

} // namespace unitls::conformance
