// mbedTLS's complaints in the common vocabulary.
#pragma once

#include <cstdint>
#include <string>

#include <unitls/plugin/error.hpp>

namespace unitls::mbedtls {

// Throws what mbedTLS said as an error of a configuration; std::bad_alloc when it ran out of memory.
[[noreturn]] void throw_failure(int code, unitls_status status, const std::string &field, const char *what);

// Puts the failure of a session's call into words. `state` is the step of the handshake that failed; `alert` of the
// error becomes the alert that belongs to it.
void explain_failure(int code, int state, unitls_error &error) noexcept;

} // namespace unitls::mbedtls
