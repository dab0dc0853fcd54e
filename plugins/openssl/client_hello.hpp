// What OpenSSL really offers: read from a ClientHello (RFC 8446, 4.1.2) that it makes for nobody.
#pragma once

#include <cstdint>
#include <vector>

#include "handles.hpp"

namespace unitls::openssl {

struct offered_parameters {
  std::vector<std::uint16_t> cipher_suites;
  std::vector<std::uint16_t> groups;
  std::vector<std::uint16_t> signature_schemes;
};

// `context` is a client's. Nothing is offered when OpenSSL finds nothing to offer. May throw std::bad_alloc.
offered_parameters read_offer(SSL_CTX *context);

} // namespace unitls::openssl
