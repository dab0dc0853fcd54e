// Checks of what every REQUEST and every list in one has in common (backend.h, U-03, U-04).
#pragma once

#include <cstddef>
#include <string>
#include <type_traits>

#include <unitls/backend.h>

#include "findings.hpp"

namespace unitls::plugin {

// Of anything in a configuration: a wrong count must not be walked.
inline constexpr std::size_t request_count_max = 1024;

inline std::string indexed(const std::string &field, std::size_t index) {
  return field + "[" + std::to_string(index) + "]";
}

// Whether a request can be read. Nothing has been appended to any yet: the first version's size is the present one.
template <class Request>
bool is_readable_request(const Request *value, const std::string &field, std::uint32_t known_flags,
                         const findings &found) {
  const std::string prefix = field.empty() ? field : field + ".";
  if (value == nullptr) {
    found.invalid(field, "must not be NULL");
    return false;
  }
  const unitls_status status = unitls_check_request(value, sizeof(Request), sizeof(Request));
  if (status == UNITLS_E_INVALID) {
    found.invalid(prefix + "struct_size", "smaller than the struct's first version");
    return false;
  }
  if (status != UNITLS_OK) {
    found.unsupported(prefix + "struct_size", "members that this backend does not know are set");
    return false;
  }
  if ((value->flags & ~known_flags) != 0) {
    found.unsupported(prefix + "flags", "unknown bits are set");
  }
  if constexpr (requires { value->reserved_0; }) {
    if (value->reserved_0 != decltype(value->reserved_0){}) {
      found.unsupported(prefix + "reserved_0", "must be zero");
    }
  }
  if constexpr (requires { value->reserved_1; }) {
    if (value->reserved_1 != nullptr) {
      found.unsupported(prefix + "reserved_1", "must be zero");
    }
  }
  return true;
}

inline bool is_sane_count(const std::string &field, const void *items, std::size_t count,
                          const findings &found) {
  if (count == 0) {
    return true;
  }
  if (items == nullptr) {
    found.invalid(field, "is NULL although its count is not 0");
    return false;
  }
  if (count > request_count_max) {
    found.invalid(field, "has more than 1024 members");
    return false;
  }
  return true;
}

} // namespace unitls::plugin
