#include "backend_id.hpp"

#include <algorithm>
#include <cstddef>

namespace unitls::loader {
namespace {

constexpr std::size_t longest_id = 32;

bool is_small_letter(char character) {
  return character >= 'a' && character <= 'z';
}

bool is_id_character(char character) {
  return is_small_letter(character) || (character >= '0' && character <= '9') || character == '-';
}

} // namespace

bool is_backend_id(std::string_view text) noexcept {
  if (text.empty() || text.size() > longest_id || !is_small_letter(text.front())) {
    return false;
  }
  if (text == "help" || text == "none" || text == "all" || text.starts_with("layer-")) {
    return false;
  }
  return std::all_of(text.begin(), text.end(), is_id_character);
}

} // namespace unitls::loader
