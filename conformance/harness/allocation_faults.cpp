#include "allocation_faults.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdlib>

#include <malloc.h>
#include <unistd.h>

#include "refusal_line.hpp"

namespace unitls::conformance {
namespace {

constexpr std::size_t disarmed = SIZE_MAX;

// Without destructors: they are used until the thread has ended.
thread_local std::size_t allowed_allocations = disarmed;
thread_local bool fault_happened = false;
thread_local long live = 0;
thread_local long bytes_held = 0;

constexpr int nowhere = -1;
std::atomic<int> descriptor_of_refusal = nowhere;

} // namespace

allocation_fault::allocation_fault(std::size_t allowed) noexcept {
  fault_happened = false;
  allowed_allocations = allowed;
}

allocation_fault::~allocation_fault() {
  allowed_allocations = disarmed;
}

bool allocation_fault::happened() const noexcept {
  return fault_happened;
}

long live_allocations() noexcept {
  return live;
}

long live_bytes() noexcept {
  return bytes_held;
}

void tell_refused_allocation(int descriptor) noexcept {
  descriptor_of_refusal = descriptor;
}

} // namespace unitls::conformance

namespace {

using namespace unitls::conformance;

// Whether this allocation is the one that fails.
bool fails() noexcept {
  if (allowed_allocations == disarmed) {
    return false;
  }
  if (allowed_allocations-- != 0) {
    return false;
  }
  allowed_allocations = disarmed;
  fault_happened = true;
  errno = ENOMEM;
  return true;
}

std::size_t product(std::size_t count, std::size_t size) noexcept {
  std::size_t result = 0;
  return __builtin_mul_overflow(count, size, &result) ? SIZE_MAX : result;
}

long size_of(void *memory) noexcept {
  return static_cast<long>(malloc_usable_size(memory)); // 0 of NULL
}

// Takes no memory itself, and leaves errno as it is.
void tell_refusal(std::size_t size) noexcept {
  const int descriptor = descriptor_of_refusal.exchange(nowhere);
  if (descriptor == nowhere) {
    return;
  }
  const int number = errno;
  std::array<char, 64> line{};
  char *end = std::copy(refusal_word.begin(), refusal_word.end(), line.data());
  end = std::to_chars(end, line.data() + line.size() - 1, size).ptr;
  *end++ = '\n';
  // Nobody could be told that the parent is gone.
  [[maybe_unused]] const ssize_t written =
      ::write(descriptor, line.data(), static_cast<std::size_t>(end - line.data()));
  errno = number;
}

void *counted(void *memory, std::size_t size) noexcept {
  if (memory == nullptr && size != 0) {
    tell_refusal(size);
  }
  live += memory != nullptr ? 1 : 0;
  bytes_held += size_of(memory);
  return memory;
}

} // namespace

// What the GNU C library's own functions are called beside their public names.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c)
extern "C" {
void *__libc_malloc(std::size_t size);
void *__libc_calloc(std::size_t count, std::size_t size);
void *__libc_realloc(void *memory, std::size_t size);
void *__libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void *memory);
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c)

void *malloc(std::size_t size) {
  return fails() ? nullptr : counted(__libc_malloc(size), size);
}

void *calloc(std::size_t count, std::size_t size) {
  return fails() ? nullptr : counted(__libc_calloc(count, size), product(count, size));
}

void *realloc(void *memory, std::size_t size) {
  if (fails()) {
    return nullptr;
  }
  const long before = size_of(memory);
  void *const moved = __libc_realloc(memory, size);
  if (memory == nullptr) {
    return counted(moved, size);
  }
  const bool was_freed = size == 0 && moved == nullptr;
  if (moved == nullptr && !was_freed) {
    tell_refusal(size);
  }
  if (moved != nullptr || was_freed) {
    live -= was_freed ? 1 : 0;
    bytes_held += size_of(moved) - before;
  }
  return moved;
}

void *memalign(std::size_t alignment, std::size_t size) {
  return fails() ? nullptr : counted(__libc_memalign(alignment, size), size);
}

void *aligned_alloc(std::size_t alignment, std::size_t size) {
  return memalign(alignment, size);
}

int posix_memalign(void **memory, std::size_t alignment, std::size_t size) {
  void *const made = memalign(alignment, size);
  if (made == nullptr) {
    return ENOMEM;
  }
  *memory = made;
  return 0;
}

void free(void *memory) {
  live -= memory != nullptr ? 1 : 0;
  bytes_held -= size_of(memory);
  __libc_free(memory);
}
}
