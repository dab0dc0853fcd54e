// Text for people: tables that align, and progress that only a terminal sees.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unitls::tool {

// One field of a table. Whoever its text comes from, it is made readable (readable.hpp).
class table_cell {
public:
  // Implicit, so that a row is written as a list of texts.
  table_cell(std::string_view text);
  table_cell(const std::string &text) : table_cell(std::string_view(text)) {}
  table_cell(const char *text) : table_cell(std::string_view(text)) {}

  std::size_t width() const noexcept { return text_.size(); }
  // With the colour, if there is one.
  std::string text() const;

private:
  friend table_cell alarming(std::string_view text);
  std::string text_;
  bool is_alarming_ = false;
};

// Red, when standard output is a terminal that shows colours.
table_cell alarming(std::string_view text);

// Rows of cells, printed with two spaces between columns. The first row is the heading.
class table {
public:
  explicit table(std::vector<table_cell> heading) { rows_.push_back(std::move(heading)); }
  void add(std::vector<table_cell> row) { rows_.push_back(std::move(row)); }
  std::string text() const;

private:
  std::vector<std::vector<table_cell>> rows_;
};

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
