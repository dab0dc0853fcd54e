// unitls/detail/collect.hpp: sinks of the C API, as lambdas that may throw.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <exception>
#include <utility>

#include <unitls/unitls.h>

namespace unitls::detail {

// An exception must not fly through a C library: a sink keeps it, ends the listing, and it goes on afterwards.
template <class Take, class... Items>
class collector {
public:
  explicit collector(Take take) : take_(std::move(take)) {}

  static unitls_status UNITLS_CALL sink(void *user, Items... items) noexcept {
    auto &self = *static_cast<collector *>(user);
    try {
      self.take_(items...);
      return UNITLS_OK;
    } catch (...) {
      self.exception_ = std::current_exception();
      return UNITLS_E_NOMEM;
    }
  }
  void rethrow() const {
    if (exception_) {
      std::rethrow_exception(exception_);
    }
  }

private:
  Take take_;
  std::exception_ptr exception_;
};

// Runs `list(sink, user)` and gives everything that the sink gets to `take`.
template <class... Items, class List, class Take>
unitls_status collect(const List &list, Take take) {
  collector<Take, Items...> into(std::move(take));
  const unitls_status status = list(&collector<Take, Items...>::sink, &into);
  into.rethrow();
  return status;
}

} // namespace unitls::detail
