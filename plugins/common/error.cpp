#include <unitls/plugin/error.hpp>

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace unitls::plugin {
namespace {

unitls_error format_error(unitls_status status, std::string_view field, const char *format,
                          std::va_list arguments) noexcept {
  unitls_error value{};
  value.struct_size = sizeof value;
  value.status = status;
  put_text(value.field, sizeof value.field, field);
  char text[sizeof value.message];
  static_cast<void>(std::vsnprintf(text, sizeof text, format, arguments));
  put_text(value.message, sizeof value.message, text);
  return value;
}

bool is_control(unsigned char c) noexcept {
  return c < 0x20 || c == 0x7f;
}

// The bytes that the UTF-8 character at the start of `text` has; 0 when it is none.
std::size_t character_size(std::string_view text) noexcept {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t size = first < 0x80   ? 1
                           : first < 0xc2 ? 0
                           : first < 0xe0 ? 2
                           : first < 0xf0 ? 3
                           : first < 0xf5 ? 4
                                          : 0;
  if (size == 0 || size > text.size()) {
    return 0;
  }
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
  return std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(size), continues) ? size
                                                                                                    : 0;
}

} // namespace

void put_text(char *target, std::size_t size, std::string_view text) noexcept {
  std::size_t used = 0;
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t taken = is_control(first) ? 0 : character_size(text);
    const std::size_t needed = taken == 0 ? 4 : taken;
    if (used + needed >= size) {
      break;
    }
    if (taken == 0) {
      static constexpr char digits[] = "0123456789abcdef";
      const char escaped[4] = {'\\', 'x', digits[first >> 4], digits[first & 0xf]};
      std::memcpy(target + used, escaped, sizeof escaped);
    } else {
      std::memcpy(target + used, text.data(), taken);
    }
    used += needed;
    text.remove_prefix(taken == 0 ? 1 : taken);
  }
  target[used] = '\0';
}

unitls_status report(unitls_error *err, const unitls_error &value) noexcept {
  constexpr std::size_t header = sizeof value.struct_size;
  if (err != nullptr && err->struct_size > header) {
    const std::size_t size = std::min<std::size_t>(err->struct_size, sizeof value);
    std::memcpy(reinterpret_cast<char *>(err) + header, reinterpret_cast<const char *>(&value) + header,
                size - header);
  }
  return value.status;
}

unitls_error make_error(unitls_status status, std::string_view field, const char *format, ...) noexcept {
  std::va_list arguments;
  va_start(arguments, format);
  const unitls_error value = format_error(status, field, format, arguments);
  va_end(arguments);
  return value;
}

unitls_status fail(unitls_error *err, unitls_status status, std::string_view field, const char *format,
                   ...) noexcept {
  if (err == nullptr) {
    return status;
  }
  std::va_list arguments;
  va_start(arguments, format);
  const unitls_error value = format_error(status, field, format, arguments);
  va_end(arguments);
  return report(err, value);
}

} // namespace unitls::plugin
