// What a process has and how it is set, for plugins that must leave it as it was.
#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace unitls::conformance {

// What grows when something is not given back.
struct process_resources {
  long memory_blocks = 0; // of this thread; 0 where the build cannot count them
  long memory_bytes = 0;
  std::size_t descriptors = 0;
  std::size_t threads = 0;
};

process_resources resources_now();

// Settings of a process by name: signal dispositions, environment, working directory, umask, locale, rounding, ...
using process_settings = std::map<std::string, std::string>;

process_settings settings_now();

// Those from before the first plugin was loaded, and from when it had been opened. The first call of each notes them.
const process_settings &settings_before_plugins();
const process_settings &settings_with_plugin();

} // namespace unitls::conformance
