// Pins (RFC 7469, 2.4), checked by the host for every backend: a verify callback of libunitls's own.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include <unitls/backend.h>

#include "backend_ref.hpp"
#include "refusal.hpp"

namespace unitls::loader {

class pin_check {
public:
  // NULL when the configuration has no pins. What is wrong with them goes to `refused`, and then the answer is NULL.
  static std::unique_ptr<pin_check> create(const unitls_backend_ref &backend,
                                           const unitls_client_config &config,
                                           const refusal_handler &refused);
  pin_check(const pin_check &) = delete;
  pin_check &operator=(const pin_check &) = delete;

  // For the plugin: checks the pins and calls the program's own callback. Lives as long as this.
  const unitls_verify_callback *native() const noexcept { return &native_; }

private:
  using pin = std::array<std::uint8_t, 32>;

  pin_check(const unitls_backend_ref &backend, const unitls_client_config &config);
  static unitls_status UNITLS_CALL verify(void *user, const unitls_verify_request *request,
                                          unitls_verify_flags *flags) noexcept;
  unitls_status judge(const unitls_verify_request &request, unitls_verify_flags &flags) const noexcept;
  unitls_status ask_program(const unitls_verify_request &request, unitls_verify_flags &flags) const noexcept;
  bool holds(const unitls_verify_request &request) const noexcept;
  bool is_pinned(const unitls_bytes &certificate) const noexcept;

  const unitls_backend_ref &backend_;
  const bool leaf_alone_; // of an unverified chain anybody can have made the rest
  std::vector<pin> pins_;
  unitls_verify_callback program_{}; // the program's own; `verify` is NULL when there is none
  unitls_verify_callback native_{};
};

} // namespace unitls::loader
