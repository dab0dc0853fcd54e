// The value of UNITLS_BACKEND.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace unitls::loader {

struct backend_list {
  bool help = false;
  std::vector<std::string> ids; // in the order of preference, without repetition; "*" stands for the rest
};

// Throws a refusal on UNITLS_BACKEND for an empty name and for one that no backend can have.
backend_list parse_backend_list(std::string_view value);

// The ids with "*" replaced by those of `all`, in their order, that the list does not name itself.
std::vector<std::string> expand_rest(const std::vector<std::string> &ids,
                                     const std::vector<std::string> &all);

} // namespace unitls::loader
