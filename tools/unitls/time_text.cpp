#include "time_text.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace unitls::tool {
namespace {

using namespace std::chrono;

constexpr std::string_view form = "0000-00-00T00:00:00Z";

bool has_the_form(std::string_view text) noexcept {
  if (text.size() != form.size()) {
    return false;
  }
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == '0' ? !is_digit : text[i] != form[i]) {
      return false;
    }
  }
  return true;
}

// Digits only: has_the_form has seen them.
unsigned number_at(std::string_view text, std::size_t begin, std::size_t size) noexcept {
  unsigned number = 0;
  for (const char digit : text.substr(begin, size)) {
    number = number * 10 + static_cast<unsigned>(digit - '0');
  }
  return number;
}

std::optional<sys_seconds> parse_date_time(std::string_view text) noexcept {
  if (!has_the_form(text)) {
    return std::nullopt;
  }
  const year_month_day date{year(static_cast<int>(number_at(text, 0, 4))), month(number_at(text, 5, 2)),
                            day(number_at(text, 8, 2))};
  const unsigned hour = number_at(text, 11, 2);
  const unsigned minute = number_at(text, 14, 2);
  const unsigned second = number_at(text, 17, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  return sys_days(date) + hours(hour) + minutes(minute) + seconds(second);
}

std::optional<sys_seconds> parse_unix_seconds(std::string_view text) noexcept {
  // What a date of four digits for its year can say.
  constexpr std::int64_t latest = 253402300799;
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || number < 0 || number > latest) {
    return std::nullopt;
  }
  return sys_seconds(seconds(number));
}

std::string counted(std::int64_t number, const char *unit) {
  return std::to_string(number) + " " + unit + (number == 1 ? "" : "s");
}

} // namespace

std::optional<sys_seconds> parse_time(std::string_view text) noexcept {
  const auto date_time = parse_date_time(text);
  return date_time ? date_time : parse_unix_seconds(text);
}

std::string time_text(sys_seconds time) {
  const hh_mm_ss parts{time - floor<days>(time)};
  char text[32];
  std::snprintf(text, sizeof text, "T%02d:%02d:%02dZ", static_cast<int>(parts.hours().count()),
                static_cast<int>(parts.minutes().count()), static_cast<int>(parts.seconds().count()));
  return day_text(time) + text;
}

std::string day_text(sys_seconds time) {
  const year_month_day date{floor<days>(time)};
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

std::string distance_text(seconds distance) {
  const std::int64_t size = std::abs(std::int64_t{distance.count()});
  constexpr std::int64_t minute = 60;
  constexpr std::int64_t hour = 60 * minute;
  constexpr std::int64_t day = 24 * hour;
  if (size < minute) {
    return "less than a minute";
  }
  if (size < hour) {
    return counted(size / minute, "minute");
  }
  return size < day ? counted(size / hour, "hour") : counted(size / day, "day");
}

} // namespace unitls::tool
