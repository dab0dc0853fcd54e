// Statuses, verify flags and errors as words.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <unitls/unitls.h>

namespace unitls::loader {
namespace {

// In the order of the bits, which is the order in which text names them.
constexpr std::array verify_words{
    "expired",       "not yet valid",  "unknown issuer",     "self-signed",     "name mismatch",
    "bad signature", "revoked",        "revocation unknown", "weak key",        "weak algorithm",
    "wrong purpose", "bad CA",         "path length",        "name constraint", "unknown critical extension",
    "malformed",     "chain too long", "pin mismatch",       "missing staple",  "other",
};

const char *const unknown_status = "unknown status";

// Writes pieces one after the other, as many as fit, and counts them all.
class text_writer {
public:
  text_writer(char *buffer, std::size_t size) noexcept : buffer_(buffer), size_(size) {}

  text_writer &operator<<(std::string_view piece) noexcept {
    if (length_ + 1 < size_) {
      const std::size_t fitting = std::min(piece.size(), size_ - 1 - length_);
      std::memcpy(buffer_ + length_, piece.data(), fitting);
    }
    length_ += piece.size();
    return *this;
  }

  text_writer &operator<<(std::uint32_t number) noexcept {
    std::array<char, 10> digits;
    std::size_t first = digits.size();
    do {
      digits[--first] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    return *this << std::string_view(digits.data() + first, digits.size() - first);
  }

  // The length of the whole text, also of what did not fit.
  std::size_t finish() noexcept {
    if (size_ != 0) {
      buffer_[std::min(length_, size_ - 1)] = '\0';
    }
    return length_;
  }

private:
  char *buffer_;
  std::size_t size_;
  std::size_t length_ = 0;
};

void write_alert(text_writer &out, const unitls_error &error) noexcept {
  out << (error.alert_direction == UNITLS_ALERT_RECEIVED ? " (alert received: " : " (alert sent: ")
      << error.alert;
  if (const char *name = unitls_alert_name(error.alert); name != nullptr) {
    out << " " << name;
  }
  out << ")";
}

void write_verify_flags(text_writer &out, unitls_verify_flags flags) noexcept {
  std::string_view separator = " (verify: ";
  while (flags != 0) {
    const unitls_verify_flags lowest = flags & (~flags + 1);
    const char *word = unitls_verify_flag_name(lowest);
    out << separator << (word != nullptr ? word : "other");
    separator = ", ";
    flags ^= lowest;
  }
  out << ")";
}

std::string_view bounded(const char *text, std::size_t size) noexcept {
  return {text, strnlen(text, size)};
}

} // namespace
} // namespace unitls::loader

extern "C" {

using namespace unitls::loader;

const char *unitls_status_name(unitls_status status) {
  switch (status) {
  case UNITLS_OK:
    return "OK";
  case UNITLS_WANT_READ:
    return "WANT_READ";
  case UNITLS_WANT_WRITE:
    return "WANT_WRITE";
  case UNITLS_CLOSED:
    return "CLOSED";
  case UNITLS_EOF:
    return "EOF";
  case UNITLS_WANT_CALLBACK:
    return "WANT_CALLBACK";
  case UNITLS_E_INVALID:
    return "E_INVALID";
  case UNITLS_E_STATE:
    return "E_STATE";
  case UNITLS_E_UNSUPPORTED:
    return "E_UNSUPPORTED";
  case UNITLS_E_NOMEM:
    return "E_NOMEM";
  case UNITLS_E_PROTOCOL:
    return "E_PROTOCOL";
  case UNITLS_E_ALERT:
    return "E_ALERT";
  case UNITLS_E_CERTIFICATE:
    return "E_CERTIFICATE";
  case UNITLS_E_TRUNCATED:
    return "E_TRUNCATED";
  case UNITLS_E_TRANSPORT:
    return "E_TRANSPORT";
  case UNITLS_E_ABI:
    return "E_ABI";
  case UNITLS_E_POLICY:
    return "E_POLICY";
  case UNITLS_E_TIMEOUT:
    return "E_TIMEOUT";
  case UNITLS_E_INTERNAL:
    return "E_INTERNAL";
  default:
    return nullptr;
  }
}

const char *unitls_verify_flag_name(unitls_verify_flags flag) {
  if (!std::has_single_bit(flag)) {
    return nullptr;
  }
  const auto bit = static_cast<std::size_t>(std::countr_zero(flag));
  return bit < verify_words.size() ? verify_words[bit] : nullptr;
}

size_t unitls_error_text(const unitls_error *error, char *buffer, size_t size) {
  unitls_error known{};
  std::memcpy(&known, error, std::min<std::size_t>(error->struct_size, sizeof known));
  const auto message = bounded(known.message, sizeof known.message);
  const auto field = bounded(known.field, sizeof known.field);
  const char *status = unitls_status_name(known.status);

  text_writer out(buffer, size);
  out << (!message.empty() ? message : std::string_view(status != nullptr ? status : unknown_status));
  if (!field.empty()) {
    out << " (" << field << ")";
  }
  // A rejected certificate's reasons say more than the alert that we made of them.
  if (known.alert_direction != UNITLS_ALERT_NONE && known.verify_flags == 0) {
    write_alert(out, known);
  }
  if (known.verify_flags != 0) {
    write_verify_flags(out, known.verify_flags);
  }
  return out.finish();
}

} // extern "C"
