#include "socket_transport.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace unitls::loader {

socket_transport::socket_transport(transport_failure &failure) noexcept : failure_(failure) {
  native_.struct_size = sizeof native_;
  native_.user = this;
  native_.recv = &socket_transport::receive;
  native_.send = &socket_transport::send;
}

socket_transport::~socket_transport() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

unitls_status socket_transport::fail(unitls_status status, int native_code, const char *sentence) noexcept {
  failure_ = {status, native_code, sentence};
  return status;
}

unitls_status UNITLS_CALL socket_transport::receive(void *user, std::uint8_t *buffer, std::size_t size,
                                                    std::size_t *done) noexcept {
  auto &self = *static_cast<socket_transport *>(user);
  *done = self.serve_held(buffer, size);
  if (*done != 0) {
    return UNITLS_OK;
  }
  if (self.ended_) {
    return UNITLS_EOF;
  }
  return self.receive_from_kernel(buffer, size, done);
}

std::size_t socket_transport::serve_held(std::uint8_t *buffer, std::size_t size) noexcept {
  if (!given_.empty()) {
    const std::size_t count = std::min(size, given_.size());
    std::memcpy(buffer, given_.bytes().data(), count);
    given_.take(count);
    return count;
  }
  const std::size_t count = std::min(size, static_cast<std::size_t>(ahead_end_ - ahead_begin_));
  std::memcpy(buffer, ahead_.data() + ahead_begin_, count);
  ahead_begin_ = static_cast<std::uint16_t>(ahead_begin_ + count);
  return count;
}

unitls_status socket_transport::receive_from_kernel(std::uint8_t *buffer, std::size_t size,
                                                    std::size_t *done) noexcept {
  iovec pieces[] = {{buffer, size}, {ahead_.data(), ahead_.size()}};
  msghdr message{};
  message.msg_iov = pieces;
  message.msg_iovlen = 2;
  ssize_t count = 0;
  do {
    count = ::recvmsg(descriptor_, &message, MSG_DONTWAIT);
  } while (count < 0 && errno == EINTR);
  if (count < 0) {
    return errno == EAGAIN || errno == EWOULDBLOCK ? UNITLS_WANT_READ : fail(UNITLS_E_TRANSPORT, errno);
  }
  if (count == 0) {
    if (output_error_ == ECONNRESET) { // the failed send took the socket's error away: this is no orderly end
      return fail(UNITLS_E_TRANSPORT, output_error_);
    }
    ended_ = true;
    return UNITLS_EOF;
  }
  const auto received = static_cast<std::size_t>(count);
  *done = std::min(received, size);
  ahead_begin_ = 0;
  ahead_end_ = static_cast<std::uint16_t>(received - *done);
  return UNITLS_OK;
}

unitls_status socket_transport::send_to_kernel(std::span<const std::uint8_t> bytes,
                                               std::size_t *sent) noexcept {
  *sent = 0;
  if (output_error_ != 0) {
    return fail(UNITLS_E_TRANSPORT, output_error_);
  }
  while (*sent < bytes.size()) {
    const ssize_t count =
        ::send(descriptor_, bytes.data() + *sent, bytes.size() - *sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) {
      *sent += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return UNITLS_WANT_WRITE;
    } else if (errno != EINTR) {
      output_error_ = errno;
      return fail(UNITLS_E_TRANSPORT, output_error_);
    }
  }
  return UNITLS_OK;
}

// Whoever closed while we were sending may have said why, in an alert that waits to be read. The session would stop
// reading for ever at an error of `send`, so bytes for such a peer are dropped; flush() reports the loss.
bool socket_transport::peer_is_gone() const noexcept {
  return output_error_ == EPIPE || output_error_ == ECONNRESET;
}

unitls_status UNITLS_CALL socket_transport::send(void *user, const std::uint8_t *data,
                                                 std::size_t size) noexcept {
  auto &self = *static_cast<socket_transport *>(user);
  std::size_t sent = 0;
  if (self.peer_is_gone()) {
    return UNITLS_OK;
  }
  if (!self.holds_output()) {
    const unitls_status status = self.send_to_kernel({data, size}, &sent);
    if (status != UNITLS_WANT_WRITE) {
      return self.peer_is_gone() ? UNITLS_OK : status;
    }
  }
  return self.hold({data + sent, size - sent});
}

unitls_status socket_transport::hold(std::span<const std::uint8_t> bytes) noexcept {
  if (bytes.size() > output_limit - std::min(output_limit, held_.size())) {
    return fail(UNITLS_E_TRANSPORT, 0, "the peer does not read: too much output is waiting for it");
  }
  return held_.add(bytes) ? UNITLS_OK : fail(UNITLS_E_NOMEM, 0, "out of memory");
}

unitls_status socket_transport::flush() noexcept {
  if (!holds_output() && output_error_ == 0) {
    return UNITLS_OK;
  }
  std::size_t sent = 0;
  const unitls_status status = send_to_kernel(held_.bytes(), &sent);
  held_.take(status < 0 ? held_.size() : sent);
  return status;
}

} // namespace unitls::loader
