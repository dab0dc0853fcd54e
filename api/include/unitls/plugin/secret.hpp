// Memory for key material: wiped when it is given back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace unitls::plugin {

// Overwrites memory in a way that the compiler may not leave out.
void wipe(void *memory, std::size_t size) noexcept;

template <class T>
struct wiping_allocator {
  using value_type = T;

  wiping_allocator() = default;
  template <class U>
  explicit(false) wiping_allocator(const wiping_allocator<U> &) noexcept {}

  T *allocate(std::size_t count) { return std::allocator<T>{}.allocate(count); }
  void deallocate(T *memory, std::size_t count) noexcept {
    wipe(memory, count * sizeof(T));
    std::allocator<T>{}.deallocate(memory, count);
  }
  bool operator==(const wiping_allocator &) const = default;
};

using secret_bytes = std::vector<std::uint8_t, wiping_allocator<std::uint8_t>>;

} // namespace unitls::plugin
