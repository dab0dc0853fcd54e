// What `list` names.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <unitls/types.h>

namespace unitls::conformance {

struct listed_parameter {
  std::uint16_t number = 0;
  std::string name;
};

// Everything of a kind (UNITLS_LIST_...), in the plugin's order; of two players what both have, in the client's.
std::vector<listed_parameter> listed(std::int32_t kind);

// The suites of one version among them. Of TLS 1.3 are 0x13xx (RFC 8446, B.4) and those of RFC 9150.
std::vector<listed_parameter> listed_cipher_suites(std::uint16_t version);

bool is_tls13_cipher_suite(std::uint16_t number);

std::vector<std::uint16_t> numbers_of(const std::vector<listed_parameter> &parameters);

// "0x1301, 0x1302"
std::string numbers_text(const std::vector<std::uint16_t> &numbers);

} // namespace unitls::conformance
