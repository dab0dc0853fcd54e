// Which library a plugin really reaches: U-51. The plugin is loaded once more, by a process that was begun with copies of
// its libraries.
#include <cstdlib>
#include <string>

#include <nlohmann/json.hpp>

#include "captured_libraries.hpp"
#include "case.hpp"
#include "child_process.hpp"
#include "expect.hpp"
#include "plugin_access.hpp"
#include "verdict.hpp"

namespace unitls::conformance {
namespace {

constexpr std::chrono::seconds patience{20};

// For the processes that are started while it lives.
class preload {
public:
  explicit preload(const std::string &list) { ::setenv(name, list.c_str(), 1); }
  ~preload() { ::unsetenv(name); }
  preload(const preload &) = delete;
  preload &operator=(const preload &) = delete;

private:
  static constexpr const char *name = "LD_PRELOAD";
};

child_result load_in_another_process() {
  return run_child({own_program(), "--probe-plugin", "--", plugin().file->path}, patience);
}

UNITLS_CASE("abi/captured-library", "A plugin whose calls are captured by another object refuses to open",
            "U-51", needs()) {
  const child_result usual = load_in_another_process();
  require("U-51", "open in another process", parse_plugin_facts(usual.result).has_value(), "success",
          printable(usual.result));
  const captured_libraries captured(plugin().descriptor);
  if (captured.empty()) {
    return; // its library lies within itself: nothing can come between
  }
  const preload copies(captured.list());
  const child_result end = load_in_another_process();
  const auto told = nlohmann::json::parse(end.result, nullptr, false);
  const bool refused = told.is_object() && told.contains("unusable");
  require("U-51", "open with captured libraries", refused, "a refusal",
          parse_plugin_facts(end.result) ? "success" : describe_end(end.wait_status));
  const std::string reason = told.at("unusable").get<std::string>();
  expect("U-51", "the refusal", reason.find(captured.folder()) != std::string::npos,
         "naming what was reached, in " + captured.folder(), printable(reason));
}

} // namespace
} // namespace unitls::conformance
