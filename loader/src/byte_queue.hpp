// Bytes on their way: added at the end, taken from the front, contiguous in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

namespace unitls::loader {

// Holds no memory while it is empty. Memory of the usual size comes from, and goes back to, a small pool of the
// thread, so that a busy connection allocates nothing and an idle one owns nothing.
class byte_queue {
public:
  // What a queue of the default limit needs, and room to spare, so that moving bytes to the front stays rare.
  static constexpr std::size_t usual_capacity = std::size_t{96} * 1024;

  byte_queue() noexcept = default;
  ~byte_queue() { give_back(); }
  byte_queue(const byte_queue &) = delete;
  byte_queue &operator=(const byte_queue &) = delete;

  bool empty() const noexcept { return begin_ == end_; }
  std::size_t size() const noexcept { return end_ - begin_; }
  std::span<const std::uint8_t> bytes() const noexcept { return {memory_.get() + begin_, size()}; }

  // Room for `size` more bytes behind those that are held; empty when there is no memory.
  std::span<std::uint8_t> room(std::size_t size) noexcept;
  // Says that the first `size` bytes of the room were filled.
  void added(std::size_t size) noexcept { end_ += size; }

  // Copies bytes in; false when there is no memory.
  bool add(std::span<const std::uint8_t> bytes) noexcept;

  // Forgets the first `size` bytes.
  void take(std::size_t size) noexcept {
    begin_ += size;
    release_if_empty();
  }

  // Gives back room that was asked for and not used.
  void release_if_empty() noexcept {
    if (begin_ == end_) {
      begin_ = end_ = 0;
      give_back();
    }
  }

private:
  struct release {
    void operator()(std::uint8_t *memory) const noexcept { std::free(memory); }
  };
  using memory = std::unique_ptr<std::uint8_t[], release>;
  friend struct thread_pool;

  bool grow(std::size_t needed) noexcept;
  void give_back() noexcept;

  memory memory_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

} // namespace unitls::loader
