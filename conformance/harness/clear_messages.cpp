#include "clear_messages.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "field_reader.hpp"
#include "watch.hpp"

namespace unitls::conformance {
namespace {

using bytes = std::vector<std::uint8_t>;

// SHA-256 of "HelloRetryRequest" (RFC 8446, 4.1.3).
constexpr std::array<std::uint8_t, 32> random_of_retry = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

bytes copy_of(octets from) {
  return {from.begin(), from.end()};
}

bytes clear_handshake(const wire &sent) {
  bytes all;
  for (const record &each : records_of(sent)) {
    if (each.type == record_change_cipher_spec || each.type == record_application_data) {
      break;
    }
    if (each.type == record_handshake) {
      all.insert(all.end(), each.fragment.begin(), each.fragment.end());
    }
  }
  return all;
}

const clear_message *find_message(const std::vector<clear_message> &all, std::uint8_t type) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const clear_message &each) { return each.type == type; });
  return found == all.end() ? nullptr : &*found;
}

// The point of ServerKeyExchange (RFC 8422, 5.4): after the type and the number of the curve.
bytes point_of_server(const clear_message &key_exchange) {
  field_reader fields(key_exchange.body);
  fields.take(1 + 2);
  return copy_of(fields.vector(1));
}

} // namespace

std::vector<clear_message> clear_messages(const wire &sent) {
  constexpr std::size_t header = 1 + 3;
  const bytes all = clear_handshake(sent);
  std::vector<clear_message> messages;
  for (std::size_t at = 0; at + header <= all.size();) {
    field_reader fields(octets(all).subspan(at + 1));
    const std::size_t size = fields.number(3);
    if (size > all.size() - at - header) {
      break; // encrypted, or not all of it there
    }
    messages.push_back({all[at], copy_of(fields.take(size))});
    at += header + size;
  }
  return messages;
}

clear_message first_hello(const wire &sent) {
  std::vector<clear_message> all = clear_messages(sent);
  if (all.empty() || (all.front().type != message_client_hello && all.front().type != message_server_hello)) {
    throw std::runtime_error("a side's first message is no hello");
  }
  return std::move(all.front());
}

bytes random_of(const clear_message &hello) {
  field_reader fields(hello.body);
  fields.take(2); // legacy_version
  return copy_of(fields.take(32));
}

bytes extension_of(const clear_message &hello, std::uint16_t type) {
  field_reader fields(hello.body);
  fields.take(2 + 32); // legacy_version, random
  fields.vector(1);    // legacy_session_id
  if (hello.type == message_client_hello) {
    fields.vector(2); // cipher_suites
    fields.vector(1); // legacy_compression_methods
  } else {
    fields.take(2 + 1); // cipher_suite, legacy_compression_method
  }
  if (fields.empty()) {
    return {};
  }
  for (field_reader extensions(fields.vector(2)); !extensions.empty();) {
    const bool is_wanted = extensions.number(2) == type;
    const octets content = extensions.vector(2);
    if (is_wanted) {
      return copy_of(content);
    }
  }
  return {};
}

bool is_hello_retry_request(const clear_message &server_hello) {
  const bytes random = random_of(server_hello);
  return std::equal(random.begin(), random.end(), random_of_retry.begin(), random_of_retry.end());
}

std::vector<std::uint16_t> shared_groups(const clear_message &client_hello) {
  const bytes content = extension_of(client_hello, extension_key_share);
  std::vector<std::uint16_t> groups;
  if (content.empty()) {
    return groups;
  }
  field_reader fields(content);
  for (field_reader shares(fields.vector(2)); !shares.empty();) {
    groups.push_back(static_cast<std::uint16_t>(shares.number(2)));
    shares.vector(2);
  }
  return groups;
}

std::vector<bytes> drawn_by_client(const wire &sent) {
  const std::vector<clear_message> all = clear_messages(sent);
  const clear_message hello = first_hello(sent);
  std::vector<bytes> drawn = {random_of(hello)};
  if (const bytes share = extension_of(hello, extension_key_share); !share.empty()) {
    drawn.push_back(share);
  }
  if (const clear_message *const exchange = find_message(all, message_client_key_exchange)) {
    drawn.push_back(exchange->body);
  }
  return drawn;
}

std::vector<bytes> drawn_by_server(const wire &sent) {
  const std::vector<clear_message> all = clear_messages(sent);
  const clear_message hello = first_hello(sent);
  std::vector<bytes> drawn = {random_of(hello)};
  if (const bytes share = extension_of(hello, extension_key_share); !share.empty()) {
    drawn.push_back(share);
  }
  if (const clear_message *const exchange = find_message(all, message_server_key_exchange)) {
    drawn.push_back(point_of_server(*exchange));
  }
  return drawn;
}

} // namespace unitls::conformance
