// The parent's side: which cases run, each in a process of its own, and what became of them.
#pragma once

#include <functional>
#include <optional>
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

// Of a plugin alone, or of a pair, in which it is the client.
struct plugin_result {
  std::string given_path; // as typed, for the command that repeats a case
  plugin_facts facts;
  std::vector<case_result> cases;     // in order of the names
  std::string given_server;           // of a pair
  std::optional<plugin_facts> server; // of a pair
  std::vector<std::string> layers;    // as typed

  // "ID", or of a pair "ID to ID"
  std::string title() const { return server ? facts.id + " to " + server->id : facts.id; }
};

// Called after each case, with how many are done, one call at a time.
using progress_handler = std::function<void(std::size_t done, std::size_t all, const case_result &)>;

// Asks a plugin, in a child, what it is. Throws std::runtime_error with one sentence when it cannot be used.
plugin_facts probe_plugin(const std::string &path, const options &chosen);

// Judges every subject of the options by the cases, options.jobs at a time. Throws as probe_plugin, before the first
// case runs, when one of the plugins cannot be used.
std::vector<plugin_result> run_cases(const std::vector<case_description> &cases, const options &chosen,
                                     const progress_handler &progress);

// The same in this process, one after another and without time limits. A process can load a plugin, but not unload it:
// throws std::runtime_error unless there is one subject.
std::vector<plugin_result> run_cases_here(const std::vector<case_description> &cases, const options &chosen,
                                          const progress_handler &progress);

} // namespace unitls::conformance
