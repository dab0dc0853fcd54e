#include "commands.hpp"

#include <iostream>

#include <unitls/backend.h>

#include "failure.hpp"
#include "json_output.hpp"
#include "plugin_check.hpp"
#include "terminal.hpp"

namespace unitls::tool {
namespace {

using nlohmann::ordered_json;

ordered_json json_of(const plugin_check &checked) {
  const candidate &facts = checked.facts;
  ordered_json failed = ordered_json::array();
  for (const broken_case &each : checked.broken) {
    failed.push_back({{"name", each.name}, {"reason", each.reason}});
  }
  return {{"id", facts.id},
          {"version", facts.version},
          {"description", facts.description},
          {"library", facts.library_build_version},
          {"library_version", checked.library_version},
          {"capabilities", facts.capabilities},
          {"path", facts.path},
          {"abi", std::to_string(UNITLS_ABI_MAJOR) + "." + std::to_string(UNITLS_ABI_MINOR)},
          {"passed", checked.passed},
          {"skipped", checked.skipped},
          {"failed", failed}};
}

void print(const plugin_check &checked) {
  const candidate &facts = checked.facts;
  table lines({"backend", facts.id});
  lines.add({"description", facts.description});
  lines.add({"plugin version", facts.version});
  lines.add({"library", checked.library_version});
  lines.add({"file", facts.path});
  lines.add({"ABI", "fits " + std::to_string(UNITLS_ABI_MAJOR) + "." + std::to_string(UNITLS_ABI_MINOR)});
  lines.add({"conformance", std::to_string(checked.passed) + " quick cases passed, " +
                                std::to_string(checked.broken.size()) + " failed, " +
                                std::to_string(checked.skipped) + " skipped"});
  lines.add({"owner and mode", "not looked at: the file was named by hand"});
  std::cout << lines.text();
}

} // namespace

void run_check(const check_options &options) {
  const plugin_check checked = check_plugin(read_facts(options.file));
  if (options.json) {
    write_json(json_of(checked));
  } else {
    print(checked);
  }
  if (!checked.broken.empty()) {
    throw failure(exit_code::no_backend, broken_text(checked));
  }
}

} // namespace unitls::tool
