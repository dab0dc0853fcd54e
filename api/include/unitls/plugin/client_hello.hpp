// A ClientHello (RFC 5246, 7.4.1.2; RFC 8446, 4.1.2) as the client sent it: some libraries do not tell what it offers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace unitls::plugin {

// The cipher suites in the client's order, from the message without its handshake header. Empty when it is malformed
// up to there; what follows is not looked at. May throw std::bad_alloc.
std::vector<std::uint16_t> read_offered_cipher_suites(std::span<const std::uint8_t> message);

} // namespace unitls::plugin
