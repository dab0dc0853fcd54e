#include "random.hpp"

#include <algorithm>
#include <mutex>
#include <new>
#include <optional>

#include <unistd.h>

#include "handles.hpp"

namespace unitls::mbedtls {
namespace {

class generator {
public:
  int fill(unsigned char *output, std::size_t size) noexcept {
    const std::lock_guard lock(mutex_);
    if (const int code = be_of_this_process(); code != 0) {
      return code;
    }
    while (size > 0) {
      const std::size_t part = std::min<std::size_t>(size, MBEDTLS_CTR_DRBG_MAX_REQUEST);
      if (const int code = mbedtls_ctr_drbg_random(ctr_drbg_->get(), output, part); code != 0) {
        return code;
      }
      output += part;
      size -= part;
    }
    return 0;
  }

private:
  int be_of_this_process() noexcept {
    const pid_t process = getpid();
    if (process == seeded_in_) {
      return 0;
    }
    ctr_drbg_.emplace(); // a new one, whatever its parent or a failed attempt left
    const int code =
        mbedtls_ctr_drbg_seed(ctr_drbg_->get(), mbedtls_entropy_func, entropy_.get(), nullptr, 0);
    seeded_in_ = code == 0 ? process : 0;
    return code;
  }

  std::mutex mutex_;
  entropy_handle entropy_;
  std::optional<ctr_drbg_handle> ctr_drbg_;
  pid_t seeded_in_ = 0; // no process has this number
};

} // namespace

int random_bytes(void *, unsigned char *output, std::size_t size) noexcept {
  alignas(generator) static unsigned char room[sizeof(generator)]; // for ever, also while the process ends
  static auto &only = *::new (static_cast<void *>(room)) generator;
  return only.fill(output, size);
}

} // namespace unitls::mbedtls
