// Base64 (RFC 4648, 4).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace unitls::conformance {

// Line ends and padding are passed over, and so is anything else that is no digit.
std::vector<std::uint8_t> decode_base64(std::string_view text);

} // namespace unitls::conformance
