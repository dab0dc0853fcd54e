#include "escape.hpp"

#include <nlohmann/json.hpp>

#include "text/readable.hpp"

namespace unitls::conformance {
namespace {

std::string replaced(std::string_view text, std::string_view (*replacement)(char)) {
  std::string result;
  for (const char each : text) {
    const std::string_view other = replacement(each);
    other.empty() ? result += each : result += other;
  }
  return result;
}

} // namespace

std::string markup_text(std::string_view bytes) {
  // A parser makes a blank of a line feed or tab in an attribute.
  return replaced(text::readable_lines(bytes), [](char each) -> std::string_view {
    return each == '&'    ? "&amp;"
           : each == '<'  ? "&lt;"
           : each == '>'  ? "&gt;"
           : each == '"'  ? "&quot;"
           : each == '\'' ? "&#39;"
           : each == '\n' ? "&#10;"
           : each == '\t' ? "&#9;"
                          : "";
  });
}

std::string tap_text(std::string_view bytes) {
  return replaced(text::readable_lines(bytes), [](char each) -> std::string_view {
    return each == '\\' ? "\\\\" : each == '#' ? "\\#" : each == '\n' || each == '\t' ? " " : "";
  });
}

std::string yaml_text(std::string_view bytes) {
  return '"' +
         replaced(text::readable_lines(bytes),
                  [](char each) -> std::string_view {
                    return each == '"'    ? "\\\""
                           : each == '\\' ? "\\\\"
                           : each == '\n' ? "\\n"
                           : each == '\t' ? "\\t"
                                          : "";
                  }) +
         '"';
}

// These characters stand in strings only, where JSON may write them by number.
std::string script_json(const nlohmann::json &value) {
  constexpr bool ascii_only = true;
  const std::string text = value.dump(-1, ' ', ascii_only, nlohmann::json::error_handler_t::replace);
  return replaced(text, [](char each) -> std::string_view {
    return each == '<' ? "\\u003c" : each == '>' ? "\\u003e" : each == '&' ? "\\u0026" : "";
  });
}

} // namespace unitls::conformance
