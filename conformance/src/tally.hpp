// How many results there are of each outcome.
#pragma once

#include <array>
#include <cstddef>

#include "verdict.hpp"

namespace unitls::conformance {

inline constexpr std::array<outcome, 6> all_outcomes = {outcome::pass, outcome::warn,  outcome::skip,
                                                        outcome::fail, outcome::crash, outcome::timeout};

class tally {
public:
  void add(outcome result) noexcept { ++counts_[static_cast<std::size_t>(result)]; }
  std::size_t of(outcome result) const noexcept { return counts_[static_cast<std::size_t>(result)]; }

  std::size_t passed() const noexcept { return of(outcome::pass) + of(outcome::warn); }
  std::size_t lost() const noexcept { return of(outcome::fail) + of(outcome::crash) + of(outcome::timeout); }
  std::size_t ran() const noexcept { return passed() + lost(); }
  std::size_t all() const noexcept { return ran() + of(outcome::skip); }

  // One word for all of them: a skip only when there is nothing else, a crash or timeout only when nothing failed.
  outcome overall() const noexcept {
    if (lost() != 0) {
      return lost() == of(outcome::crash)     ? outcome::crash
             : lost() == of(outcome::timeout) ? outcome::timeout
                                              : outcome::fail;
    }
    return ran() == 0 ? outcome::skip : of(outcome::warn) != 0 ? outcome::warn : outcome::pass;
  }

private:
  std::array<std::size_t, all_outcomes.size()> counts_{};
};

} // namespace unitls::conformance
