#include "text_layout.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace unitls::conformance {
namespace {

std::vector<std::size_t> widths_of(const std::vector<std::vector<std::string>> &rows) {
  std::vector<std::size_t> widths;
  for (const std::vector<std::string> &row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  return widths;
}

} // namespace

std::string wrapped(std::string_view text, std::size_t indent) {
  const std::string margin(indent, ' ');
  std::string result;
  std::string line;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && indent + line.size() + 1 + word.size() > line_width) {
      result += margin + line + '\n';
      line.clear();
    }
    line += (line.empty() ? "" : " ") + std::string(word);
  }
  return line.empty() ? result : result + margin + line + '\n';
}

std::string table(const std::vector<std::vector<std::string>> &rows) {
  const std::vector<std::size_t> widths = widths_of(rows);
  std::string result;
  for (const std::vector<std::string> &row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - row[i].size(), ' ');
      line += i == 0 ? row[i] + padding : "   " + padding + row[i];
    }
    result += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return result;
}

std::string decimal(double value, int digits) {
  std::array<char, 64> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, digits);
  return error == std::errc() ? std::string(text.data(), end) : "0";
}

std::string seconds_text(std::chrono::milliseconds time) {
  std::string text = decimal(static_cast<double>(time.count()) / 1000.0, 3);
  text.erase(text.find_last_not_of('0') + 1);
  return text.back() == '.' ? text.substr(0, text.size() - 1) : text;
}

} // namespace unitls::conformance
