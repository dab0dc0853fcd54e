#include "refusal.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace unitls::loader {
namespace {

constexpr std::string_view ellipsis = "...";

// Whether a text may be cut before this byte without splitting a UTF-8 sequence.
bool starts_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

void copy_cut(std::string_view text, char *to, std::size_t room) noexcept {
  if (text.size() < room) {
    text.copy(to, text.size()); // unlike memcpy, also right for an empty view
    to[text.size()] = '\0';
    return;
  }
  std::size_t end = room - 1 - ellipsis.size();
  const std::size_t blank = text.find_last_of(" \n", end);
  if (blank != std::string_view::npos && blank > end / 2) {
    end = blank;
  }
  while (end > 0 && !starts_character(text[end])) {
    --end;
  }
  text.copy(to, end);
  ellipsis.copy(to + end, ellipsis.size());
  to[end + ellipsis.size()] = '\0';
}

} // namespace

unitls_status report(unitls_error *err, unitls_status status, std::string_view field,
                     std::string_view message) noexcept {
  if (err == nullptr) {
    return status;
  }
  unitls_error filled{};
  filled.struct_size = err->struct_size;
  filled.status = status;
  copy_cut(field, filled.field, sizeof filled.field);
  copy_cut(message, filled.message, sizeof filled.message);
  std::memcpy(err, &filled, std::min<std::size_t>(err->struct_size, sizeof filled));
  return status;
}

unitls_status report(unitls_error *err, const refusal &reason) noexcept {
  const std::string_view whole = reason.what();
  const bool has_room = whole.size() < UNITLS_ERROR_MESSAGE_SIZE;
  return report(err, reason.status(), reason.field(), has_room ? whole : std::string_view(reason.brief()));
}

unitls_status report_current_exception(unitls_error *err) noexcept {
  try {
    throw;
  } catch (const refusal &reason) {
    return report(err, reason);
  } catch (const std::bad_alloc &) {
    return report(err, UNITLS_E_NOMEM, {}, "out of memory");
  } catch (const std::exception &reason) {
    return report(err, UNITLS_E_INTERNAL, {}, reason.what());
  } catch (...) {
    return report(err, UNITLS_E_INTERNAL, {}, "an unknown exception was thrown");
  }
}

std::string explained_elsewhere(const refusal &reason) {
  return reason.brief() == reason.what() ? reason.brief()
                                         : "`unitls explain` tells what mends it: " + reason.brief();
}

std::string printable(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string result;
  result.reserve(text.size());
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte >= 0x20 && byte != 0x7F) {
      result += character;
      continue;
    }
    result += "\\x";
    result += digits[byte >> 4U];
    result += digits[byte & 0x0FU];
  }
  return result;
}

} // namespace unitls::loader
