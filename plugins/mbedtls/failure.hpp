// mbedTLS's complaints in the common vocabulary.
#pragma once

#include <cstdint>
#include <new>
#include <string>

#include <unitls/plugin/error.hpp>

namespace unitls::mbedtls {

bool is_out_of_memory(int code) noexcept;

// Throws std::bad_alloc when there is not the memory that reading a certificate or key takes.
void make_sure_of_memory();

// Runs a call that reads what a configuration holds, and answers its code. Throws std::bad_alloc.
//
// mbedTLS often takes a lack of memory for bad input: a key is tried in one format after the other, and only
// the last refusal is told. So whatever is refused is tried once more when there is memory.
template <class Call>
int try_twice(Call call) {
  const int code = call();
  if (code == 0) {
    return code;
  }
  if (is_out_of_memory(code)) {
    throw std::bad_alloc();
  }
  make_sure_of_memory();
  return call();
}

// Throws what mbedTLS said as an error of a configuration; std::bad_alloc when it ran out of memory.
[[noreturn]] void throw_failure(int code, unitls_status status, const std::string &field, const char *what);

// Puts the failure of a session's call into words. `state` is the step of the handshake that failed; `alert`
// of the error becomes the alert that belongs to it.
void explain_failure(int code, int state, unitls_error &error) noexcept;

} // namespace unitls::mbedtls
