#include <unitls/plugin/client_hello.hpp>

#include <optional>
#include <utility>

#include "tls_vector.hpp"

namespace unitls::plugin {
namespace {

using number_list = std::vector<std::uint16_t>;

number_list read_numbers(bytes list) {
  number_list numbers;
  numbers.reserve(list.size() / 2);
  for (std::size_t i = 0; i < list.size(); i += 2) {
    numbers.push_back(static_cast<std::uint16_t>(list[i] << CHAR_BIT | list[i + 1]));
  }
  return numbers;
}

// A vector of numbers, with the two octets of its length before it.
std::optional<number_list> take_numbers(bytes &rest) {
  const std::optional<bytes> list = take_vector(rest, 2);
  if (!list || list->size() % 2 != 0) {
    return std::nullopt;
  }
  return read_numbers(*list);
}

std::optional<number_list> take_cipher_suites(bytes &rest) {
  constexpr std::size_t legacy_version_size = 2;
  constexpr std::size_t random_size = 32;
  if (!take_octets(rest, legacy_version_size + random_size) || !take_vector(rest, 1)) { // legacy_session_id
    return std::nullopt;
  }
  return take_numbers(rest);
}

// One extension into `offer`, when it is one of those. False when it is malformed.
bool take_extension(bytes &rest, offered_parameters &offer) {
  constexpr std::uint16_t supported_groups = 10;
  constexpr std::uint16_t signature_algorithms = 13;
  const std::optional<bytes> type = take_octets(rest, 2);
  std::optional<bytes> content = type ? take_vector(rest, 2) : std::nullopt;
  if (!content) {
    return false;
  }
  const std::uint16_t number = read_numbers(*type).front();
  if (number != supported_groups && number != signature_algorithms) {
    return true;
  }
  std::optional<number_list> list = take_numbers(*content);
  if (!list || !content->empty()) {
    return false;
  }
  (number == supported_groups ? offer.groups : offer.signature_schemes) = std::move(*list);
  return true;
}

} // namespace

std::vector<std::uint16_t> read_offered_cipher_suites(std::span<const std::uint8_t> message) {
  bytes rest = message;
  return take_cipher_suites(rest).value_or(number_list{});
}

offered_parameters read_offered_parameters(std::span<const std::uint8_t> message) {
  bytes rest = message;
  std::optional<number_list> cipher_suites = take_cipher_suites(rest);
  if (!cipher_suites || !take_vector(rest, 1)) { // legacy_compression_methods
    return {};
  }
  offered_parameters offer;
  offer.cipher_suites = std::move(*cipher_suites);
  std::optional<bytes> extensions = rest.empty() ? rest : take_vector(rest, 2);
  if (!extensions || !rest.empty()) {
    return {};
  }
  while (!extensions->empty()) {
    if (!take_extension(*extensions, offer)) {
      return {};
    }
  }
  return offer;
}

} // namespace unitls::plugin
