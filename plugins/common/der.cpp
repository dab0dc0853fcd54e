// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <unitls/plugin/der.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace unitls::plugin {

bool equal(bytes left, bytes right) noexcept {
  return left.size() == right.size() && std::equal(left.begin(), left.end(), right.begin());
}

} // namespace unitls::plugin

namespace unitls::plugin::der {

namespace {

struct header {
  size_t size = 0;
  size_t content_size = 0;
};

// Lengths of more than four octets are refused: no certificate is that large.
constexpr size_t length_octets_max = 4;

std::optional<header> long_form_header(bytes input, size_t octets) noexcept {
  if (octets == 0 || octets > length_octets_max || input.size() < 2 + octets)
    return std::nullopt;
  uint64_t length = 0;
  for (uint8_t octet : input.subspan(2, octets))
    length = length << 8 | octet;
  const bool padded = length < 0x80 || length >> (8 * (octets - 1)) == 0;
  if (padded || length > input.size() - 2 - octets)
    return std::nullopt;
  return header{2 + octets, static_cast<size_t>(length)};
}

std::optional<header> read_header(bytes input) noexcept {
  constexpr uint8_t long_tag = 0x1f;
  if (input.size() < 2 || (input[0] & long_tag) == long_tag)
    return std::nullopt;
  if (input[1] >= 0x80)
    return long_form_header(input, input[1] & 0x7fU);
  if (input[1] > input.size() - 2)
    return std::nullopt;
  return header{2, input[1]};
}

} // namespace

std::optional<element> reader::next() noexcept {
  const std::optional<header> found = read_header(rest_);
  if (!found)
    return std::nullopt;
  const element value{rest_[0], rest_.subspan(found->size, found->content_size),
                      rest_.first(found->size + found->content_size)};
  rest_ = rest_.subspan(value.whole.size());
  return value;
}

std::optional<element> reader::next(uint8_t tag) noexcept {
  return next_is(tag) ? next() : std::nullopt;
}

std::optional<element> only(bytes input, uint8_t tag) noexcept {
  reader values(input);
  const std::optional<element> value = values.next(tag);
  return value && values.at_end() ? value : std::nullopt;
}

std::optional<reader> only_sequence(bytes input) noexcept {
  const std::optional<element> sequence = only(input, tag_sequence);
  if (!sequence)
    return std::nullopt;
  return reader(sequence->content);
}

std::optional<bool> boolean(bytes content) noexcept {
  if (content.size() != 1 || (content[0] != 0x00 && content[0] != 0xff))
    return std::nullopt;
  return content[0] == 0xff;
}

bool is_integer(bytes content) noexcept {
  if (content.empty())
    return false;
  if (content.size() == 1)
    return true;
  const bool padded_positive = content[0] == 0x00 && content[1] < 0x80;
  const bool padded_negative = content[0] == 0xff && content[1] >= 0x80;
  return !padded_positive && !padded_negative;
}

std::optional<uint32_t> unsigned_saturated(bytes content) noexcept {
  if (!is_integer(content) || content[0] >= 0x80)
    return std::nullopt;
  uint32_t value = 0;
  for (uint8_t octet : content) {
    if (value > std::numeric_limits<uint32_t>::max() >> 8)
      return std::numeric_limits<uint32_t>::max();
    value = value << 8 | octet;
  }
  return value;
}

std::optional<bytes> octets_of_bit_string(bytes content) noexcept {
  if (content.empty() || content[0] != 0)
    return std::nullopt;
  return content.subspan(1);
}

std::optional<uint8_t> first_bits(bytes content) noexcept {
  if (content.empty() || content[0] > 7)
    return std::nullopt;
  const unsigned unused = content[0];
  const bytes octets = content.subspan(1);
  if (octets.empty())
    return unused == 0 ? std::optional<uint8_t>(0) : std::nullopt;
  const unsigned unused_mask = (1U << unused) - 1;
  if ((octets.back() & unused_mask) != 0)
    return std::nullopt;
  return octets.front();
}

namespace {

// Reads decimal numbers of fixed width from the left. `value` is -1 as soon as one was not a number.
class digits {
public:
  explicit digits(bytes text) noexcept : rest_(text) {}

  int take(size_t width) noexcept {
    int value = 0;
    for (uint8_t digit : rest_.first(width)) {
      if (digit < '0' || digit > '9')
        return -1;
      value = value * 10 + (digit - '0');
    }
    rest_ = rest_.subspan(width);
    return value;
  }

private:
  bytes rest_;
};

bool is_leap(int year) noexcept {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int days_in_month(int year, int month) noexcept {
  constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[static_cast<size_t>(month - 1)];
}

int64_t days_since_1970(int year, int month, int day) noexcept {
  const int before = year - 1;
  int64_t days = int64_t{before} * 365 + before / 4 - before / 100 + before / 400 - 719162;
  for (int earlier = 1; earlier < month; ++earlier)
    days += days_in_month(year, earlier);
  return days + day - 1;
}

bool in_range(int value, int low, int high) noexcept {
  return low <= value && value <= high;
}

// `text` is MMDDhhmmss.
std::optional<int64_t> time_in_year(int year, bytes text) noexcept {
  digits numbers(text);
  const int month = numbers.take(2);
  if (!in_range(year, 1, 9999) || !in_range(month, 1, 12))
    return std::nullopt;
  const int day = numbers.take(2);
  if (!in_range(day, 1, days_in_month(year, month)))
    return std::nullopt;
  const int hour = numbers.take(2);
  if (!in_range(hour, 0, 23))
    return std::nullopt;
  const int minute = numbers.take(2);
  if (!in_range(minute, 0, 59))
    return std::nullopt;
  const int second = numbers.take(2);
  if (!in_range(second, 0, 59))
    return std::nullopt;
  return days_since_1970(year, month, day) * 86400 + int64_t{hour} * 3600 + int64_t{minute} * 60 + second;
}

} // namespace

std::optional<int64_t> time(const element &value) noexcept {
  const bytes text = value.content;
  if (text.empty() || text.back() != 'Z')
    return std::nullopt;
  if (value.tag == tag_utc_time && text.size() == 13) {
    const int year = digits(text).take(2);
    if (year < 0)
      return std::nullopt;
    return time_in_year(year >= 50 ? 1900 + year : 2000 + year, text.subspan(2, 10));
  }
  if (value.tag == tag_generalized_time && text.size() == 15)
    return time_in_year(digits(text).take(4), text.subspan(4, 10));
  return std::nullopt;
}

} // namespace unitls::plugin::der
