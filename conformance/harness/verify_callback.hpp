// A program's verify callback that answers as a case wants and keeps what it was told.
#pragma once

#include <cstdint>
#include <vector>

#include <unitls/types.h>

namespace unitls::conformance {

// What one call was told.
struct verify_call {
  unitls_verify_flags flags = 0;
  std::vector<std::vector<std::uint8_t>> chain;
  std::vector<std::vector<std::uint8_t>> path;
  void *session_user = nullptr;
  std::uint32_t purpose = 0;
};

class verify_callback {
public:
  // Accepts what the built-in verification accepts.
  verify_callback();
  verify_callback(const verify_callback &) = delete;
  verify_callback &operator=(const verify_callback &) = delete;

  const unitls_verify_callback *native() const noexcept { return &native_; }

  // The answer of the next calls, and the flags that it names.
  void answer(unitls_status status, unitls_verify_flags flags = 0) noexcept {
    answer_ = status;
    flags_ = flags;
  }

  const std::vector<verify_call> &calls() const noexcept { return calls_; }

private:
  static unitls_status UNITLS_CALL verify(void *user, const unitls_verify_request *request,
                                          unitls_verify_flags *flags);

  unitls_verify_callback native_{};
  unitls_status answer_ = UNITLS_OK;
  unitls_verify_flags flags_ = 0;
  std::vector<verify_call> calls_;
};

} // namespace unitls::conformance
