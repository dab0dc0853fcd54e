#include "subjects.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

namespace unitls::conformance {
namespace {

// Groups whose cases ask for nothing but two sides that talk.
constexpr std::array<std::string_view, 13> groups_of_pairs = {
    "alert/",   "auth/", "callback/", "close/",      "handshake/",      "identity/", "insecure/",
    "interop/", "io/",   "live/",     "revocation/", "verified-chain/", "verify/"};

bool needs_capability(const case_description &described, std::string_view name) {
  return std::find(described.needed.begin(), described.needed.end(), name) != described.needed.end();
}

bool suits_pairs(const case_description &described) {
  return needs_capability(described, "client") && needs_capability(described, "server") &&
         std::any_of(groups_of_pairs.begin(), groups_of_pairs.end(),
                     [&](std::string_view group) { return described.name.starts_with(group); });
}

} // namespace

std::vector<subject> subjects_of(const options &chosen) {
  std::vector<subject> subjects;
  if (!chosen.server.empty()) {
    for (const std::string &each : chosen.plugins) {
      subjects.push_back({each, chosen.server});
    }
    return subjects;
  }
  for (const std::string &each : chosen.plugins) {
    subjects.push_back({each, {}});
  }
  for (const std::string &client : chosen.plugins) {
    for (const std::string &server : chosen.plugins) {
      if (client != server) {
        subjects.push_back({client, server});
      }
    }
  }
  for (const std::string &each : chosen.plugins) {
    for (const std::string &peer : chosen.peers) {
      subjects.push_back({each, peer});
      subjects.push_back({peer, each});
    }
  }
  return subjects;
}

std::vector<case_description> cases_for(const subject &judged, const std::vector<case_description> &cases) {
  if (!judged.is_pair()) {
    return cases;
  }
  std::vector<case_description> suitable;
  std::copy_if(cases.begin(), cases.end(), std::back_inserter(suitable), suits_pairs);
  return suitable;
}

} // namespace unitls::conformance
