// What became of one case, and how it travels from a child process to the parent.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace unitls::conformance {

enum class outcome { pass, warn, skip, fail, crash, timeout };

std::string_view name_of(outcome value) noexcept;

// Whether the plugin lost the case.
constexpr bool is_bad(outcome value) noexcept {
  return value == outcome::fail || value == outcome::crash || value == outcome::timeout;
}

// One broken clause of backend.h.
struct failure {
  std::string clause;   // "U-25"
  std::string what;     // "the second shutdown sends"
  std::string expected; // "0 bytes"
  std::string got;
  std::string context; // "TLS 1.3, recv call 17"; may be empty
  std::string place;   // "cases/close.cpp:40"
};

// "U-25: the second shutdown sends: expected 0 bytes, got 24 bytes (TLS 1.3)"
std::string sentence(const failure &broken);

struct verdict {
  outcome result = outcome::pass;
  std::string reason; // for skip, crash and timeout, and for a failure of a process that ran out of memory
  std::vector<failure> failures;
  std::vector<std::string> warnings;
  std::string output; // what the plugin's process wrote to standard output and error
  double seconds = 0;
  bool met_a_limit = false; // of a case's process; known to the parent alone
};

// What a plugin says of itself.
struct plugin_facts {
  std::string path;
  std::string id;
  std::string version;
  std::string description;
  std::string library_version;
  std::vector<std::string> capabilities; // for the library as found now
};

nlohmann::json to_json(const verdict &value);
nlohmann::json to_json(const plugin_facts &value);

// Nothing when the text is not what to_json makes: the plugin shares the process that wrote it.
std::optional<verdict> parse_verdict(std::string_view text);
std::optional<plugin_facts> parse_plugin_facts(std::string_view text);

// Text of a plugin as one printable line: control characters and bytes that are not UTF-8 become \xNN.
std::string printable(std::string_view text);

} // namespace unitls::conformance
