// What the fuzz targets share: promises that are checked in every build, and ways to take an input apart.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <span>
#include <string_view>

namespace unitls::fuzz {

using bytes = std::span<const std::uint8_t>;

// Ends the process, which the fuzzer takes for a crash, when a promise does not hold.
inline void require(bool holds, const char *promise) noexcept {
  if (holds) {
    return;
  }
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

inline std::string_view text_of(bytes input) noexcept {
  return {reinterpret_cast<const char *>(input.data()), input.size()};
}

// Whether a view lies in what it was read from. Nothing lies everywhere.
inline bool is_inside(bytes part, bytes whole) noexcept {
  const std::less_equal<> in_order;
  return part.empty() || (in_order(whole.data(), part.data()) &&
                          in_order(part.data() + part.size(), whole.data() + whole.size()));
}

inline bool is_printable_ascii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char each) { return each >= ' ' && each <= '~'; });
}

// Takes values from the front of an input. One that has ended gives zeros and nothing.
class splitter {
public:
  explicit splitter(bytes input) noexcept : rest_(input) {}

  bool at_end() const noexcept { return rest_.empty(); }

  std::uint8_t octet() noexcept {
    const bytes taken = take(1);
    return taken.empty() ? std::uint8_t{0} : taken.front();
  }

  // Big-endian.
  template <class Number>
  Number number() noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
      value = value << 8 | octet();
    }
    return static_cast<Number>(value);
  }

  // A length of two octets and so many octets, or as many as there are.
  bytes chunk() noexcept { return take(number<std::uint16_t>()); }

  // What is before the next line feed, or everything; the line feed is dropped.
  std::string_view line() noexcept {
    const std::size_t size = std::min(text_of(rest_).find('\n'), rest_.size());
    const bytes taken = take(size);
    take(1);
    return text_of(taken);
  }

private:
  bytes take(std::size_t size) noexcept {
    const bytes taken = rest_.first(std::min(size, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

  bytes rest_;
};

} // namespace unitls::fuzz

// What a fuzz target defines: checks one input. Always 0; a fault ends the process.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);
