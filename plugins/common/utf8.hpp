// UTF-8 (RFC 3629).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <unitls/plugin/der.hpp>

namespace unitls::plugin::utf8 {

// Whether this is a code point that text can have: no surrogate.
bool is_scalar_value(std::uint32_t value) noexcept;

// How many octets the character at the front of `text` has; 0 when they are none, and for an empty text.
std::size_t character_size(bytes text) noexcept;

// The one character that fills `octets`.
std::optional<char32_t> decode(bytes octets) noexcept;

// The octets of a scalar value. May throw std::bad_alloc.
std::string encode(char32_t code_point);

// Whether a person sees it as itself: no control or format character, none that turns the direction of writing, none
// for private use.
bool is_printable(char32_t code_point) noexcept;

} // namespace unitls::plugin::utf8
