// Copies of certificates in DER, in one piece of memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <unitls/types.h>

namespace unitls::plugin {

class certificate_list {
public:
  certificate_list() = default;
  // May throw std::bad_alloc.
  explicit certificate_list(std::span<const unitls_bytes> certificates);

  // May throw std::bad_alloc.
  void add(const unitls_bytes &der);

  bool empty() const noexcept { return ends_.empty(); }
  // Views; valid as long as the list. May throw std::bad_alloc.
  std::vector<unitls_bytes> views() const;
  // Gives one after the other. The status is the sink's.
  unitls_status give(unitls_bytes_sink sink, void *user) const;

  // A unitls_bytes_sink that adds to the certificate_list `list`.
  static unitls_status UNITLS_CALL collect(void *list, unitls_bytes der) noexcept;

private:
  unitls_bytes at(std::size_t index) const noexcept;

  std::vector<std::uint8_t> bytes_;
  std::vector<std::size_t> ends_;
};

} // namespace unitls::plugin
