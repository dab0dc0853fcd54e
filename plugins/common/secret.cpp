#include <unitls/plugin/secret.hpp>

#include <cstring>

namespace unitls::plugin {

void wipe(void *memory, std::size_t size) noexcept {
  if (size != 0) {
    explicit_bzero(memory, size);
  }
}

} // namespace unitls::plugin
