// SHA-256 (FIPS 180-4): the suite's own, so that a plugin is not judged by its own library.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace unitls::conformance {

std::vector<std::uint8_t> sha256(std::span<const std::uint8_t> message);

} // namespace unitls::conformance
