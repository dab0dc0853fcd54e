#include "verdict.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include <nlohmann/json.hpp>

namespace unitls::conformance {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 6> outcome_names = {"pass", "warn",  "skip",
                                                           "fail", "crash", "timeout"};

outcome parse_outcome(const std::string &name) {
  const auto *const found = std::find(outcome_names.begin(), outcome_names.end(), name);
  if (found == outcome_names.end()) {
    throw std::out_of_range("unknown outcome " + name);
  }
  return static_cast<outcome>(found - outcome_names.begin());
}

json to_json(const failure &value) {
  return {{"clause", value.clause}, {"what", value.what},       {"expected", value.expected},
          {"got", value.got},       {"context", value.context}, {"place", value.place}};
}

failure parse_failure(const json &value) {
  return {value.at("clause").get<std::string>(),   value.at("what").get<std::string>(),
          value.at("expected").get<std::string>(), value.at("got").get<std::string>(),
          value.at("context").get<std::string>(),  value.at("place").get<std::string>()};
}

template <class Function>
auto parsed(std::string_view text, Function read) -> std::optional<decltype(read(json()))> {
  try {
    return read(json::parse(text));
  } catch (const std::exception &) {
    return std::nullopt;
  }
}

} // namespace

std::string_view name_of(outcome value) noexcept {
  return outcome_names[static_cast<std::size_t>(value)];
}

std::string sentence(const failure &broken) {
  std::string text =
      broken.clause + ": " + broken.what + ": expected " + broken.expected + ", got " + broken.got;
  if (!broken.context.empty()) {
    text += " (" + broken.context + ")";
  }
  return text;
}

json to_json(const verdict &value) {
  json failures = json::array();
  for (const failure &each : value.failures) {
    failures.push_back(to_json(each));
  }
  return {{"verdict", name_of(value.result)}, {"reason", value.reason},   {"failures", failures},
          {"warnings", value.warnings},       {"seconds", value.seconds}, {"output", value.output}};
}

json to_json(const plugin_facts &value) {
  return {{"path", value.path},
          {"id", value.id},
          {"version", value.version},
          {"description", value.description},
          {"library_version", value.library_version},
          {"capabilities", value.capabilities}};
}

std::optional<verdict> parse_verdict(std::string_view text) {
  return parsed(text, [](const json &value) {
    verdict result;
    result.result = parse_outcome(value.at("verdict").get<std::string>());
    result.reason = value.at("reason").get<std::string>();
    for (const json &each : value.at("failures")) {
      result.failures.push_back(parse_failure(each));
    }
    result.warnings = value.at("warnings").get<std::vector<std::string>>();
    result.output = value.at("output").get<std::string>();
    result.seconds = value.at("seconds").get<double>();
    return result;
  });
}

std::optional<plugin_facts> parse_plugin_facts(std::string_view text) {
  return parsed(text, [](const json &value) {
    return plugin_facts{value.at("path").get<std::string>(),
                        value.at("id").get<std::string>(),
                        value.at("version").get<std::string>(),
                        value.at("description").get<std::string>(),
                        value.at("library_version").get<std::string>(),
                        value.at("capabilities").get<std::vector<std::string>>()};
  });
}

std::string printable(std::string_view text) {
  std::string result;
  for (const char each : text) {
    const auto byte = static_cast<unsigned char>(each);
    if (byte >= 0x20 && byte < 0x7f) {
      result += each;
      continue;
    }
    std::array<char, 5> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "\\x%02x", unsigned{byte});
    result += escaped.data();
  }
  return result;
}

} // namespace unitls::conformance
