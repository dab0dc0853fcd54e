// Chains of the kinds of the vectors whose leaf's key is at hand, for handshakes. Each is good for servers and clients,
// and named localhost.
#pragma once

#include <span>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include <unitls/types.h>

namespace unitls::conformance {

struct live_chain {
  std::string_view name;
  std::string_view sentence;
  std::string_view file; // stem of what is presented
  std::string_view key;  // stem of its key
  unitls_verify_flags flags = 0;
  std::string_view anchors = "ca";
  std::string_view needed = {}; // a capability, or nothing
};

std::span<const live_chain> live_chains();

// Entries of a description for `unitls-pki make`: certificates, and chains that no issuer orders.
nlohmann::json describe_live_chains();
nlohmann::json describe_live_lists();

} // namespace unitls::conformance
