// How far a run is: one line on the terminal that is written over.
#pragma once

#include <chrono>
#include <cstddef>

#include "runner.hpp"

namespace unitls::conformance {

// Shows nothing when standard error is no terminal. The line is gone when this object ends.
class progress_line {
public:
  progress_line();
  ~progress_line();
  progress_line(const progress_line &) = delete;
  progress_line &operator=(const progress_line &) = delete;

  // A progress_handler.
  void show(std::size_t done, std::size_t all, const case_result &last);

private:
  bool is_shown_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::size_t lost_ = 0;
};

// "12/330  1:07  2 failed  close/half-close", not wider than the columns.
std::string progress_text(std::size_t done, std::size_t all, std::chrono::seconds elapsed, std::size_t lost,
                          const std::string &name, std::size_t columns);

} // namespace unitls::conformance
