#include "runner.hpp"

#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <sys/wait.h>

#include <nlohmann/json.hpp>

#include "child_process.hpp"
#include "layering.hpp"
#include "memory_refusal.hpp"
#include "output_limit.hpp"
#include "plugin_access.hpp"
#include "sandbox.hpp"
#include "subjects.hpp"
#include "text_layout.hpp"

namespace unitls::conformance {
namespace {

void fail_by_output(verdict &judged) {
  judged.failures.push_back(
      {"U-06", "standard output and error", "nothing", printable(judged.output), {}, {}});
  if (!is_bad(judged.result)) {
    judged.result = outcome::fail;
  }
}

// A child's end as a verdict: what it said counts only when it also ended well.
verdict judge_end(const child_result &end, std::chrono::milliseconds timeout) {
  const std::optional<verdict> told = parse_verdict(end.result);
  verdict judged = told.value_or(verdict{});
  judged.output = end.output;
  if (end.timed_out) {
    judged.result = outcome::timeout;
    judged.reason = (told ? "the case ended, its process did not within " : "no end within ") +
                    seconds_text(timeout) + " s";
    return judged;
  }
  if (!told || end.wait_status != 0) {
    judged.result = outcome::crash;
    judged.reason = "the process of the case " + describe_limited_end(end.wait_status);
    judged.met_a_limit = has_written_too_much(end.wait_status);
    return judged;
  }
  if (!end.output.empty()) {
    fail_by_output(judged);
  }
  return judged;
}

// A case that is lost says that memory was refused, whatever else it says. One that is not lost warns.
verdict judge(child_result end, std::chrono::milliseconds timeout) {
  const std::optional<std::string> refusal = take_refusal(end.result);
  verdict judged = judge_end(end, timeout);
  if (!refusal) {
    return judged;
  }
  judged.met_a_limit = true;
  if (is_bad(judged.result)) {
    judged.reason += (judged.reason.empty() ? "" : "; before that, ") + *refusal;
    return judged;
  }
  judged.result = outcome::warn;
  judged.warnings.push_back(*refusal);
  return judged;
}

verdict skipped(const std::string &plugin_id, const std::string &capability) {
  verdict judged;
  judged.result = outcome::skip;
  judged.reason = plugin_id + " does not declare " + capability;
  return judged;
}

// The first of the plugins that lacks a capability which the case needs, as a verdict.
std::optional<verdict> skip_of(const case_description &described, const plugin_result &of) {
  std::string missing = missing_capability(described, of.facts.capabilities);
  if (!missing.empty()) {
    return skipped(of.facts.id, missing);
  }
  missing = of.server ? missing_capability(described, of.server->capabilities) : std::string();
  return missing.empty() ? std::nullopt : std::optional(skipped(of.server->id, missing));
}

void add_layers(std::vector<std::string> &command, const options &chosen) {
  for (const std::string &each : chosen.layers) {
    command.insert(command.end(), {"--layer", each});
  }
}

verdict run_in_child(const subject &judged, const case_description &described, const options &chosen) {
  std::vector<std::string> command{own_program(),
                                   "--run-case",
                                   described.name,
                                   "--certificates",
                                   chosen.certificates,
                                   "--seed",
                                   std::to_string(chosen.seed)};
  if (judged.is_pair()) {
    command.insert(command.end(), {"--server", judged.server});
  }
  if (chosen.thorough) {
    command.emplace_back("--thorough");
  }
  add_layers(command, chosen);
  command.insert(command.end(), {"--", judged.plugin});
  const auto begin = std::chrono::steady_clock::now();
  verdict result = judge(run_child(command, chosen.timeout), chosen.timeout);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
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

void run_subject(const subject &judged, const std::vector<case_description> &cases, const options &chosen,
                 const progress_handler &progress, plugin_result &result) {
  result.cases.resize(cases.size());
  std::mutex progress_mutex;
  std::size_t done = 0;
  for_each_index(cases.size(), chosen.jobs, [&](std::size_t i) {
    const std::optional<verdict> skip = skip_of(cases[i], result);
    result.cases[i] = {cases[i], skip ? *skip : run_in_child(judged, cases[i], chosen)};
    const std::lock_guard lock(progress_mutex);
    progress(++done, cases.size(), result.cases[i]);
  });
}

} // namespace

plugin_facts probe_plugin(const std::string &path, const options &chosen) {
  std::vector<std::string> command{own_program(), "--probe-plugin"};
  add_layers(command, chosen);
  command.insert(command.end(), {"--", path});
  child_result end = run_child(command, chosen.timeout);
  const std::optional<std::string> refusal = take_refusal(end.result);
  const std::string memory = refusal ? "; " + *refusal : std::string();
  if (end.timed_out) {
    throw std::runtime_error(path + ": loading it does not end within " + seconds_text(chosen.timeout) +
                             " s" + memory);
  }
  const auto told = nlohmann::json::parse(end.result, nullptr, false);
  if (told.is_object() && told.contains("unusable")) {
    const std::string reason = told.at("unusable").get<std::string>();
    throw std::runtime_error(reason.starts_with("/") || reason.starts_with(path) ? reason
                                                                                 : path + ": " + reason);
  }
  const std::optional<plugin_facts> facts = parse_plugin_facts(end.result);
  if (!facts || end.wait_status != 0) {
    throw std::runtime_error(path + ": the process that loaded it " + describe_limited_end(end.wait_status) +
                             memory + (end.output.empty() ? "" : ": " + printable(end.output)));
  }
  return *facts;
}

std::vector<plugin_result> run_cases(const std::vector<case_description> &cases, const options &chosen,
                                     const progress_handler &progress) {
  const std::vector<subject> subjects = subjects_of(chosen);
  std::map<std::string, plugin_facts> facts;
  for (const subject &each : subjects) {
    for (const std::string &path : each.paths()) {
      if (!facts.contains(path)) {
        facts.emplace(path, probe_plugin(path, chosen));
      }
    }
  }
  std::vector<plugin_result> results;
  for (const subject &each : subjects) {
    results.push_back({each.plugin, facts.at(each.plugin), {}, each.server, {}, chosen.layers});
    if (each.is_pair()) {
      results.back().server = facts.at(each.server);
    }
    run_subject(each, cases_for(each, cases), chosen, progress, results.back());
  }
  return results;
}

std::vector<plugin_result> run_cases_here(const std::vector<case_description> &cases, const options &chosen,
                                          const progress_handler &progress) {
  const std::vector<subject> subjects = subjects_of(chosen);
  if (subjects.size() != 1) {
    throw std::runtime_error(
        "--in-process takes one plugin, or one and --server: a process cannot unload the first");
  }
  const subject &judged = subjects.front();
  use_layers(chosen.layers);
  load_plugin_under_test(judged.plugin);
  plugin_result result{judged.plugin, facts_of(player(role::client)), {}, judged.server, {}, chosen.layers};
  if (judged.is_pair()) {
    load_server(judged.server);
    result.server = facts_of(player(role::server));
  }
  const std::vector<case_description> suitable = cases_for(judged, cases);
  for (const case_description &each : suitable) {
    const std::optional<verdict> skip = skip_of(each, result);
    result.cases.push_back({each, skip ? *skip : run_case_here(each, chosen.seed)});
    progress(result.cases.size(), suitable.size(), result.cases.back());
  }
  return {std::move(result)};
}

} // namespace unitls::conformance
