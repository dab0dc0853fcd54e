#include "allocations.hpp"

#include <cstdlib>
#include <new>

// glibc's own functions, under the names that replacements of malloc use.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c)
extern "C" void *__libc_malloc(std::size_t size);
extern "C" void *__libc_calloc(std::size_t count, std::size_t size);
extern "C" void *__libc_realloc(void *memory, std::size_t size);
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c)

namespace unitls::testing {
namespace {

thread_local std::size_t count = 0;

} // namespace

std::size_t allocation_count() noexcept {
  return count;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

bool counts_allocations() noexcept {
  return false;
}

#else

bool counts_allocations() noexcept {
  return true;
}

extern "C" __attribute__((visibility("default"))) void *malloc(std::size_t size) {
  ++count;
  return __libc_malloc(size);
}
extern "C" __attribute__((visibility("default"))) void *calloc(std::size_t number, std::size_t size) {
  ++count;
  return __libc_calloc(number, size);
}
extern "C" __attribute__((visibility("default"))) void *realloc(void *memory, std::size_t size) {
  ++count;
  return __libc_realloc(memory, size);
}

#endif

} // namespace unitls::testing
