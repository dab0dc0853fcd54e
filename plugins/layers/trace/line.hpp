// One line of the trace, as text or as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <unitls/types.h>

namespace unitls::trace {

enum class line_format { text, json };

// "OK", "WANT_READ", "E_PROTOCOL", ...
std::string status_text(unitls_status status);

// Built member by member: `trace: read: session 1, size 4096, status OK, done 5, microseconds 12`.
class line {
public:
  line(line_format format, std::string_view call);

  line &add(std::string_view name, std::uint64_t number);
  // What does not print, quotes and backslashes are escaped.
  line &add(std::string_view name, std::string_view text);

  // A list is begun, filled by `item`, and ended.
  line &begin_list(std::string_view name);
  line &item(std::string_view text);
  line &end_list();

  std::string finish() &&;

private:
  void put_name(std::string_view name);
  void put_text(std::string_view text);

  const line_format format_;
  bool is_first_ = true;
  bool is_first_item_ = true;
  std::string text_;
};

} // namespace unitls::trace
