// OpenSSL's complaints in the common vocabulary.
//
// Looked at only when a call has failed: on the way of data the error queue is left alone. What this plugin's calls
// put there is taken out again, so that the program's own use of OpenSSL on the same thread sees nothing of it.
#pragma once

#include <cstdint>
#include <string>

#include <unitls/plugin/error.hpp>

namespace unitls::openssl {

// Marks the error queue; whatever is put there in its life is taken out at its end.
class error_scope {
public:
  error_scope() noexcept;
  ~error_scope();
  error_scope(const error_scope &) = delete;
  error_scope &operator=(const error_scope &) = delete;
};

// Throws what OpenSSL said last as an error of a configuration; std::bad_alloc when it ran out of memory.
[[noreturn]] void throw_failure(unitls_status status, const std::string &field, const char *what);

// Does what OpenSSL may refuse for lack of memory without saying so: when the second attempt works, it was that, and
// std::bad_alloc is thrown.
template <class Attempt>
void attempt_twice(Attempt attempt) {
  try {
    attempt();
    return;
  } catch (const plugin::error &) {
    attempt(); // throws the same again when memory is not the reason
  }
  throw std::bad_alloc();
}

// Puts the failure of a session's call into words and empties the queue.
void explain_failure(unitls_error &error) noexcept;

} // namespace unitls::openssl
