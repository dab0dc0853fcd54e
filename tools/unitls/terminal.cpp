#include "terminal.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <unistd.h>

#include "text/readable.hpp"

namespace unitls::tool {

namespace {

// NO_COLOR, and terminals that call themselves dumb, are respected.
bool shows_colours() {
  const auto variable = [](const char *name) {
    const char *value = std::getenv(name);
    return std::string_view(value != nullptr ? value : "");
  };
  return isatty(STDOUT_FILENO) == 1 && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
}

} // namespace

table_cell::table_cell(std::string_view text) : text_(text::readable(text)) {}

std::string table_cell::text() const {
  static const bool in_colour = shows_colours();
  return is_alarming_ && in_colour ? "\x1b[31m" + text_ + "\x1b[0m" : text_;
}

table_cell alarming(std::string_view text) {
  table_cell cell(text);
  cell.is_alarming_ = true;
  return cell;
}

std::string table::text() const {
  std::vector<std::size_t> widths;
  for (const auto &row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].width());
    }
  }
  std::string text;
  for (const auto &row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i].text();
      if (i + 1 < row.size()) { // nothing trails in the last column
        text.append(widths[i] - row[i].width() + 2, ' ');
      }
    }
    text += '\n';
  }
  return text;
}

std::string size_text(std::uint64_t bytes) {
  static constexpr const char *units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < std::size(units)) {
    value /= 1024;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  return text;
}

progress_bar::progress_bar() : visible_(isatty(STDERR_FILENO) == 1) {}

progress_bar::~progress_bar() {
  if (drawn_) {
    std::fputc('\n', stderr);
  }
}

void progress_bar::show(std::uint64_t done, std::optional<std::uint64_t> total) {
  constexpr std::size_t width = 30;
  constexpr auto interval = std::chrono::milliseconds(100);
  const auto now = clock::now();
  const bool complete = total && done >= *total;
  if (!visible_ || (now - last_ < interval && !complete)) {
    return;
  }
  last_ = now;
  drawn_ = true;
  const double seconds = std::max(0.001, std::chrono::duration<double>(now - started_).count());
  const std::string speed = size_text(static_cast<std::uint64_t>(static_cast<double>(done) / seconds)) + "/s";
  if (!total || *total == 0) {
    std::fprintf(stderr, "\r%s  %s\x1b[K", size_text(done).c_str(), speed.c_str());
    return;
  }
  const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(*total));
  std::string bar(static_cast<std::size_t>(share * width), '=');
  bar.resize(width, ' ');
  std::fprintf(stderr, "\r[%s] %3.0f %%  %s of %s  %s\x1b[K", bar.c_str(), share * 100,
               size_text(done).c_str(), size_text(*total).c_str(), speed.c_str());
}

} // namespace unitls::tool
