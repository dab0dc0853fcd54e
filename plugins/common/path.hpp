// A certification path while it is being built and judged.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGINS_COMMON_PATH_HPP
#define UNITLS_PLUGINS_COMMON_PATH_HPP

#include <unitls/plugin/certificate.hpp>
#include <unitls/plugin/evaluator.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace unitls::plugin {

// Leaf first. Small and without allocation, so that the best path can simply be copied.
class path {
public:
  bool full() const noexcept { return size_ == certificates_.size(); }
  size_t size() const noexcept { return size_; }
  size_t top_index() const noexcept { return size_ - 1; }
  const certificate &top() const noexcept { return *certificates_[size_ - 1]; }
  const certificate &operator[](size_t index) const noexcept { return *certificates_[index]; }
  std::span<const certificate *const> certificates() const noexcept { return {certificates_.data(), size_}; }

  // The path must not be full; a popped one not empty.
  void push(const certificate &next) noexcept { certificates_[size_++] = &next; }
  void pop() noexcept { --size_; }

  // Whether the top is an anchor.
  bool anchored = false;

private:
  std::array<const certificate *, limits::path_length> certificates_{};
  size_t size_ = 0;
};

} // namespace unitls::plugin

#endif // UNITLS_PLUGINS_COMMON_PATH_HPP
