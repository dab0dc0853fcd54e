// The string types of certificates (RFC 5280, 4.1.2.4; ITU-T X.690, 8.23), character by character.
#pragma once

#include <cstddef>
#include <optional>

#include <unitls/plugin/der.hpp>

namespace unitls::plugin {

// One character, or octets that are none in their string.
struct string_character {
  char32_t code_point = 0;
  bytes stray; // when not empty, the character is these
};

// Walks over a value from the first character to the last.
class string_reader {
public:
  // Empty when the value has no string type, or a length that its type cannot have.
  static std::optional<string_reader> of(const der::element &value) noexcept;

  bool at_end() const noexcept { return rest_.empty(); }
  // Not at the end.
  string_character next() noexcept;

private:
  enum class encoding : unsigned char { ascii, latin1, utf8, ucs2, ucs4 };

  string_reader(bytes content, encoding form) noexcept : rest_(content), form_(form) {}
  std::size_t character_size() const noexcept;
  std::optional<char32_t> decode(bytes octets) const noexcept;

  bytes rest_;
  encoding form_;
};

} // namespace unitls::plugin
