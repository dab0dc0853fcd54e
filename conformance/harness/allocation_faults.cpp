#include "allocation_faults.hpp"

#include <cerrno>
#include <cstdint>
#include <cstdlib>

#include <malloc.h>

namespace unitls::conformance {
namespace {

constexpr std::size_t disarmed = SIZE_MAX;

// Without destructors: they are used until the thread has ended.
thread_local std::size_t allowed_allocations = disarmed;
thread_local bool fault_happened = false;
thread_local long live = 0;
thread_local long bytes_held = 0;

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

long size_of(void *memory) noexcept {
  return static_cast<long>(malloc_usable_size(memory)); // 0 of NULL
}

void *counted(void *memory) noexcept {
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
  return fails() ? nullptr : counted(__libc_malloc(size));
}

void *calloc(std::size_t count, std::size_t size) {
  return fails() ? nullptr : counted(__libc_calloc(count, size));
}

void *realloc(void *memory, std::size_t size) {
  if (fails()) {
    return nullptr;
  }
  const long before = size_of(memory);
  void *const moved = __libc_realloc(memory, size);
  if (memory == nullptr) {
    return counted(moved);
  }
  const bool was_freed = size == 0 && moved == nullptr;
  if (moved != nullptr || was_freed) {
    live -= was_freed ? 1 : 0;
    bytes_held += size_of(moved) - before;
  }
  return moved;
}

void *memalign(std::size_t alignment, std::size_t size) {
  return fails() ? nullptr : counted(__libc_memalign(alignment, size));
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
