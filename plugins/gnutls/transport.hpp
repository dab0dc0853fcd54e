// Push and pull functions over the session's transport.
//
// GnuTLS asks for as many bytes as the next part of a record has, so that nothing is read ahead of it.
#pragma once

#include <unitls/plugin/session.hpp>

#include "handles.hpp"

namespace unitls::gnutls {

// Keeps the link by address.
void attach_transport(gnutls_session_t session, plugin::transport_link &link) noexcept;

} // namespace unitls::gnutls
