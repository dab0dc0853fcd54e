// Errors inside a backend: made as exceptions where contexts and sessions are created, written into the caller's
// struct at the edge. Nothing on the path of data throws.
#pragma once

#include <cstdarg>
#include <cstdint>
#include <exception>
#include <new>
#include <string_view>

#include <unitls/types.h>

namespace unitls::plugin {

// Copies `text` into a fixed array: NUL-ended, cut at a character of UTF-8, control characters escaped as \xNN.
void put_text(char *target, std::size_t size, std::string_view text) noexcept;

// Copies as much of `value` into the caller's error as that has room for; `err` may be NULL. Returns the status.
unitls_status report(unitls_error *err, const unitls_error &value) noexcept;

// An error made from its parts; the message is in printf's manner.
[[gnu::format(printf, 3, 4)]] unitls_error make_error(unitls_status status, std::string_view field,
                                                      const char *format, ...) noexcept;

// The same, written for the caller at once.
[[gnu::format(printf, 4, 5)]] unitls_status fail(unitls_error *err, unitls_status status,
                                                 std::string_view field, const char *format, ...) noexcept;

// An error on its way to the edge.
class error : public std::exception {
public:
  explicit error(const unitls_error &value) noexcept : value_(value) {}
  const unitls_error &value() const noexcept { return value_; }
  const char *what() const noexcept override { return value_.message; }

private:
  unitls_error value_;
};

// Runs the body of a function of the ABI: no exception leaves it (backend.h, U-06).
template <class Function>
unitls_status guarded(unitls_error *err, Function &&function) noexcept {
  try {
    return function();
  } catch (const error &caught) {
    return report(err, caught.value());
  } catch (const std::bad_alloc &) {
    return fail(err, UNITLS_E_NOMEM, {}, "out of memory");
  } catch (const std::exception &caught) {
    return fail(err, UNITLS_E_INTERNAL, {}, "unexpected exception: %s", caught.what());
  } catch (...) {
    return fail(err, UNITLS_E_INTERNAL, {}, "unexpected exception");
  }
}

} // namespace unitls::plugin
