// What becomes of a backend when it is loaded, found out in a process of its own.
#pragma once

#include <string>

#include <unitls/loader.hpp>

namespace unitls::tool {

struct probed_candidate {
  candidate item; // its state is `loaded` or `rejected` when it was tried
  std::string library_version;
};

// Loads a candidate that was found, in a child that reads the same environment. What cannot be chosen is not tried.
probed_candidate probe(const candidate &item);

} // namespace unitls::tool
