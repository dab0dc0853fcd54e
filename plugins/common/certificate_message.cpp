#include <unitls/plugin/certificate_message.hpp>

#include <climits>
#include <optional>

#include <unitls/plugin/der.hpp>

namespace unitls::plugin {
namespace {

// Takes a vector with a length of so many octets before it (RFC 8446, 3.4) from the front of `rest`.
std::optional<bytes> take_vector(bytes &rest, std::size_t length_size) noexcept {
  if (rest.size() < length_size) {
    return std::nullopt;
  }
  std::size_t length = 0;
  for (const std::uint8_t octet : rest.first(length_size)) {
    length = length << CHAR_BIT | octet;
  }
  rest = rest.subspan(length_size);
  if (rest.size() < length) {
    return std::nullopt;
  }
  const bytes content = rest.first(length);
  rest = rest.subspan(length);
  return content;
}

} // namespace

std::vector<unitls_bytes> read_certificate_message(std::span<const std::uint8_t> message, bool is_tls13) {
  bytes rest = message;
  if (is_tls13 && !take_vector(rest, 1)) { // certificate_request_context
    return {};
  }
  std::optional<bytes> list = take_vector(rest, 3);
  if (!list || !rest.empty()) {
    return {};
  }
  std::vector<unitls_bytes> views;
  while (!list->empty()) {
    const std::optional<bytes> entry = take_vector(*list, 3);
    if (!entry || (is_tls13 && !take_vector(*list, 2))) { // extensions
      return {};
    }
    views.push_back(lend(*entry));
  }
  return views;
}

} // namespace unitls::plugin
