#include "client_messages.hpp"

#include <cstddef>

namespace unitls::mbedtls {
namespace {

// Reads from the front; past the end everything is empty or 0.
class reader {
public:
  explicit reader(std::span<const std::uint8_t> bytes) noexcept : rest_(bytes) {}

  bool at_end() const noexcept { return rest_.empty(); }

  std::span<const std::uint8_t> take(std::size_t size) noexcept {
    if (size > rest_.size()) {
      rest_ = {};
    }
    const auto taken = rest_.first(rest_.empty() ? 0 : size);
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

  std::size_t number(std::size_t size) noexcept {
    std::size_t value = 0;
    for (const std::uint8_t byte : take(size)) {
      value = value << 8 | byte;
    }
    return value;
  }

  // A vector with a length of so many bytes before it (RFC 5246, 4.3).
  std::span<const std::uint8_t> vector(std::size_t length_size) noexcept { return take(number(length_size)); }

private:
  std::span<const std::uint8_t> rest_;
};

constexpr std::size_t header = 4;

} // namespace

bool names_signature_schemes(std::span<const std::uint8_t> message) noexcept {
  constexpr std::size_t version_and_random = 2 + 32;
  constexpr std::size_t signature_algorithms = 13;
  reader hello(message);
  hello.take(header + version_and_random);
  hello.vector(1); // session_id
  hello.vector(2); // cipher_suites
  hello.vector(1); // compression_methods
  for (reader extensions(hello.vector(2)); !extensions.at_end();) {
    const std::size_t type = extensions.number(2);
    extensions.vector(2);
    if (type == signature_algorithms) {
      return true;
    }
  }
  return false;
}

std::optional<std::uint16_t> scheme_of_certificate_verify(std::span<const std::uint8_t> message) noexcept {
  constexpr std::uint8_t certificate_verify = 15;
  if (message.size() < header + 2 || message[0] != certificate_verify) {
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(message[header] << 8 | message[header + 1]);
}

} // namespace unitls::mbedtls
