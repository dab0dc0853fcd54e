#include "moment.hpp"

#include "error.hpp"

#include <charconv>
#include <chrono>
#include <optional>

namespace unitls::pki {
namespace {

// X.509 can write the years 0000 to 9999 (RFC 5280, section 4.1.2.5); the lower bound keeps UTCTime unambiguous.
constexpr Moment earliest = -631152000; // 1950-01-01T00:00:00Z
constexpr Moment latest = 253402300799; // 9999-12-31T23:59:59Z
constexpr std::size_t most_digits = 11;

std::optional<Moment> parse_digits(std::string_view text) {
  if (text.empty() || text.size() > most_digits) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return static_cast<Moment>(value);
}

std::optional<Moment> seconds_in(char unit) {
  switch (unit) {
  case 's':
    return 1;
  case 'm':
    return 60;
  case 'h':
    return 60 * 60;
  case 'd':
    return one_day;
  case 'y':
    return 365 * one_day;
  default:
    return std::nullopt;
  }
}

std::optional<Moment> parse_distance(std::string_view text) {
  const auto seconds = seconds_in(text.back());
  const auto count = parse_digits(text.substr(1, text.size() - 2));
  if (!seconds || !count) {
    return std::nullopt;
  }
  const Moment distance = *count * *seconds; // at most 11 digits times a year: no overflow
  return text.front() == '-' ? -distance : distance;
}

std::optional<Moment> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
    return std::nullopt;
  }
  const auto year = parse_digits(text.substr(0, 4));
  const auto month = parse_digits(text.substr(5, 2));
  const auto day = parse_digits(text.substr(8, 2));
  if (!year || !month || !day) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) {
    return std::nullopt;
  }
  return static_cast<Moment>(std::chrono::sys_days{date}.time_since_epoch().count()) * one_day;
}

std::optional<Moment> parse_time_of_day(std::string_view text) {
  if (text.size() != 10 || text[0] != 'T' || text[3] != ':' || text[6] != ':' || text[9] != 'Z') {
    return std::nullopt;
  }
  const auto hour = parse_digits(text.substr(1, 2));
  const auto minute = parse_digits(text.substr(4, 2));
  const auto second = parse_digits(text.substr(7, 2));
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  return (*hour * 60 + *minute) * 60 + *second;
}

std::optional<Moment> parse_any(std::string_view text, Moment now) {
  if (text == "now") {
    return now;
  }
  if (text.size() >= 3 && (text.front() == '-' || text.front() == '+')) {
    const auto distance = parse_distance(text);
    return distance ? std::optional(now + *distance) : std::nullopt;
  }
  const auto date = parse_date(text.substr(0, 10));
  if (!date || text.size() <= 10) {
    return date;
  }
  const auto time_of_day = parse_time_of_day(text.substr(10));
  return time_of_day ? std::optional(*date + *time_of_day) : std::nullopt;
}

} // namespace

Moment current_moment() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

Moment parse_moment(std::string_view text, Moment now, const std::string &where) {
  const auto moment = parse_any(text, now);
  if (!moment) {
    throw_wrong_input(where,
                      "'" + std::string(text) +
                          "' is not a time; write 2030-01-31, 2030-01-31T12:00:00Z, now, or a distance "
                          "from now such as -2d, +90m, +1y (units s, m, h, d, y)");
  }
  if (*moment < earliest || *moment > latest) {
    throw_wrong_input(where, "'" + std::string(text) + "' lies outside the years 1950 to 9999");
  }
  return *moment;
}

} // namespace unitls::pki
