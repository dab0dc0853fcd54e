// Text for people: tables that align, and progress that only a terminal sees.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace unitls::tool {

// Rows of cells, printed with two spaces between columns. The first row is the heading.
class table {
public:
  explicit table(std::vector<std::string> heading) { rows_.push_back(std::move(heading)); }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string text() const;

private:
  std::vector<std::vector<std::string>> rows_;
};

// Red, when standard output is a terminal that shows colours.
std::string alarming(const std::string &text);

// "1.5 MiB"
std::string size_text(std::uint64_t bytes);

// A line on standard error that is redrawn while a transfer runs; nothing when that is no terminal.
class progress_bar {
public:
  progress_bar();
  ~progress_bar();
  progress_bar(const progress_bar &) = delete;
  progress_bar &operator=(const progress_bar &) = delete;

  // `total` is unset while it is not known.
  void show(std::uint64_t done, std::optional<std::uint64_t> total);

private:
  using clock = std::chrono::steady_clock;

  bool visible_;
  bool drawn_ = false;
  clock::time_point started_ = clock::now();
  clock::time_point last_{};
};

} // namespace unitls::tool
