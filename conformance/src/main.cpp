// unitls-conformance: judges plugins by the clauses of unitls/backend.h.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>

#include <unistd.h>

#include "certificates.hpp"
#include "expect.hpp"
#include "interruption.hpp"
#include "options.hpp"
#include "report.hpp"
#include "runner.hpp"
#include "sandbox.hpp"

namespace unitls::conformance {
namespace {

bool is_coloured_terminal() {
  return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
}

// One line that is written over, on a terminal only.
void show_progress(std::size_t done, std::size_t all, const case_result &last) {
  if (::isatty(STDERR_FILENO) != 1) {
    return;
  }
  std::cerr << "\r\x1b[K" << done << '/' << all << ' ' << last.described.name << std::flush;
  if (done == all) {
    std::cerr << "\r\x1b[K" << std::flush;
  }
}

void report(const run_result &run, report_format format) {
  switch (format) {
  case report_format::text:
    return report_text(std::cout, run, is_coloured_terminal());
  case report_format::tap:
    return report_tap(std::cout, run);
  case report_format::json:
    return report_json(std::cout, run);
  }
}

int exit_status_of(const run_result &run) {
  std::size_t ran = 0;
  for (const plugin_result &plugin : run.plugins) {
    const run_counts counts = count_of(plugin.cases);
    if (counts.failed != 0) {
      return exit_failed;
    }
    ran += counts.ran();
  }
  return ran == 0 ? exit_nothing_ran : exit_passed;
}

int run_all(options chosen) {
  const std::vector<case_description> cases = select_cases(chosen.filters, chosen.skipped);
  if (!chosen.in_process) { // there nothing could stop the case that runs
    watch_interruptions();
  }
  const auto begin = std::chrono::steady_clock::now();
  const certificate_folder certificates;
  chosen.certificates = certificates.path();
  use_certificates(chosen.certificates);
  run_result run;
  run.seed = chosen.seed;
  use_thoroughness(chosen.thorough);
  run.plugins = chosen.in_process ? run_cases_here(cases, chosen, show_progress)
                                  : run_cases(cases, chosen, show_progress);
  run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  report(run, chosen.format);
  return exit_status_of(run);
}

int list(const options &chosen) {
  const std::vector<case_description> cases = select_cases(chosen.filters, chosen.skipped);
  chosen.format == report_format::json ? list_json(std::cout, cases) : list_text(std::cout, cases);
  return cases.empty() ? exit_nothing_ran : exit_passed;
}

int perform(const options &chosen) {
  switch (chosen.what) {
  case task::run:
    return run_all(chosen);
  case task::list:
    return list(chosen);
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
