#include "plugin_check.hpp"

#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "failure.hpp"
#include "process/child.hpp"
#include "text/readable.hpp"

namespace unitls::tool {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds patience(300);

// The note, the exported symbols and the tables; then a connection in each version, closed by both sides.
constexpr std::array<const char *, 3> quick_cases{"abi/*", "handshake/each-version", "close/both-ways"};

json judge(const std::string &path) {
  const std::string judge = process::program_beside("unitls-conformance");
  std::vector<std::string> words{judge, path, "--format", "json"};
  for (const char *each : quick_cases) {
    words.insert(words.end(), {"--filter", each});
  }
  const process::child_end end =
      process::run({.command = std::move(words), .limit = patience, .kept = {STDERR_FILENO}});
  json report = json::parse(end.result, nullptr, false);
  if (!report.is_object()) {
    constexpr std::string_view prefix = "unitls-conformance: ";
    std::string reason = end.output.substr(0, end.output.find_last_not_of('\n') + 1);
    if (reason.starts_with(prefix)) {
      reason.erase(0, prefix.size());
    }
    throw failure(exit_code::no_backend, reason.empty() ? path + ": " + judge + " " + end.text() : reason);
  }
  return report;
}

// What a case that did not pass tells first: a failure of the contract, or how its process ended.
std::string reason_of(const json &judged) {
  const json &failures = judged.at("failures");
  if (failures.empty()) {
    return judged.at("reason");
  }
  const json &first = failures.front();
  return first.at("clause").get<std::string>() + ": " + first.at("what").get<std::string>();
}

plugin_check result_of(const candidate &facts, const json &report) {
  plugin_check result;
  result.facts = facts;
  const json &plugin = report.at("plugins").at(0);
  result.library_version = plugin.at("library_version");
  const json &counts = plugin.at("counts");
  result.passed = counts.at("passed").get<std::size_t>() + counts.at("warned").get<std::size_t>();
  result.skipped = counts.at("skipped");
  for (const json &each : plugin.at("cases")) {
    const std::string verdict = each.at("verdict");
    if (verdict != "pass" && verdict != "warn" && verdict != "skip") {
      result.broken.push_back({each.at("name"), reason_of(each)});
    }
  }
  return result;
}

} // namespace

candidate read_facts(const std::string &file) {
  if (file.empty()) {
    throw failure(exit_code::wrong_input, "the name of the plugin's file is empty");
  }
  error_info info;
  auto facts = inspect_plugin(file, info);
  if (!facts) {
    throw failure(info);
  }
  return std::move(*facts);
}

plugin_check check_plugin(const candidate &facts) {
  const json report = judge(facts.path);
  try {
    return result_of(facts, report);
  } catch (const json::exception &) {
    throw failure(exit_code::no_backend, facts.path + ": unitls-conformance wrote no report about it");
  }
}

std::string broken_text(const plugin_check &checked) {
  std::string text = checked.facts.path + ": " + std::to_string(checked.broken.size()) +
                     " of the quick conformance cases failed";
  for (const broken_case &each : checked.broken) {
    text += "\n  " + each.name + ": " + text::readable(each.reason);
  }
  return text + "\nsee `unitls-conformance " + checked.facts.path + "`";
}

} // namespace unitls::tool
