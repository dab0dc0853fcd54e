// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "ip_address.hpp"

#include <algorithm>
#include <charconv>

namespace unitls::plugin {

namespace {

// Takes what is before the next `separator`, or everything, off the front of `rest`.
std::string_view take_until(std::string_view &rest, char separator) noexcept {
  const size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end);
  return taken;
}

// from_chars also takes nothing but digits here, as signs do not parse into unsigned numbers.
std::optional<unsigned> parse_number(std::string_view text, int base, size_t digits_max) noexcept {
  if (text.empty() || text.size() > digits_max)
    return std::nullopt;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

// Some groups of an IPv6 address, as octets from the left.
struct groups {
  std::array<uint8_t, 16> octets{};
  size_t size = 0;

  bool push(uint8_t octet) noexcept {
    if (size == octets.size())
      return false;
    octets[size++] = octet;
    return true;
  }
};

bool push_ipv4(std::string_view text, groups &out) noexcept {
  const auto address = parse_ipv4(text);
  return address && std::all_of(address->begin(), address->end(), [&](uint8_t o) { return out.push(o); });
}

bool push_group(std::string_view text, groups &out) noexcept {
  const std::optional<unsigned> group = parse_number(text, 16, 4);
  return group && out.push(static_cast<uint8_t>(*group >> 8)) &&
         out.push(static_cast<uint8_t>(*group & 0xff));
}

// Groups separated by colons; empty text is no group. Only the last may be an IPv4 address.
std::optional<groups> parse_groups(std::string_view text, bool ipv4_allowed) noexcept {
  groups out;
  while (!text.empty()) {
    const std::string_view group = take_until(text, ':');
    const bool last = text.empty();
    const bool dotted = group.find('.') != std::string_view::npos;
    if (dotted ? !(last && ipv4_allowed && push_ipv4(group, out)) : !push_group(group, out))
      return std::nullopt;
    if (last)
      break;
    text.remove_prefix(1);
    if (text.empty())
      return std::nullopt;
  }
  return out;
}

} // namespace

std::optional<std::array<uint8_t, 4>> parse_ipv4(std::string_view text) noexcept {
  std::array<uint8_t, 4> address{};
  for (size_t i = 0; i < address.size(); ++i) {
    if (i > 0) {
      if (text.empty())
        return std::nullopt;
      text.remove_prefix(1);
    }
    const std::string_view number = take_until(text, '.');
    const std::optional<unsigned> value = parse_number(number, 10, 3);
    if (!value || *value > 255 || (number.size() > 1 && number[0] == '0'))
      return std::nullopt;
    address[i] = static_cast<uint8_t>(*value);
  }
  return text.empty() ? std::optional(address) : std::nullopt;
}

std::optional<std::array<uint8_t, 16>> parse_ipv6(std::string_view text) noexcept {
  const size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    const std::optional<groups> all = parse_groups(text, true);
    return all && all->size == all->octets.size() ? std::optional(all->octets) : std::nullopt;
  }
  const std::optional<groups> left = parse_groups(text.substr(0, gap), false);
  const std::optional<groups> right = parse_groups(text.substr(gap + 2), true);
  // The gap stands for at least one group of zeros.
  constexpr size_t octets_beside_gap_max = 14;
  if (!left || !right || left->size + right->size > octets_beside_gap_max)
    return std::nullopt;
  std::array<uint8_t, 16> address{};
  std::copy_n(left->octets.begin(), left->size, address.begin());
  std::copy_n(right->octets.begin(), right->size, address.end() - static_cast<std::ptrdiff_t>(right->size));
  return address;
}

namespace {

constexpr size_t group_count = 8;

std::string ipv4_text(bytes address) {
  std::string text;
  for (const uint8_t octet : address)
    text += (text.empty() ? "" : ".") + std::to_string(octet);
  return text;
}

unsigned group_at(bytes address, size_t index) noexcept {
  return static_cast<unsigned>(address[2 * index] << 8 | address[2 * index + 1]);
}

// Groups from `begin` up to `end`.
struct group_run {
  size_t begin = 0;
  size_t end = 0;
  size_t size() const noexcept { return end - begin; }
};

// The zeros that "::" stands for: the longest run, the first of equals, never one group alone.
group_run zeros_to_shorten(bytes address) noexcept {
  group_run best;
  group_run run;
  for (size_t i = 0; i < group_count; ++i) {
    if (group_at(address, i) != 0) {
      run = {i + 1, i + 1};
      continue;
    }
    run.end = i + 1;
    if (run.size() > best.size())
      best = run;
  }
  return best.size() > 1 ? best : group_run{};
}

std::string groups_text(bytes address, size_t begin, size_t end) {
  std::string text;
  for (size_t i = begin; i < end; ++i) {
    std::array<char, 4> digits{};
    const auto written =
        std::to_chars(digits.data(), digits.data() + digits.size(), group_at(address, i), 16);
    if (!text.empty())
      text += ':';
    text.append(digits.data(), written.ptr);
  }
  return text;
}

bool is_ipv4_mapped(bytes address) noexcept {
  return std::all_of(address.begin(), address.begin() + 10, [](uint8_t octet) { return octet == 0; }) &&
         address[10] == 0xff && address[11] == 0xff;
}

std::string ipv6_text(bytes address) {
  if (is_ipv4_mapped(address))
    return "::ffff:" + ipv4_text(address.last(4));
  const group_run zeros = zeros_to_shorten(address);
  if (zeros.size() == 0)
    return groups_text(address, 0, group_count);
  return groups_text(address, 0, zeros.begin) + "::" + groups_text(address, zeros.end, group_count);
}

} // namespace

std::string ip_address_text(bytes address) {
  if (address.size() == 4)
    return ipv4_text(address);
  return address.size() == 16 ? ipv6_text(address) : std::string();
}

} // namespace unitls::plugin
