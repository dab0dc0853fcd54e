// The path by which a peer was accepted, small enough to be kept as long as the connection: positions in what the peer
// presented, and its anchor, which the context keeps.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <unitls/plugin/evaluator.hpp>

namespace unitls::plugin {

class verified_path {
public:
  verified_path() = default;
  // `path` is a verdict's: views of `presented` entries and of an anchor at its end.
  verified_path(std::span<const unitls_bytes> path, std::span<const unitls_bytes> presented) noexcept;

  bool empty() const noexcept { return size_ == 0 && anchor_.data == nullptr; }
  // The certificates, leaf first. Views of `presented`, which holds what the path was made with, and of the anchor.
  // May throw std::bad_alloc.
  std::vector<unitls_bytes> views(std::span<const unitls_bytes> presented) const;

private:
  std::array<std::uint16_t, limits::path_length> positions_{};
  std::uint16_t size_ = 0;
  unitls_bytes anchor_{};
};

} // namespace unitls::plugin
