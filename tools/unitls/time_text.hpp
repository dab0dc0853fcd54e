// Points in time as people and programs write them (RFC 3339, always UTC), and distances between them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace unitls::tool {

// "2026-06-01T12:00:00Z", or whole seconds since 1970; none for anything else.
std::optional<std::chrono::sys_seconds> parse_time(std::string_view text) noexcept;

// "2026-06-01T12:00:00Z"
std::string time_text(std::chrono::sys_seconds time);
// "2026-06-01"
std::string day_text(std::chrono::sys_seconds time);

// "12 days", "5 hours", "1 minute", "less than a minute"; the direction is not told.
std::string distance_text(std::chrono::seconds distance);

} // namespace unitls::tool
