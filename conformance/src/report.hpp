// What people and programs read. Each format writes the whole of a run.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "runner.hpp"

namespace unitls::conformance {

struct run_result {
  std::uint64_t seed = 0;
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

// The command that runs a case once more under a debugger.
std::string repeat_command(const plugin_result &plugin, const std::string &case_name, std::uint64_t seed);

void report_text(std::ostream &out, const run_result &run, bool colours);
void report_tap(std::ostream &out, const run_result &run); // TAP version 14
void report_json(std::ostream &out, const run_result &run);

void list_text(std::ostream &out, const std::vector<case_description> &cases);
void list_json(std::ostream &out, const std::vector<case_description> &cases);

} // namespace unitls::conformance
