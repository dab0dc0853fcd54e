#include <unitls/plugin/verified_path.hpp>

#include <algorithm>

namespace unitls::plugin {

verified_path::verified_path(std::span<const unitls_bytes> path,
                             std::span<const unitls_bytes> presented) noexcept {
  for (const unitls_bytes &der : path) {
    const auto found = std::ranges::find(presented, der.data, &unitls_bytes::data);
    if (found == presented.end() || size_ == positions_.size()) {
      anchor_ = der;
      return;
    }
    positions_[size_++] = static_cast<std::uint16_t>(found - presented.begin());
  }
}

std::vector<unitls_bytes> verified_path::views(std::span<const unitls_bytes> presented) const {
  std::vector<unitls_bytes> all;
  all.reserve(size_ + std::size_t{1});
  for (const std::uint16_t position : std::span(positions_).first(size_)) {
    if (position < presented.size()) { // a library may keep fewer
      all.push_back(presented[position]);
    }
  }
  if (anchor_.data != nullptr) {
    all.push_back(anchor_);
  }
  return all;
}

} // namespace unitls::plugin
