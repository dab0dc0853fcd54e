// A ClientHello (RFC 5246, 7.4.1.2; RFC 8446, 4.1.2) as the client sent it: some libraries do not tell what it offers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace unitls::plugin {

// The cipher suites in the client's order, from the message without its handshake header. Empty when it is malformed
// up to there; what follows is not looked at. May throw std::bad_alloc.
std::vector<std::uint16_t> read_offered_cipher_suites(std::span<const std::uint8_t> message);

// The same for supported_groups and signature_algorithms (RFC 8446, 4.2.7 and 4.2.3), also empty when the message lacks
// the extension or is malformed anywhere.
struct offered_parameters {
  std::vector<std::uint16_t> cipher_suites;
  std::vector<std::uint16_t> groups;
  std::vector<std::uint16_t> signature_schemes;
};
offered_parameters read_offered_parameters(std::span<const std::uint8_t> message);

} // namespace unitls::plugin
