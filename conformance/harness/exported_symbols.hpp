// What a shared object exports, read from its file.
#pragma once

#include <string>
#include <vector>

namespace unitls::conformance {

struct exported_symbol {
  std::string name;
  bool is_data = false;
};

// The defined symbols that other objects can bind to. Throws std::runtime_error when the file has no readable dynamic
// symbol table.
std::vector<exported_symbol> exported_symbols(const std::string &path);

} // namespace unitls::conformance
