// What mbedTLS does not tell about a ClientHello.
#pragma once

#include <cstdint>
#include <span>

namespace unitls::mbedtls {

// Whether a ClientHello of TLS 1.2, with its header, has the extension signature_algorithms. Without it a client is taken
// to offer SHA-1 (RFC 5246, 7.4.1.4.1).
bool names_signature_schemes(std::span<const std::uint8_t> message) noexcept;

} // namespace unitls::mbedtls
