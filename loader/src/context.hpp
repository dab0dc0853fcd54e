// A backend's context and the backend that it belongs to.
#pragma once

#include <atomic>
#include <memory>

#include "backend_ref.hpp"
#include "pin_check.hpp"

// The C API's handle. Immutable but for its count.
struct unitls_context {
  unitls_context(unitls_backend_ref *from, unitls_backend_context *made,
                 std::unique_ptr<unitls::loader::pin_check> checked_pins) noexcept;
  ~unitls_context();
  unitls_context(const unitls_context &) = delete;
  unitls_context &operator=(const unitls_context &) = delete;

  const unitls_backend &table() const noexcept { return backend->table; }

  unitls_backend_ref *const backend;
  unitls_backend_context *const handle;
  const std::unique_ptr<unitls::loader::pin_check> pins; // the plugin's context calls it
  std::atomic<unsigned> references{1};
};
