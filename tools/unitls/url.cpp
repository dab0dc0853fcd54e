#include "url.hpp"

#include <algorithm>
#include <charconv>

#include "failure.hpp"

namespace unitls::tool {
namespace {

constexpr std::string_view scheme = "https://";

bool starts_without_case(std::string_view text, std::string_view lower) noexcept {
  return text.size() >= lower.size() &&
         std::equal(lower.begin(), lower.end(), text.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b); });
}

[[noreturn]] void refuse(std::string_view text, const std::string &reason) {
  throw failure(exit_code::wrong_input, "\"" + std::string(text) + "\" " + reason);
}

// RFC 3986, 3.1. A colon behind a slash or a question mark is part of a path or query.
bool has_scheme(std::string_view reference) noexcept {
  const std::size_t end = reference.find_first_of(":/?#");
  return end != std::string_view::npos && end != 0 && reference[end] == ':';
}

bool is_plain(char c) noexcept {
  return c > 0x20 && c < 0x7f;
}

std::string bracketed(const std::string &host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

// The folder part of a target, for a relative reference.
std::string folder_of(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  return std::string(path.substr(0, path.rfind('/') + 1));
}

} // namespace

std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
  std::uint16_t port = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || fault != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return port;
}

endpoint endpoint::parse(std::string_view text, std::optional<std::uint16_t> default_port) {
  std::string_view host = text;
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) {
      refuse(text, "lacks the \"]\" after its IPv6 address");
    }
    host = text.substr(1, end - 1);
    const std::string_view rest = text.substr(end + 1);
    if (!rest.empty() && !rest.starts_with(':')) {
      refuse(text, "has something other than \":PORT\" after its IPv6 address");
    }
    port = rest.empty() ? rest : rest.substr(1);
  } else if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos) {
    if (text.find(':') != colon) {
      refuse(text, "has several colons: write an IPv6 address as [ADDRESS]:PORT");
    }
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  if (host.empty()) {
    refuse(text, "names no host");
  }
  if (host.find_first_of("[]") != std::string_view::npos) {
    refuse(text, "has a bracket that does not enclose an IPv6 address");
  }
  const auto number = port.empty() ? default_port : parse_port(port);
  if (!number) {
    refuse(text,
           port.empty() ? "names no port: write HOST:PORT" : "has a port that is no number from 0 to 65535");
  }
  return {std::string(host), *number};
}

url url::parse(std::string_view text) {
  if (starts_without_case(text, "http://")) {
    refuse(text, "is not protected by TLS: only https URLs are fetched");
  }
  if (!starts_without_case(text, scheme)) {
    refuse(text, "is no https URL: write https://HOST/PATH");
  }
  if (!std::all_of(text.begin(), text.end(), is_plain)) {
    refuse(text, "has blanks or bytes that must be percent-encoded");
  }
  std::string_view rest = text.substr(scheme.size());
  rest = rest.substr(0, rest.find('#'));
  const std::size_t end = rest.find_first_of("/?");
  const std::string_view authority = rest.substr(0, end);
  if (authority.find('@') != std::string_view::npos) {
    refuse(text, "has a user name, which is not supported");
  }
  const endpoint where = endpoint::parse(authority, 443);
  std::string target(end == std::string_view::npos ? "/" : rest.substr(end));
  if (target.front() == '?') {
    target.insert(target.begin(), '/');
  }
  return {where.host, where.port, target};
}

url url::resolve(std::string_view location) const {
  if (has_scheme(location)) {
    return parse(location);
  }
  if (location.starts_with("//")) {
    return parse("https:" + std::string(location));
  }
  const std::string prefix = scheme.data() + authority();
  if (location.starts_with('/')) {
    return parse(prefix + std::string(location));
  }
  if (location.starts_with('?')) {
    return parse(prefix + target.substr(0, target.find('?')) + std::string(location));
  }
  return parse(prefix + folder_of(target) + std::string(location));
}

std::string url::authority() const {
  return bracketed(host) + ":" + std::to_string(port);
}
std::string url::host_header() const {
  return port == 443 ? bracketed(host) : authority();
}
std::string url::text() const {
  return std::string(scheme) + host_header() + target;
}

} // namespace unitls::tool
