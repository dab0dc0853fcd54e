#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace unitls::pki {

/// Seconds since 1970-01-01T00:00:00Z.
using Moment = std::int64_t;

inline constexpr Moment one_day = Moment{24} * 60 * 60;

[[nodiscard]] Moment current_moment();

/// Reads "now", a distance from `now` such as -2d or +90m, a date, or a date and time in UTC (RFC 3339 with
/// the letter Z). Throws Failure with `where` in front of the reason.
[[nodiscard]] Moment parse_moment(std::string_view text, Moment now, const std::string &where);

} // namespace unitls::pki
