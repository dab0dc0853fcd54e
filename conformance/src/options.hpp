// The command line.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace unitls::conformance {

enum class report_format { text, tap, junit, json, html };

// What a process does. The last two are the runner's own child processes.
enum class task { run, list, list_clauses, probe_plugin, run_case };

struct options {
  task what = task::run;
  std::vector<std::string> plugins;
  std::vector<std::string> peers;
  // Of one that plays the server against every plugin, and nothing else is judged; may be empty.
  std::string server;
  // Between the cases and every plugin, the outermost first: "FILE.so[:NAME=VALUE,...]".
  std::vector<std::string> layers;
  std::vector<std::string> filters;
  std::vector<std::string> skipped;
  report_format format = report_format::text;
  std::string output; // a file; empty for standard output
  unsigned jobs = 1;
  std::chrono::milliseconds timeout{60000};
  std::uint64_t seed = 0;
  bool in_process = false;
  bool thorough = false;
  bool strict = false; // a warning fails the run
  // Where certificates are kept; empty: nowhere. A child process has them there.
  std::string certificates;
  // Of child processes.
  std::string case_name;
};

// Exit statuses of the runner.
enum : int { exit_passed = 0, exit_failed = 1, exit_unusable = 2, exit_nothing_ran = 77 };

// The options, or the exit status of a command line that is wrong or was answered.
struct parsed_command_line {
  std::optional<options> chosen;
  int exit_status = exit_passed;
};

parsed_command_line parse_command_line(int count, char **words);

} // namespace unitls::conformance
