// Socket addresses of a host, found within a deadline.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/socket.h>

namespace unitls::loader {

struct address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr *native() const noexcept { return reinterpret_cast<const sockaddr *>(&storage); }
  // "192.0.2.1" or "2001:db8::1".
  std::string text() const;
};

// Whether this is an IPv4 or IPv6 address, as RFC 3986 writes a host, without brackets.
bool is_ip_address(const std::string &host) noexcept;

// The addresses of an IP address or of a name, in the resolver's order (RFC 6724). Throws a refusal that names the
// host; UNITLS_E_TIMEOUT when the resolver does not answer by the deadline, `wait` being how long that was.
std::vector<address> resolve(const std::string &host, std::uint16_t port, std::int64_t deadline,
                             std::int64_t wait);

} // namespace unitls::loader
