#include <unitls/plugin/certificate_message.hpp>

#include "tls_vector.hpp"

namespace unitls::plugin {

std::vector<unitls_bytes> read_certificate_message(std::span<const std::uint8_t> message, bool is_tls13) {
  bytes rest = message;
  if (is_tls13 && !take_vector(rest, 1)) { // certificate_request_context
    return {};
  }
  std::optional<bytes> list = take_vector(rest, 3);
  if (!list || !rest.empty()) {
    return {};
  }
  std::vector<unitls_bytes> views;
  while (!list->empty()) {
    const std::optional<bytes> entry = take_vector(*list, 3);
    if (!entry || (is_tls13 && !take_vector(*list, 2))) { // extensions
      return {};
    }
    views.push_back(lend(*entry));
  }
  return views;
}

} // namespace unitls::plugin
