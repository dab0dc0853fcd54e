// What holds for TLS 1.2 holds for TLS 1.3: a body that runs once for each version that the plugin declares.
#pragma once

#include "configuration.hpp"
#include "expect.hpp"
#include "plugin_access.hpp"

namespace unitls::conformance {

// Both sides of a conversation; the client offers one version only.
struct setups_of_version {
  std::uint16_t version = 0;
  client_setup client;
  server_setup server;
};

template <class Body>
void for_each_version(Body body) {
  for (const std::uint16_t version : declared_versions()) {
    const during what(version_text(version));
    setups_of_version setups;
    setups.version = version;
    setups.client.only_version(version);
    body(setups);
  }
}

} // namespace unitls::conformance
