// One side refuses the other's certificate, and the other one learns of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "expect.hpp"
#include "party.hpp"

namespace unitls::conformance {

// The alerts that may tell these flags (U-38); 0 is a refusal without a reason of the list.
std::vector<std::uint32_t> alerts_for(unitls_verify_flags flags);

// The client's handshake ended with these flags and an alert for them; the server sees it, and never a Finished.
void expect_client_refuses(conversation &talk, const conversation::ends &ends, unitls_verify_flags flags,
                           std::uint16_t version, place at = place::here());

// The server's handshake ended so; the client sees the alert, in TLS 1.3 perhaps only when it reads.
void expect_server_refuses(conversation &talk, const conversation::ends &ends, unitls_verify_flags flags,
                           std::uint16_t version, place at = place::here());

// A client sees the alert of a server that refused it, and nothing of the application.
void expect_client_learns(conversation &talk, unitls_status client_end, std::uint32_t alert,
                          std::uint16_t version, place at = place::here());

} // namespace unitls::conformance
