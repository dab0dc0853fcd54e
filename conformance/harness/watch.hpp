// What stands in clear on a wire, and expectations about alerts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "expect.hpp"
#include "memory_transport.hpp"
#include "party.hpp"

namespace unitls::conformance {

enum : std::uint8_t { message_client_hello = 1, message_new_session_ticket = 4 };
enum : std::uint16_t {
  extension_server_name = 0,
  extension_supported_groups = 10,
  extension_signature_algorithms = 13,
  extension_pre_shared_key = 41
};

// AlertDescription (RFC 8446, 6).
enum : std::uint32_t {
  alert_bad_record_mac = 20,
  alert_record_overflow = 22,
  alert_handshake_failure = 40,
  alert_bad_certificate = 42,
  alert_unsupported_certificate = 43,
  alert_certificate_revoked = 44,
  alert_certificate_expired = 45,
  alert_unknown_ca = 48,
  alert_access_denied = 49,
  alert_protocol_version = 70,
  alert_unrecognized_name = 112,
  alert_certificate_required = 116,
  alert_no_application_protocol = 120
};

// The fatal alerts that can be read without keys.
std::vector<std::uint32_t> clear_alerts(const wire &sent);

// Types of the handshake messages before the first ChangeCipherSpec (RFC 8446, 4).
std::vector<std::uint8_t> clear_handshake_types(const wire &sent);

// Types of the extensions of a wire's first message, which must be a ClientHello. Throws std::runtime_error, as do the
// next ones.
std::vector<std::uint16_t> client_hello_extensions(const wire &sent);

// What it offers, by ascending numbers, without signalling values (RFC 5746, RFC 7507) and GREASE (RFC 8701).
std::vector<std::uint16_t> offered_cipher_suites(const wire &sent);
std::vector<std::uint16_t> offered_groups(const wire &sent);
std::vector<std::uint16_t> offered_signature_schemes(const wire &sent);

bool has_record(const wire &sent, std::uint8_t type);

// The error names an alert of its own side that is one of `allowed`, and says what the wire says (U-36).
void expect_alert_sent(const char *clause, const std::string &what, const party &side, const wire &sent,
                       const std::vector<std::uint32_t> &allowed, place at = place::here());

// The error is the other side's alert, with that number (U-37).
void expect_alert_received(const std::string &what, const party &side, unitls_status got, std::uint32_t alert,
                           place at = place::here());

// The same inside a handshake, where TLS 1.3 also allows UNITLS_E_PROTOCOL (U-37).
void expect_peer_gave_up(const std::string &what, const party &side, unitls_status got, std::uint32_t alert,
                         std::uint16_t version, place at = place::here());

// The DER of each structure with that label in a PEM text (RFC 7468).
std::vector<std::vector<std::uint8_t>> pem_structures(const std::string &pem_text, const std::string &label);

// The DER of each certificate in a PEM text.
std::vector<std::vector<std::uint8_t>> certificates_in(const std::string &pem_text);

} // namespace unitls::conformance
