#include "byte_queue.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace unitls::loader {

// Memory of the usual size that this thread's queues do not need now.
struct thread_pool {
  static constexpr std::size_t capacity = 4;

  thread_pool() noexcept = default;
  ~thread_pool() { gone = true; }
  thread_pool(const thread_pool &) = delete;
  thread_pool &operator=(const thread_pool &) = delete;

  byte_queue::memory get() noexcept { return count != 0 ? std::move(kept[--count]) : nullptr; }
  void put(byte_queue::memory memory) noexcept {
    if (count < capacity) {
      kept[count++] = std::move(memory);
    }
  }

  std::array<byte_queue::memory, capacity> kept;
  std::size_t count = 0;

  // The pool of this thread, or NULL when the thread is ending and its pool is gone.
  static thread_pool *current() noexcept {
    static thread_local thread_pool pool;
    return gone ? nullptr : &pool;
  }
  static thread_local bool gone;
};

thread_local bool thread_pool::gone = false;

std::span<std::uint8_t> byte_queue::room(std::size_t size) noexcept {
  if (capacity_ - end_ < size && !grow(size)) {
    return {};
  }
  return {memory_.get() + end_, size};
}

bool byte_queue::add(std::span<const std::uint8_t> bytes) noexcept {
  const auto free = room(bytes.size());
  if (free.size() < bytes.size()) {
    return false;
  }
  if (!bytes.empty()) {
    std::memcpy(free.data(), bytes.data(), bytes.size());
  }
  added(bytes.size());
  return true;
}

bool byte_queue::grow(std::size_t needed) noexcept {
  const std::size_t held = size();
  if (held + needed <= capacity_) {
    std::memmove(memory_.get(), memory_.get() + begin_, held);
    begin_ = 0;
    end_ = held;
    return true;
  }
  const std::size_t capacity = std::max(usual_capacity, std::max(held + needed, 2 * capacity_));
  memory larger;
  if (capacity == usual_capacity) {
    if (auto *const pool = thread_pool::current(); pool != nullptr) {
      larger = pool->get();
    }
  }
  if (larger == nullptr) {
    larger.reset(static_cast<std::uint8_t *>(std::malloc(capacity)));
  }
  if (larger == nullptr) {
    return false;
  }
  if (held != 0) {
    std::memcpy(larger.get(), memory_.get() + begin_, held);
  }
  memory_ = std::move(larger);
  capacity_ = capacity;
  begin_ = 0;
  end_ = held;
  return true;
}

void byte_queue::give_back() noexcept {
  if (memory_ == nullptr) {
    return;
  }
  if (capacity_ == usual_capacity) {
    if (auto *const pool = thread_pool::current(); pool != nullptr) {
      pool->put(std::move(memory_));
    }
  }
  memory_.reset();
  capacity_ = 0;
}

} // namespace unitls::loader
