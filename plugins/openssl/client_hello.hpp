// What OpenSSL really offers: read from a ClientHello that it makes for nobody.
#pragma once

#include <unitls/plugin/client_hello.hpp>

#include "handles.hpp"

namespace unitls::openssl {

// `context` is a client's. Nothing is offered when OpenSSL finds nothing to offer. May throw std::bad_alloc.
plugin::offered_parameters read_offer(SSL_CTX *context);

} // namespace unitls::openssl
