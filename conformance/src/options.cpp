#include "options.hpp"

#include <algorithm>
#include <iostream>
#include <map>
#include <random>
#include <thread>

#include <CLI/CLI.hpp>

namespace unitls::conformance {
namespace {

const std::map<std::string, report_format> formats = {{"text", report_format::text},
                                                      {"tap", report_format::tap},
                                                      {"junit", report_format::junit},
                                                      {"json", report_format::json},
                                                      {"html", report_format::html}};

std::uint64_t new_seed() {
  std::random_device device;
  return device(); // 32 bits are easy to type again
}

void describe(CLI::App &app, options &chosen, double &seconds) {
  app.add_option("PLUGIN", chosen.plugins, "Plugins to judge (unitls-ID.so)");
  app.add_option("--filter", chosen.filters, "Only cases of that name; * stands for any text; repeatable")
      ->type_name("NAME");
  app.add_option("--skip", chosen.skipped, "No cases of that name, as with --filter; repeatable")
      ->type_name("NAME");
  auto *const peer =
      app.add_option("--peer", chosen.peers,
                     "A plugin that is not judged alone: pairs with it, either one as client; repeatable")
          ->type_name("PLUGIN");
  app.add_option("--server", chosen.server, "Pairs only: each PLUGIN as client, this one as server")
      ->type_name("PLUGIN")
      ->excludes(peer);
  app.add_option("--layer", chosen.layers,
                 "Judge through this layer (unitls-layer-ID.so), options after a colon; repeatable, the "
                 "outermost first")
      ->type_name("FILE[:NAME=VALUE,...]")
      ->allow_extra_args(false);
  app.add_flag("--thorough", chosen.thorough, "Try every point where else a seeded choice is tried");
  app.add_flag("--strict", chosen.strict, "Warnings fail the run, too: exit status 1");
  app.add_option("--format", chosen.format, "How to report: text, tap, junit, json or html")
      ->transform(CLI::CheckedTransformer(formats))
      ->option_text("FORMAT");
  app.add_option("-o,--output", chosen.output, "Write the report into a file (standard output)")
      ->type_name("FILE");
  app.add_option("--jobs", chosen.jobs, "Cases at a time (number of processors)")
      ->check(CLI::Range(1U, 256U))
      ->type_name("N");
  app.add_option("--timeout", seconds, "Seconds that one case may take")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str()
      ->type_name("SECONDS");
  app.add_option(
         "--certificates", chosen.certificates,
         "Keep the certificates in this folder, and take them from there in later runs (new ones for each run)")
      ->type_name("FOLDER");
}

// Of the runner's own child processes: not shown.
void describe_children(CLI::App &app, options &chosen, bool &probe) {
  app.add_flag("--probe-plugin", probe)->group("");
  app.add_option("--run-case", chosen.case_name)->group("");
}

// What is listed and not judged has no verdicts to report.
void check_format(report_format format, bool is_listing) {
  if (is_listing && format != report_format::text && format != report_format::json) {
    throw CLI::ValidationError("--format", "--list and --clauses are written as text or json");
  }
}

} // namespace

parsed_command_line parse_command_line(int count, char **words) {
  CLI::App app(
      "Judges plugins of unitls by the clauses of unitls/backend.h.\n"
      "Exit status: 0 all passed, 1 something failed, 2 wrong use or a plugin that cannot be loaded, "
      "77 nothing ran.",
      "unitls-conformance");
  options chosen;
  chosen.jobs = std::max(1U, std::thread::hardware_concurrency());
  double seconds = 60;
  bool list = false;
  bool clauses = false;
  bool probe = false;
  describe(app, chosen, seconds);
  auto *const list_flag =
      app.add_flag("--list", list, "Name the cases, with sentence, clauses and needed capabilities");
  app.add_flag("--clauses", clauses, "Print the clauses of backend.h, and which cases check each")
      ->excludes(list_flag);
  app.add_flag("--in-process", chosen.in_process, "Run the cases in this process, for a debugger");
  auto *const seed =
      app.add_option("--seed", chosen.seed, "Seed of the random choices (a new one)")->type_name("SEED");
  auto *const reproduce = app.add_option("--reproduce", chosen.seed,
                                         "Repeat the choices of an earlier run, as --seed SEED --in-process")
                              ->type_name("SEED");
  seed->excludes(reproduce);
  describe_children(app, chosen, probe);
  try {
    app.parse(count, words);
    check_format(chosen.format, list || clauses);
    if (chosen.plugins.empty() && !list && !clauses) {
      throw CLI::RequiredError("PLUGIN");
    }
  } catch (const CLI::ParseError &fault) {
    return {std::nullopt, app.exit(fault) == 0 ? exit_passed : exit_unusable};
  }
  chosen.what = list                        ? task::list
                : clauses                   ? task::list_clauses
                : probe                     ? task::probe_plugin
                : !chosen.case_name.empty() ? task::run_case
                                            : task::run;
  chosen.in_process |= reproduce->count() != 0;
  chosen.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
  if (seed->count() == 0 && reproduce->count() == 0) {
    chosen.seed = new_seed();
  }
  return {chosen, exit_passed};
}

} // namespace unitls::conformance
