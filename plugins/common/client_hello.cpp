#include <unitls/plugin/client_hello.hpp>

#include "tls_vector.hpp"

namespace unitls::plugin {

std::vector<std::uint16_t> read_offered_cipher_suites(std::span<const std::uint8_t> message) {
  constexpr std::size_t legacy_version_size = 2;
  constexpr std::size_t random_size = 32;
  bytes rest = message;
  if (!take_octets(rest, legacy_version_size + random_size) || !take_vector(rest, 1)) { // legacy_session_id
    return {};
  }
  const std::optional<bytes> list = take_vector(rest, 2);
  if (!list || list->size() % 2 != 0) {
    return {};
  }
  std::vector<std::uint16_t> numbers;
  numbers.reserve(list->size() / 2);
  for (std::size_t i = 0; i < list->size(); i += 2) {
    numbers.push_back(static_cast<std::uint16_t>((*list)[i] << CHAR_BIT | (*list)[i + 1]));
  }
  return numbers;
}

} // namespace unitls::plugin
