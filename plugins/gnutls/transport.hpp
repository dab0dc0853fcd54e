// Push and pull functions over the session's transport.
//
// GnuTLS asks for as many bytes as the next part of a record has, so that nothing is read ahead of it.
#pragma once

#include <span>

#include <unitls/plugin/session.hpp>

#include "handles.hpp"

namespace unitls::gnutls {

class transport {
public:
  // Keeps the link and this object by address.
  transport(gnutls_session_t session, plugin::transport_link &link) noexcept;
  transport(const transport &) = delete;
  transport &operator=(const transport &) = delete;

  // Whether what came in began with the header of a TLS record (RFC 8446, 5.1). Nobody else is sent an alert.
  bool peer_speaks_tls() const noexcept;

  // What GnuTLS's functions ask for.
  unitls_status receive(std::uint8_t *buffer, std::size_t size, std::size_t &done) noexcept;
  plugin::transport_link &link() noexcept { return link_; }

private:
  void keep_first_bytes(std::span<const std::uint8_t> received) noexcept;

  plugin::transport_link &link_;
  std::uint8_t first_bytes_[2] = {}; // content type and major version
  std::uint8_t first_bytes_size_ = 0;
};

} // namespace unitls::gnutls
