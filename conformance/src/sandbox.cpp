#include "sandbox.hpp"

#include <chrono>
#include <csignal>
#include <sstream>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "certificates.hpp"
#include "child_process.hpp"
#include "expect.hpp"
#include "layering.hpp"
#include "memory_limit.hpp"
#include "output_limit.hpp"
#include "plugin_access.hpp"

namespace unitls::conformance {
namespace {

// No child outlives its parent, none leaves a core file, none dies of a closed pipe, and none takes all memory for
// itself or by what it writes.
void settle_in() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  std::signal(SIGPIPE, SIG_IGN);
  limit_memory();
  limit_output();
}

// As one line: what is told of refused memory stands in lines of its own.
bool hand_back(const nlohmann::json &result) {
  const std::string text = result.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + "\n";
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t size = ::write(result_descriptor, text.data() + done, text.size() - done);
    if (size < 0) {
      return false;
    }
    done += static_cast<std::size_t>(size);
  }
  return true;
}

// Runs exactly one TEST_CASE. Its own words are kept, for the failures that doctest finds by itself.
bool run_doctest(const std::string &name, std::ostringstream &words) {
  doctest::Context context;
  context.setOption("test-case", name.c_str());
  context.setOption("case-sensitive", true);
  context.setOption("no-colors", true);
  context.setOption("no-intro", true);
  context.setOption("no-version", true);
  context.setCout(&words);
  return context.run() == 0;
}

} // namespace

verdict run_case_here(const case_description &described, std::uint64_t seed) {
  const auto begin = std::chrono::steady_clock::now();
  begin_record(seed, described.name);
  std::ostringstream words;
  const bool passed = run_doctest(described.test_case, words);
  verdict result = end_record();
  if (!passed && !is_bad(result.result)) {
    result.result = outcome::fail;
    result.failures.push_back({"", "doctest", "no complaint", printable(words.str()), {}, {}});
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

int run_probe(const options &chosen) {
  settle_in();
  try {
    use_layers(chosen.layers);
    load_plugin_under_test(chosen.plugins.front());
    return hand_back(to_json(facts_of(plugin()))) ? exit_passed : exit_failed;
  } catch (const std::exception &fault) {
    return hand_back({{"unusable", printable(fault.what())}}) ? exit_unusable : exit_failed;
  }
}

int run_one_case(const options &chosen) {
  settle_in();
  const std::vector<case_description> found = select_cases({chosen.case_name});
  if (found.size() != 1) {
    return exit_unusable;
  }
  verdict result;
  try {
    use_certificates(chosen.certificates);
    use_thoroughness(chosen.thorough);
    use_layers(chosen.layers);
    load_plugin_under_test(chosen.plugins.front());
    if (!chosen.server.empty()) {
      load_server(chosen.server);
    }
    result = run_case_here(found.front(), chosen.seed);
  } catch (const std::exception &fault) { // the probe could load it
    result.result = outcome::fail;
    result.failures.push_back({"U-52", "loading once more", "success", printable(fault.what()), {}, {}});
  }
  return hand_back(to_json(result)) ? exit_passed : exit_failed;
}

} // namespace unitls::conformance
