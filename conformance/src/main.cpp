// unitls-conformance: judges plugins by the clauses of unitls/backend.h.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <chrono>
#include <exception>
#include <iostream>

#include "certificates.hpp"
#include "expect.hpp"
#include "interruption.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "report.hpp"
#include "report_output.hpp"
#include "runner.hpp"
#include "sandbox.hpp"

namespace unitls::conformance {
namespace {

void report(report_output &output, const run_result &run, report_format format) {
  std::ostream &out = output.stream();
  switch (format) {
  case report_format::text:
    report_text(out, run, output.is_coloured_terminal());
    break;
  case report_format::tap:
    report_tap(out, run);
    break;
  case report_format::junit:
    report_junit(out, run);
    break;
  case report_format::json:
    report_json(out, run);
    break;
  case report_format::html:
    report_html(out, run);
    break;
  }
  output.finish();
}

// Whether the run fails for what became of these cases.
bool is_lost(const run_counts &counts, bool strict) {
  return counts.failed != 0 || (strict && counts.warned != 0);
}

int exit_status_of(const run_result &run, bool strict) {
  std::size_t ran = 0;
  for (const plugin_result &plugin : run.plugins) {
    const run_counts counts = count_of(plugin.cases);
    if (is_lost(counts, strict)) {
      return exit_failed;
    }
    ran += counts.ran();
  }
  return ran == 0 ? exit_nothing_ran : exit_passed;
}

std::vector<plugin_result> judge(const std::vector<case_description> &cases, const options &chosen,
                                 report_output &output) {
  progress_line line;
  const auto progress = [&](std::size_t done, std::size_t all, const case_result &last) {
    line.show(done, all, last);
  };
  try {
    return chosen.in_process ? run_cases_here(cases, chosen, progress) : run_cases(cases, chosen, progress);
  } catch (const std::exception &fault) {
    if (chosen.format == report_format::tap) { // its reader sees standard output only
      report_tap_end(output.stream(), fault.what());
      output.finish();
    }
    throw;
  }
}

std::vector<case_description> cases_of(const options &chosen) {
  std::vector<case_description> cases = select_cases(chosen.filters, chosen.skipped);
  if (cases.empty()) {
    std::cerr << "unitls-conformance: --filter and --skip leave no case; --list names them all\n";
  }
  return cases;
}

int run_all(options chosen) {
  const std::vector<case_description> cases = cases_of(chosen);
  report_output output(chosen.output);
  if (!chosen.in_process) { // there nothing could stop the case that runs
    watch_interruptions();
  }
  run_result run;
  run.seed = chosen.seed;
  run.thorough = chosen.thorough;
  run.timeout = chosen.timeout;
  run.given_certificates = chosen.certificates;
  run.begin = std::chrono::system_clock::now();
  const auto begin = std::chrono::steady_clock::now();
  const certificate_folder certificates(chosen.certificates);
  chosen.certificates = certificates.path();
  use_certificates(chosen.certificates);
  use_thoroughness(chosen.thorough);
  run.plugins = judge(cases, chosen, output);
  run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  report(output, run, chosen.format);
  return exit_status_of(run, chosen.strict);
}

int list(const options &chosen) {
  const std::vector<case_description> cases = cases_of(chosen);
  report_output output(chosen.output);
  chosen.format == report_format::json ? list_json(output.stream(), cases)
                                       : list_text(output.stream(), cases);
  output.finish();
  return cases.empty() ? exit_nothing_ran : exit_passed;
}

int list_clauses(const options &chosen) {
  const std::vector<clause_coverage> clauses = coverage_by(all_cases());
  report_output output(chosen.output);
  chosen.format == report_format::json ? clauses_json(output.stream(), clauses)
                                       : clauses_text(output.stream(), clauses);
  output.finish();
  return exit_passed;
}

int perform(const options &chosen) {
  switch (chosen.what) {
  case task::run:
    return run_all(chosen);
  case task::list:
    return list(chosen);
  case task::list_clauses:
    return list_clauses(chosen);
  case task::probe_plugin:
    return run_probe(chosen);
  case task::run_case:
    return run_one_case(chosen);
  }
  return exit_unusable;
}

} // namespace
} // namespace unitls::conformance

int main(int count, char **words) {
  using namespace unitls::conformance;
  try {
    const parsed_command_line parsed = parse_command_line(count, words);
    return parsed.chosen ? perform(*parsed.chosen) : parsed.exit_status;
  } catch (const interrupted &) {
    end_by_interruption();
  } catch (const std::exception &fault) {
    std::cerr << "unitls-conformance: " << fault.what() << '\n';
    return exit_unusable;
  }
}
