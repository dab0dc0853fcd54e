// Takes the fields of a TLS message off its front (RFC 8446, 3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

namespace unitls::conformance {

using octets = std::span<const std::uint8_t>;

// Whatever is too short is a std::runtime_error.
class field_reader {
public:
  explicit field_reader(octets bytes) : rest_(bytes) {}

  bool empty() const noexcept { return rest_.empty(); }

  octets take(std::size_t size) {
    if (size > rest_.size()) {
      throw std::runtime_error("a message ends too early");
    }
    const octets taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

  std::size_t number(std::size_t width) {
    std::size_t value = 0;
    for (const std::uint8_t each : take(width)) {
      value = value << 8 | each;
    }
    return value;
  }

  octets vector(std::size_t width) { return take(number(width)); }

private:
  octets rest_;
};

} // namespace unitls::conformance
