#include "transport.hpp"

#include <cerrno>

namespace unitls::gnutls {
namespace {

plugin::transport_link &link_of(gnutls_transport_ptr_t pointer) {
  return *static_cast<plugin::transport_link *>(pointer);
}

ssize_t receive(gnutls_transport_ptr_t pointer, void *buffer, std::size_t size) {
  std::size_t done = 0;
  const unitls_status status = link_of(pointer).receive(static_cast<std::uint8_t *>(buffer), size, done);
  return status == UNITLS_OK || status == UNITLS_EOF ? static_cast<ssize_t>(done) : -1;
}

ssize_t send(gnutls_transport_ptr_t pointer, const void *data, std::size_t size) {
  const unitls_status status = link_of(pointer).send(static_cast<const std::uint8_t *>(data), size);
  return status == UNITLS_OK ? static_cast<ssize_t>(size) : -1;
}

// Why the last answer was -1, asked in place of the C library's errno.
int error_number(gnutls_transport_ptr_t pointer) {
  return link_of(pointer).error() == UNITLS_OK ? EAGAIN : EIO;
}

// Without it GnuTLS would wait with select() on a descriptor that does not exist.
int always_ready(gnutls_transport_ptr_t, unsigned) {
  return 1;
}

} // namespace

void attach_transport(gnutls_session_t session, plugin::transport_link &link) noexcept {
  gnutls_transport_set_ptr(session, &link);
  gnutls_transport_set_pull_function(session, receive);
  gnutls_transport_set_pull_timeout_function(session, always_ready);
  gnutls_transport_set_push_function(session, send);
  gnutls_transport_set_errno_function(session, error_number);
}

} // namespace unitls::gnutls
