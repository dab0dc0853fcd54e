// The DER reader. What it reads, written again, are the same bytes: so it takes one form of each value only.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "../tests/der_writer.hpp"
#include "fuzz.hpp"

#include <unitls/plugin/der.hpp>

#include <algorithm>
#include <chrono>
#include <string>

namespace {

using namespace unitls::plugin;
using unitls::fuzz::is_inside;
using unitls::fuzz::require;
using unitls::test::blob;

constexpr int depth_max = 16;

void append_digits(std::string &out, int64_t number, size_t width) {
  const std::string digits = std::to_string(number);
  out.append(width - std::min(width, digits.size()), '0').append(digits);
}

std::string generalized_time(int64_t time) {
  using namespace std::chrono;
  const sys_seconds moment{seconds{time}};
  const year_month_day date{floor<days>(moment)};
  const hh_mm_ss clock{moment - floor<days>(moment)};
  std::string text;
  append_digits(text, static_cast<int>(date.year()), 4);
  append_digits(text, static_cast<unsigned>(date.month()), 2);
  append_digits(text, static_cast<unsigned>(date.day()), 2);
  append_digits(text, clock.hours().count(), 2);
  append_digits(text, clock.minutes().count(), 2);
  append_digits(text, clock.seconds().count(), 2);
  return text + 'Z';
}

void check_time(const der::element &value) {
  const std::optional<int64_t> time = der::time(value);
  if (!time)
    return;
  const blob written = unitls::test::to_blob(generalized_time(*time));
  require(der::time({der::tag_generalized_time, written, written}) == time,
          "a time is the same written again");
}

void check_number(bytes content) {
  const std::optional<uint32_t> number = der::unsigned_saturated(content);
  if (!number || *number == UINT32_MAX)
    return;
  blob written;
  for (uint64_t rest = *number; rest != 0; rest >>= 8)
    written.insert(written.begin(), static_cast<uint8_t>(rest & 0xff));
  if (written.empty() || written.front() >= 0x80)
    written.insert(written.begin(), 0);
  require(equal(written, content), "a number has one form");
}

void check_bits(bytes content) {
  const std::optional<bytes> octets = der::octets_of_bit_string(content);
  const std::optional<uint8_t> first = der::first_bits(content);
  require(!octets || is_inside(*octets, content), "octets of a bit string lie inside of it");
  require(!octets || first == (octets->empty() ? 0 : octets->front()), "whole octets are bits");
}

// Checks the values that lie side by side, and those in them.
void check_all(bytes input, int depth) {
  der::reader values(input);
  blob written;
  while (const std::optional<der::element> value = values.next()) {
    require(is_inside(value->whole, input) && is_inside(value->content, value->whole), "a value lies inside");
    check_time(*value);
    check_number(value->content);
    check_bits(value->content);
    require(!der::boolean(value->content) || value->content.size() == 1, "a boolean has one octet");
    if ((value->tag & 0x20) != 0 && depth < depth_max)
      check_all(value->content, depth + 1);
    const blob again = unitls::test::tlv(value->tag, blob(value->content.begin(), value->content.end()));
    written.insert(written.end(), again.begin(), again.end());
  }
  require(equal(written, input.first(written.size())), "what was read is the same written again");
  require(!values.at_end() || written.size() == input.size(), "a reader at its end has read everything");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  check_all({data, size}, 0);
  return 0;
}
