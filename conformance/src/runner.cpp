#include "runner.hpp"

#include <atomic>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <sys/wait.h>

#include <nlohmann/json.hpp>

#include "child_process.hpp"
#include "plugin_access.hpp"
#include "sandbox.hpp"

namespace unitls::conformance {
namespace {

std::string seconds_text(std::chrono::milliseconds time) {
  std::string text = std::to_string(static_cast<double>(time.count()) / 1000.0);
  text.erase(text.find_last_not_of('0') + 1);
  return (text.back() == '.' ? text.substr(0, text.size() - 1) : text) + " s";
}

void fail_by_output(verdict &judged) {
  judged.failures.push_back(
      {"U-06", "standard output and error", "nothing", printable(judged.output), {}, {}});
  if (!is_bad(judged.result)) {
    judged.result = outcome::fail;
  }
}

// A child's end as a verdict: what it said counts only when it also ended well.
verdict judge(const child_result &end, std::chrono::milliseconds timeout) {
  const std::optional<verdict> told = parse_verdict(end.result);
  verdict judged = told.value_or(verdict{});
  judged.output = end.output;
  if (end.timed_out) {
    judged.result = outcome::timeout;
    judged.reason =
        (told ? "the case ended, its process did not within " : "no end within ") + seconds_text(timeout);
    return judged;
  }
  if (!told || end.wait_status != 0) {
    judged.result = outcome::crash;
    judged.reason = "the process of the case " + describe_end(end.wait_status);
    return judged;
  }
  if (!end.output.empty()) {
    fail_by_output(judged);
  }
  return judged;
}

verdict skipped(const std::string &capability) {
  verdict judged;
  judged.result = outcome::skip;
  judged.reason = "the plugin does not declare " + capability;
  return judged;
}

verdict run_in_child(const std::string &path, const case_description &described, const options &chosen) {
  const auto begin = std::chrono::steady_clock::now();
  verdict judged = judge(run_child({own_program(), "--run-case", described.name, "--certificates",
                                    chosen.certificates, "--seed", std::to_string(chosen.seed), "--", path},
                                   chosen.timeout),
                         chosen.timeout);
  judged.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return judged;
}

// Runs `work` for every index on several threads; the first exception ends all and comes out.
void for_each_index(std::size_t count, unsigned jobs, const std::function<void(std::size_t)> &work) {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr fault;
  std::mutex fault_mutex;
  const auto run = [&] {
    try {
      for (std::size_t i = next++; i < count; i = next++) {
        work(i);
      }
    } catch (...) {
      const std::lock_guard lock(fault_mutex);
      fault = std::current_exception();
      next = count;
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < jobs && i < count; ++i) {
    threads.emplace_back(run);
  }
  for (std::thread &each : threads) {
    each.join();
  }
  if (fault) {
    std::rethrow_exception(fault);
  }
}

} // namespace

plugin_facts probe_plugin(const std::string &path, const options &chosen) {
  const child_result end = run_child({own_program(), "--probe-plugin", "--", path}, chosen.timeout);
  if (end.timed_out) {
    throw std::runtime_error(path + ": loading it does not end within " + seconds_text(chosen.timeout));
  }
  const auto told = nlohmann::json::parse(end.result, nullptr, false);
  if (told.is_object() && told.contains("unusable")) {
    const std::string reason = told.at("unusable").get<std::string>();
    throw std::runtime_error(reason.starts_with("/") || reason.starts_with(path) ? reason
                                                                                 : path + ": " + reason);
  }
  const std::optional<plugin_facts> facts = parse_plugin_facts(end.result);
  if (!facts || end.wait_status != 0) {
    throw std::runtime_error(path + ": the process that loaded it " + describe_end(end.wait_status) +
                             (end.output.empty() ? "" : ": " + printable(end.output)));
  }
  return *facts;
}

std::vector<case_result> run_cases(const std::string &path, const plugin_facts &facts,
                                   const std::vector<case_description> &cases, const options &chosen,
                                   const progress_handler &progress) {
  std::vector<case_result> results(cases.size());
  std::mutex progress_mutex;
  std::size_t done = 0;
  for_each_index(cases.size(), chosen.jobs, [&](std::size_t i) {
    const std::string missing = missing_capability(cases[i], facts.capabilities);
    results[i] = {cases[i], missing.empty() ? run_in_child(path, cases[i], chosen) : skipped(missing)};
    const std::lock_guard lock(progress_mutex);
    progress(++done, cases.size(), results[i]);
  });
  return results;
}

std::vector<case_result> run_cases_here(const std::vector<case_description> &cases, const options &chosen,
                                        const progress_handler &progress) {
  const std::vector<std::string> capabilities = facts_of_plugin().capabilities;
  std::vector<case_result> results;
  for (const case_description &each : cases) {
    const std::string missing = missing_capability(each, capabilities);
    results.push_back({each, missing.empty() ? run_case_here(each, chosen.seed) : skipped(missing)});
    progress(results.size(), cases.size(), results.back());
  }
  return results;
}

} // namespace unitls::conformance
