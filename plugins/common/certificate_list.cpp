#include <unitls/plugin/certificate_list.hpp>

#include <new>

namespace unitls::plugin {

certificate_list::certificate_list(std::span<const unitls_bytes> certificates) {
  std::size_t size = 0;
  for (const unitls_bytes &der : certificates) {
    size += der.size;
  }
  bytes_.reserve(size);
  ends_.reserve(certificates.size());
  for (const unitls_bytes &der : certificates) {
    add(der);
  }
}

void certificate_list::add(const unitls_bytes &der) {
  bytes_.insert(bytes_.end(), der.data, der.data + der.size);
  ends_.push_back(bytes_.size());
}

unitls_status UNITLS_CALL certificate_list::collect(void *list, unitls_bytes der) noexcept {
  try {
    static_cast<certificate_list *>(list)->add(der);
    return UNITLS_OK;
  } catch (const std::bad_alloc &) {
    return UNITLS_E_NOMEM;
  }
}

unitls_bytes certificate_list::at(std::size_t index) const noexcept {
  const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
  return {bytes_.data() + begin, ends_[index] - begin};
}

std::vector<unitls_bytes> certificate_list::views() const {
  std::vector<unitls_bytes> all;
  all.reserve(ends_.size());
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    all.push_back(at(i));
  }
  return all;
}

unitls_status certificate_list::give(unitls_bytes_sink sink, void *user) const {
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    const unitls_status status = sink(user, at(i));
    if (status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

} // namespace unitls::plugin
