#include "memory_refusal.hpp"

#include <algorithm>
#include <string_view>

#include "memory_limit.hpp"
#include "refusal_line.hpp"

namespace unitls::conformance {
namespace {

bool is_digit(char each) noexcept {
  return '0' <= each && each <= '9';
}

// The size that a line tells; empty when the line is something else.
std::string_view refused_size(std::string_view line) {
  if (!line.starts_with(refusal_word)) {
    return {};
  }
  line.remove_prefix(refusal_word.size());
  return std::all_of(line.begin(), line.end(), is_digit) ? line : std::string_view{};
}

} // namespace

std::optional<std::string> take_refusal(std::string &result) {
  std::string first;
  for (std::size_t begin = 0; begin < result.size();) {
    const std::size_t end = result.find('\n', begin);
    if (end == std::string::npos) { // a refusal ends its line
      break;
    }
    const std::string size(refused_size(std::string_view(result).substr(begin, end - begin)));
    if (size.empty()) {
      begin = end + 1;
      continue;
    }
    result.erase(begin, end + 1 - begin);
    first = first.empty() ? size : first;
  }
  if (first.empty()) {
    return std::nullopt;
  }
  return "an allocation of " + first + " bytes was refused: the process of a case has " +
         std::to_string(memory_of_case >> 20U) + " MiB";
}

} // namespace unitls::conformance
