// A Certificate message (RFC 5246, 7.4.2; RFC 8446, 4.4.2) as the peer sent it: some libraries hand out no list in which
// they cannot read an entry.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <unitls/types.h>

namespace unitls::plugin {

// The entries as views, leaf first. Empty when the message is malformed, and when it has none. May throw
// std::bad_alloc.
std::vector<unitls_bytes> read_certificate_message(std::span<const std::uint8_t> message, bool is_tls13);

} // namespace unitls::plugin
