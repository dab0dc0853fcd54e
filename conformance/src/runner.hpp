// The parent's side: which cases run, each in a process of its own, and what became of them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "case.hpp"
#include "options.hpp"
#include "verdict.hpp"

namespace unitls::conformance {

struct case_result {
  case_description described;
  verdict judged;
};

struct plugin_result {
  std::string given_path; // as typed, for the command that repeats a case
  plugin_facts facts;
  std::vector<case_result> cases; // in order of the names
};

// Called after each case, with how many are done, one call at a time.
using progress_handler = std::function<void(std::size_t done, std::size_t all, const case_result &)>;

// Asks a plugin, in a child, what it is. Throws std::runtime_error with one sentence when it cannot be used.
plugin_facts probe_plugin(const std::string &path, const options &chosen);

// Runs the cases, options.jobs at a time.
std::vector<case_result> run_cases(const std::string &path, const plugin_facts &facts,
                                   const std::vector<case_description> &cases, const options &chosen,
                                   const progress_handler &progress);

// The same in this process, one after another and without time limits.
std::vector<case_result> run_cases_here(const std::vector<case_description> &cases, const options &chosen,
                                        const progress_handler &progress);

} // namespace unitls::conformance
