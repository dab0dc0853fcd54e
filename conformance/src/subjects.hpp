// What a run judges: each plugin alone, and plugins in pairs.
#pragma once

#include <string>
#include <vector>

#include "case.hpp"
#include "options.hpp"

namespace unitls::conformance {

// A plugin alone, or two: the first plays the client, the second the server.
struct subject {
  std::string plugin; // paths as typed
  std::string server; // empty: the plugin plays both

  bool is_pair() const noexcept { return !server.empty(); }
  std::vector<std::string> paths() const {
    return is_pair() ? std::vector{plugin, server} : std::vector{plugin};
  }
};

// Every plugin alone; every ordered pair of them; every one with each peer, either one as client. With options.server
// pairs with that one only.
std::vector<subject> subjects_of(const options &chosen);

// Those of the cases that a subject can be judged by: a pair by those that are about a conversation.
std::vector<case_description> cases_for(const subject &judged, const std::vector<case_description> &cases);

} // namespace unitls::conformance
