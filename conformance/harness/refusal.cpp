#include "refusal.hpp"

#include <array>

#include "watch.hpp"

namespace unitls::conformance {
namespace {

struct reason {
  unitls_verify_flags flag;
  std::uint32_t alert;
};

// In the order of U-38.
constexpr std::array<reason, 20> reasons = {{
    {UNITLS_VERIFY_MALFORMED, alert_bad_certificate},
    {UNITLS_VERIFY_UNKNOWN_CRITICAL_EXTENSION, alert_bad_certificate},
    {UNITLS_VERIFY_CHAIN_TOO_LONG, alert_bad_certificate},
    {UNITLS_VERIFY_REVOKED, alert_certificate_revoked},
    {UNITLS_VERIFY_BAD_SIGNATURE, alert_bad_certificate},
    {UNITLS_VERIFY_SELF_SIGNED, alert_unknown_ca},
    {UNITLS_VERIFY_UNKNOWN_ISSUER, alert_unknown_ca},
    {UNITLS_VERIFY_BAD_CA, alert_bad_certificate},
    {UNITLS_VERIFY_PATH_LENGTH, alert_bad_certificate},
    {UNITLS_VERIFY_NAME_CONSTRAINT, alert_bad_certificate},
    {UNITLS_VERIFY_WRONG_PURPOSE, alert_bad_certificate},
    {UNITLS_VERIFY_WEAK_ALGORITHM, alert_bad_certificate},
    {UNITLS_VERIFY_WEAK_KEY, alert_bad_certificate},
    {UNITLS_VERIFY_NOT_YET_VALID, alert_certificate_expired},
    {UNITLS_VERIFY_EXPIRED, alert_certificate_expired},
    {UNITLS_VERIFY_NAME_MISMATCH, alert_bad_certificate},
    {UNITLS_VERIFY_PIN_MISMATCH, alert_bad_certificate},
    {UNITLS_VERIFY_MISSING_STAPLE, alert_bad_certificate},
    {UNITLS_VERIFY_REVOCATION_UNKNOWN, alert_bad_certificate},
    {UNITLS_VERIFY_OTHER, alert_bad_certificate},
}};

// Reasons for which a library may fail before it hands out the chain.
constexpr unitls_verify_flags early_reasons = UNITLS_VERIFY_MALFORMED |
                                              UNITLS_VERIFY_UNKNOWN_CRITICAL_EXTENSION |
                                              UNITLS_VERIFY_CHAIN_TOO_LONG | UNITLS_VERIFY_WEAK_ALGORITHM;

void expect_refusal_by(const std::string &name, party &side, unitls_status end, const wire &sent,
                       unitls_verify_flags flags, place at) {
  expect_status("U-43", name + "'s handshake", end, UNITLS_E_CERTIFICATE, at);
  expect_flags("U-43", name + "'s error", side.error.verify_flags, flags, at);
  expect_alert_sent("U-38", name, side, sent, alerts_for(flags), at);
}

} // namespace

std::vector<std::uint32_t> alerts_for(unitls_verify_flags flags) {
  for (const reason &each : reasons) {
    if ((flags & each.flag) == 0) {
      continue;
    }
    if ((each.flag & early_reasons) != 0) {
      return {each.alert, alert_unsupported_certificate, alert_access_denied};
    }
    return {each.alert};
  }
  return {alert_bad_certificate};
}

void expect_client_refuses(conversation &talk, const conversation::ends &ends, unitls_verify_flags flags,
                           std::uint16_t version, place at) {
  expect_refusal_by("the client", talk.client, ends.client, talk.to_server, flags, at);
  const std::uint32_t alert = talk.client.error.alert;
  expect("U-42", "the server's handshake", ends.server != UNITLS_OK, "no success: no Finished came",
         status_text(ends.server), at);
  expect_peer_gave_up("the server's handshake", talk.server, ends.server, alert, version, at);
  if (version == UNITLS_TLS_1_2) {
    expect("U-42", "the client's ChangeCipherSpec and Finished",
           !has_record(talk.to_server, record_change_cipher_spec), "never sent", "sent", at);
  }
}

void expect_server_refuses(conversation &talk, const conversation::ends &ends, unitls_verify_flags flags,
                           std::uint16_t version, place at) {
  expect_refusal_by("the server", talk.server, ends.server, talk.to_client, flags, at);
  expect_client_learns(talk, ends.client, talk.server.error.alert, version, at);
}

void expect_client_learns(conversation &talk, unitls_status client_end, std::uint32_t alert,
                          std::uint16_t version, place at) {
  if (client_end != UNITLS_OK) {
    expect_peer_gave_up("the client's handshake", talk.client, client_end, alert, version, at);
    return;
  }
  expect("U-42", "the client's handshake with a server that refuses it", version == UNITLS_TLS_1_3,
         "no success in TLS 1.2", status_text(client_end), at);
  const unitls_status status = talk.read_until(talk.client, 1);
  expect_alert_received("the client's next read", talk.client, status, alert, at);
  expect_equal("U-42", "bytes of the application that a refused client sees", talk.client.received.size(),
               std::size_t{0}, at);
}

} // namespace unitls::conformance
