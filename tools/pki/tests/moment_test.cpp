#include "error.hpp"
#include "moment.hpp"

#include <doctest/doctest.h>

using unitls::pki::Failure;
using unitls::pki::Moment;
using unitls::pki::one_day;
using unitls::pki::parse_moment;

namespace {
constexpr Moment now = 1000000000; // 2001-09-09T01:46:40Z
Moment parse(std::string_view text) {
  return parse_moment(text, now, "here");
}
} // namespace

TEST_CASE("a distance counts from now") {
  CHECK(parse("now") == now);
  CHECK(parse("-2d") == now - 2 * one_day);
  CHECK(parse("+90m") == now + 90 * 60);
  CHECK(parse("+3h") == now + 3 * 3600);
  CHECK(parse("-1s") == now - 1);
  CHECK(parse("+2y") == now + 730 * one_day);
}

TEST_CASE("a date is midnight in UTC, and a time may follow") {
  CHECK(parse("1970-01-01") == 0);
  CHECK(parse("2001-09-09T01:46:40Z") == now);
  CHECK(parse("2024-02-29") == 1709164800);
  CHECK(parse("9999-12-31T23:59:59Z") == 253402300799);
}

TEST_CASE("what is no time is refused") {
  for (const char *text : {"", "d", "+d", "2d", "-2", "-2w", "+1.5d", "--2d", "2023-02-29", "2023-13-01",
                           "2023-1-01", "2023-01-01T00:00:00", "2023-01-01T24:00:00Z", "2023-01-01T00:60:00Z",
                           "2023-01-01 00:00:00Z", "2023-01-01T00:00:00Z ", "+123456789012d"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(static_cast<void>(parse(text)), Failure);
  }
}

TEST_CASE("years that X.509 cannot write are refused") {
  CHECK_THROWS_AS(static_cast<void>(parse("1949-12-31")), Failure);
  CHECK_THROWS_AS(static_cast<void>(parse("+9000y")), Failure);
  CHECK_THROWS_AS(static_cast<void>(parse("+99999999999y")), Failure);
}
