#include "line.hpp"

#include <utility>

namespace unitls::trace {
namespace {

// As a string of JSON: what a peer or a program chose cannot end a line or a string.
void put_quoted(std::string &to, std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  to += '"';
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      to += '\\';
      to += character;
    } else if (byte >= 0x20 && byte < 0x7F) {
      to += character;
    } else { // bytes beyond ASCII as well: not all of them need be UTF-8
      to += "\\u00";
      to += digits[byte >> 4U];
      to += digits[byte & 0x0FU];
    }
  }
  to += '"';
}

const char *name_of(unitls_status status) {
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

} // namespace

std::string status_text(unitls_status status) {
  const char *const name = name_of(status);
  return name != nullptr ? name : std::to_string(status);
}

line::line(line_format format, std::string_view call) : format_(format) {
  if (format_ == line_format::text) {
    text_.append("trace: ").append(call).append(":");
    return;
  }
  text_ += '{';
  add("call", call);
}

line &line::add(std::string_view name, std::uint64_t number) {
  put_name(name);
  text_ += std::to_string(number);
  return *this;
}

line &line::add(std::string_view name, std::string_view text) {
  put_name(name);
  put_text(text);
  return *this;
}

line &line::begin_list(std::string_view name) {
  put_name(name);
  text_ += '[';
  is_first_item_ = true;
  return *this;
}

line &line::item(std::string_view text) {
  text_ += is_first_item_ ? "" : ", ";
  is_first_item_ = false;
  put_text(text);
  return *this;
}

line &line::end_list() {
  text_ += ']';
  return *this;
}

std::string line::finish() && {
  if (format_ == line_format::json) {
    text_ += '}';
  }
  return std::move(text_);
}

void line::put_name(std::string_view name) {
  if (format_ == line_format::json) {
    text_ += is_first_ ? "" : ", ";
    put_quoted(text_, name);
    text_ += ": ";
  } else {
    text_ += is_first_ ? " " : ", ";
    text_.append(name).append(" ");
  }
  is_first_ = false;
}

// A single plain word needs no quotes for a person.
void line::put_text(std::string_view text) {
  const bool is_word =
      !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                              "0123456789-._/") == std::string_view::npos;
  if (format_ == line_format::text && is_word) {
    text_ += text;
  } else {
    put_quoted(text_, text);
  }
}

} // namespace unitls::trace
