// Where something stands in a text file.
#pragma once

#include <cstdint>
#include <string>

namespace unitls::loader {

// Lines and columns count from 1.
struct file_position {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  // "FILE:LINE", for the source of a decision
  std::string with_line() const { return file + ":" + std::to_string(line); }
  // "FILE:LINE:COLUMN", for a sentence about a mistake
  std::string with_column() const { return with_line() + ":" + std::to_string(column); }

  friend bool operator==(const file_position &, const file_position &) = default;
};

} // namespace unitls::loader
