// Parts of handshake messages (RFC 8446, 3.4).
#pragma once

#include <climits>
#include <cstddef>
#include <optional>

#include <unitls/plugin/der.hpp>

namespace unitls::plugin {

// Takes so many octets from the front of `rest`. Empty, and nothing is taken, when there are fewer.
inline std::optional<bytes> take_octets(bytes &rest, std::size_t size) noexcept {
  if (rest.size() < size) {
    return std::nullopt;
  }
  const bytes taken = rest.first(size);
  rest = rest.subspan(size);
  return taken;
}

// Takes a vector with a length of so many octets, at most 3, before it. Empty when it is longer than `rest`.
inline std::optional<bytes> take_vector(bytes &rest, std::size_t length_size) noexcept {
  const std::optional<bytes> octets = take_octets(rest, length_size);
  if (!octets) {
    return std::nullopt;
  }
  std::size_t length = 0;
  for (const auto octet : *octets) {
    length = length << CHAR_BIT | octet;
  }
  return take_octets(rest, length);
}

} // namespace unitls::plugin
