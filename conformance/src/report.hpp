// What people and programs read. Each format writes the whole of a run.
#pragma once

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "clauses.hpp"
#include "runner.hpp"

namespace unitls::conformance {

struct run_result {
  std::uint64_t seed = 0;
  bool thorough = false;
  std::chrono::milliseconds timeout{}; // of each case
  std::string given_certificates;      // the folder as typed; empty when there was none
  std::chrono::system_clock::time_point begin;
  double seconds = 0;
  std::vector<plugin_result> plugins;
};

struct run_counts {
  std::size_t passed = 0; // warnings included
  std::size_t warned = 0;
  std::size_t failed = 0; // crashes and timeouts included
  std::size_t skipped = 0;
  std::size_t ran() const noexcept { return passed + failed; }
};

run_counts count_of(const std::vector<case_result> &cases);

// Of all cases, one after another.
double seconds_of(const plugin_result &plugin);

// "close" of "close/half-close"
std::string_view group_of(std::string_view case_name);

// "2026-11-21T10:22:00Z": when the run began.
std::string timestamp_of(const run_result &run);

// The clauses that a case found broken, each once. Of a crash or a timeout, which say none, those that the case checks.
// None of a case that is not lost.
std::vector<const clause *> clauses_to_show(const case_result &judged);

// "U-25  `shutdown` sends close_notify once ..."
std::string words_of(const clause &described);

// A failure with its place in the sources of the suite.
std::string sentence_with_place(const failure &broken);

// The command that runs a case once more: in one process, where a debugger can look, but in a child when it needs the
// runner to end it.
std::string repeat_command(const run_result &run, const plugin_result &plugin, const case_result &of);

void report_text(std::ostream &out, const run_result &run, bool colours);
void report_tap(std::ostream &out, const run_result &run); // TAP version 14
void report_junit(std::ostream &out, const run_result &run);
void report_json(std::ostream &out, const run_result &run);
void report_html(std::ostream &out, const run_result &run); // one page that needs nothing else

// What a reader of TAP must see when a run ends before its first case.
void report_tap_end(std::ostream &out, std::string_view reason);

void list_text(std::ostream &out, const std::vector<case_description> &cases);
void list_json(std::ostream &out, const std::vector<case_description> &cases);

void clauses_text(std::ostream &out, const std::vector<clause_coverage> &clauses);
void clauses_json(std::ostream &out, const std::vector<clause_coverage> &clauses);

} // namespace unitls::conformance
