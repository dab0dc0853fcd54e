// unitls/plugin/der.hpp: a strict, bounded reader of DER (ITU-T X.690).
//
// Views only: nothing is copied, nothing is allocated, nothing throws. Input is hostile; every failure is an
// empty optional or false, and a reader that failed is not used again.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGIN_DER_HPP
#define UNITLS_PLUGIN_DER_HPP

#include <unitls/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace unitls::plugin {

// Bytes that somebody else owns.
using bytes = std::span<const uint8_t>;

inline bytes view(unitls_bytes borrowed) noexcept {
  return {borrowed.data, borrowed.size};
}
inline unitls_bytes lend(bytes owned) noexcept {
  return {owned.data(), owned.size()};
}
inline std::string_view as_text(bytes input) noexcept {
  return {reinterpret_cast<const char *>(input.data()), input.size()};
}
bool equal(bytes left, bytes right) noexcept;

} // namespace unitls::plugin

namespace unitls::plugin::der {

// Identifier octets of the types that certificates use. Numbers above 30 take several octets and are refused.
enum : uint8_t {
  tag_boolean = 0x01,
  tag_integer = 0x02,
  tag_bit_string = 0x03,
  tag_octet_string = 0x04,
  tag_oid = 0x06,
  tag_utf8_string = 0x0c,
  tag_numeric_string = 0x12,
  tag_printable_string = 0x13,
  tag_teletex_string = 0x14,
  tag_ia5_string = 0x16,
  tag_utc_time = 0x17,
  tag_generalized_time = 0x18,
  tag_visible_string = 0x1a,
  tag_universal_string = 0x1c,
  tag_bmp_string = 0x1e,
  tag_sequence = 0x30,
  tag_set = 0x31,
};
constexpr uint8_t context(uint8_t number) noexcept {
  return static_cast<uint8_t>(0x80 | number);
}
constexpr uint8_t context_constructed(uint8_t number) noexcept {
  return static_cast<uint8_t>(0xa0 | number);
}

// One value. `whole` is its identifier, length and content.
struct element {
  uint8_t tag = 0;
  bytes content;
  bytes whole;
};

// Reads the values that lie side by side in `input`, from the first to the last.
class reader {
public:
  explicit reader(bytes input) noexcept : rest_(input) {}

  bool at_end() const noexcept { return rest_.empty(); }
  bool next_is(uint8_t tag) const noexcept { return !rest_.empty() && rest_.front() == tag; }

  // The next value. Empty: at the end, or not DER (indefinite or padded length, content beyond the input).
  std::optional<element> next() noexcept;
  // The same, and its tag must be `tag`.
  std::optional<element> next(uint8_t tag) noexcept;

private:
  bytes rest_;
};

// The one value that fills `input`. Empty when it has another tag or something follows it.
std::optional<element> only(bytes input, uint8_t tag) noexcept;

// The same for a SEQUENCE, ready to be read.
std::optional<reader> only_sequence(bytes input) noexcept;

// Contents. Each refuses what DER does not allow.
std::optional<bool> boolean(bytes content) noexcept;
// Whether this is an INTEGER in its shortest form.
bool is_integer(bytes content) noexcept;
// A non-negative INTEGER; what does not fit becomes UINT32_MAX.
std::optional<uint32_t> unsigned_saturated(bytes content) noexcept;
// A BIT STRING of whole octets.
std::optional<bytes> octets_of_bit_string(bytes content) noexcept;
// The first eight bits of a BIT STRING, bit 0 the most significant; an absent bit is 0.
std::optional<uint8_t> first_bits(bytes content) noexcept;
// Seconds since 1970-01-01 UTC of a UTCTime or GeneralizedTime in the form of RFC 5280, 4.1.2.5: with
// seconds, ending in Z, an existing day. Years 1 to 9999.
std::optional<int64_t> time(const element &value) noexcept;

} // namespace unitls::plugin::der

#endif // UNITLS_PLUGIN_DER_HPP
