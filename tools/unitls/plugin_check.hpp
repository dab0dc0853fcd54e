// A plugin file that a person names: what it is, and whether it keeps the contract.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <unitls/loader.hpp>

namespace unitls::tool {

struct broken_case {
  std::string name;   // "abi/one-symbol"
  std::string reason; // the first thing that was wrong
};

struct plugin_check {
  candidate facts; // from its note
  std::string library_version;
  std::size_t passed = 0;
  std::size_t skipped = 0;
  std::vector<broken_case> broken;
};

// What stands in the file's note; nothing of it runs. Throws failure for a file that is no plugin.
candidate read_facts(const std::string &file);

// Lets unitls-conformance run its quick cases: the file's code runs in processes of its own only. Throws failure when it
// cannot be loaded; broken cases are for the caller to judge.
plugin_check check_plugin(const candidate &facts);

// The broken cases, as a sentence that begins with the path.
std::string broken_text(const plugin_check &checked);

} // namespace unitls::tool
