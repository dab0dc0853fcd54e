#include "transport.hpp"

#include <algorithm>
#include <cerrno>

namespace unitls::gnutls {
namespace {

transport &transport_of(gnutls_transport_ptr_t pointer) {
  return *static_cast<transport *>(pointer);
}

ssize_t receive(gnutls_transport_ptr_t pointer, void *buffer, std::size_t size) {
  std::size_t done = 0;
  const unitls_status status = transport_of(pointer).receive(static_cast<std::uint8_t *>(buffer), size, done);
  return status == UNITLS_OK || status == UNITLS_EOF ? static_cast<ssize_t>(done) : -1;
}

ssize_t send(gnutls_transport_ptr_t pointer, const void *data, std::size_t size) {
  const unitls_status status =
      transport_of(pointer).link().send(static_cast<const std::uint8_t *>(data), size);
  return status == UNITLS_OK ? static_cast<ssize_t>(size) : -1;
}

// Why the last answer was -1, asked in place of the C library's errno.
int error_number(gnutls_transport_ptr_t pointer) {
  return transport_of(pointer).link().error() == UNITLS_OK ? EAGAIN : EIO;
}

// Without it GnuTLS would wait with select() on a descriptor that does not exist.
int always_ready(gnutls_transport_ptr_t, unsigned) {
  return 1;
}

} // namespace

transport::transport(gnutls_session_t session, plugin::transport_link &link) noexcept : link_(link) {
  gnutls_transport_set_ptr(session, this);
  gnutls_transport_set_pull_function(session, gnutls::receive);
  gnutls_transport_set_pull_timeout_function(session, always_ready);
  gnutls_transport_set_push_function(session, send);
  gnutls_transport_set_errno_function(session, error_number);
}

unitls_status transport::receive(std::uint8_t *buffer, std::size_t size, std::size_t &done) noexcept {
  const unitls_status status = link_.receive(buffer, size, done);
  if (first_bytes_size_ < sizeof first_bytes_) [[unlikely]] {
    keep_first_bytes({buffer, done});
  }
  return status;
}

void transport::keep_first_bytes(std::span<const std::uint8_t> received) noexcept {
  for (const std::uint8_t byte :
       received.first(std::min(received.size(), sizeof first_bytes_ - first_bytes_size_))) {
    first_bytes_[first_bytes_size_++] = byte;
  }
}

bool transport::peer_speaks_tls() const noexcept {
  constexpr std::uint8_t change_cipher_spec = 20;
  constexpr std::uint8_t application_data = 23;
  return first_bytes_size_ == sizeof first_bytes_ && first_bytes_[0] >= change_cipher_spec &&
         first_bytes_[0] <= application_data && first_bytes_[1] == 3;
}

} // namespace unitls::gnutls
