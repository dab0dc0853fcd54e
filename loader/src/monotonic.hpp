// Deadlines: points on CLOCK_MONOTONIC in nanoseconds (unitls.h, "Deadlines").
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include <time.h>

namespace unitls::loader {

inline constexpr std::int64_t no_wait = 0;
inline constexpr std::int64_t for_ever = std::numeric_limits<std::int64_t>::max();
inline constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;

inline std::int64_t monotonic_now() noexcept {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * nanoseconds_per_second + now.tv_nsec;
}

// `wait` nanoseconds from now; for ever when the sum is too large.
inline std::int64_t deadline_after(std::int64_t wait) noexcept {
  const std::int64_t now = monotonic_now();
  return wait > for_ever - now ? for_ever : now + wait;
}

// "10 s", "1.5 s", "20 ms": what a person says, rounded to milliseconds.
inline std::string duration_text(std::int64_t nanoseconds) {
  const std::int64_t milliseconds = (nanoseconds + 500'000) / 1'000'000;
  if (milliseconds < 1000) {
    return std::to_string(milliseconds) + " ms";
  }
  std::string text = std::to_string(milliseconds / 1000);
  if (const std::int64_t rest = milliseconds % 1000; rest != 0) {
    std::string digits = std::to_string(1000 + rest).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    text += "." + digits;
  }
  return text + " s";
}

} // namespace unitls::loader
