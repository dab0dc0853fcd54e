// Handshake messages that stand in clear on a wire, and what is random in them.
#pragma once

#include <cstdint>
#include <vector>

#include "memory_transport.hpp"

namespace unitls::conformance {

enum : std::uint8_t {
  message_server_hello = 2,
  message_server_key_exchange = 12,
  message_client_key_exchange = 16
};
enum : std::uint16_t { extension_key_share = 51 };

struct clear_message {
  std::uint8_t type = 0;
  std::vector<std::uint8_t> body;
};

// The whole messages before the first ChangeCipherSpec or application data. These and the next throw std::runtime_error
// when they do not find what they look for.
std::vector<clear_message> clear_messages(const wire &sent);

// The first ClientHello or ServerHello.
clear_message first_hello(const wire &sent);

// `random` of a ClientHello or ServerHello.
std::vector<std::uint8_t> random_of(const clear_message &hello);

// The content of one of its extensions; empty when it is not there.
std::vector<std::uint8_t> extension_of(const clear_message &hello, std::uint16_t type);

// Whether a ServerHello asks for another ClientHello (RFC 8446, 4.1.3).
bool is_hello_retry_request(const clear_message &server_hello);

// The groups for which a ClientHello has a key share (RFC 8446, 4.2.8).
std::vector<std::uint16_t> shared_groups(const clear_message &client_hello);

// What both sides drew for one handshake and sent in clear: `random` and ephemeral public key of each.
std::vector<std::vector<std::uint8_t>> drawn_by_client(const wire &sent);
std::vector<std::vector<std::uint8_t>> drawn_by_server(const wire &sent);

} // namespace unitls::conformance
