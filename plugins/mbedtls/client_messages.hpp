// What mbedTLS does not tell of a client's messages in TLS 1.2. All of them come with their headers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace unitls::mbedtls {

// Whether a ClientHello has the extension signature_algorithms. Without it a client is taken to offer SHA-1 (RFC 5246,
// 7.4.1.4.1).
bool names_signature_schemes(std::span<const std::uint8_t> message) noexcept;

// The scheme of a CertificateVerify (RFC 5246, 7.4.8). None of another message.
std::optional<std::uint16_t> scheme_of_certificate_verify(std::span<const std::uint8_t> message) noexcept;

} // namespace unitls::mbedtls
