// https URLs (RFC 3986, RFC 9110 4.2.2), as far as a download needs them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace unitls::tool {

struct url {
  std::string host; // without the brackets of an IPv6 address
  std::uint16_t port = 443;
  std::string target; // path and query, at least "/"

  // "https://host/path". Throws failure for what is no https URL.
  static url parse(std::string_view text);
  // What a Location header means, seen from this URL (RFC 9110, 10.2.2).
  url resolve(std::string_view location) const;

  // "host:port"; the brackets of an IPv6 address are there.
  std::string authority() const;
  // For the Host header: without the port when that is 443.
  std::string host_header() const;
  std::string text() const;
};

// "host:port" and "[v6]:port"; the port may be missing when a default is given. Throws failure.
struct endpoint {
  std::string host;
  std::uint16_t port = 0;

  static endpoint parse(std::string_view text, std::optional<std::uint16_t> default_port = std::nullopt);
};

// A number from 0 to 65535; none for anything else.
std::optional<std::uint16_t> parse_port(std::string_view text) noexcept;

} // namespace unitls::tool
