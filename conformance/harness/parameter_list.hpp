// The lists of cipher suites, groups and signature schemes: their members of a configuration, and what offers them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "expect.hpp"
#include "party.hpp"
#include "versions.hpp"
#include "watch.hpp"

namespace unitls::conformance {

using numbers = std::vector<std::uint16_t>;

// Members that every library has, by their numbers at IANA.
inline constexpr std::uint16_t aes128_gcm_sha256 = 0x1301;
inline constexpr std::uint16_t ecdhe_ecdsa_aes128 = 0xc02b;
inline constexpr std::uint16_t ecdhe_rsa_aes128 = 0xc02f;
inline constexpr std::uint16_t secp256r1 = 23;
inline constexpr std::uint16_t ecdsa_secp256r1_sha256 = 0x0403;

// One of the four lists.
struct parameter_list {
  const char *member;
  const char *capability;
  numbers setup::*values;
  numbers (*offered)(const wire &);
};

inline constexpr parameter_list tls12_suites{"tls12_cipher_suites", "cipher-suites",
                                             &setup::tls12_cipher_suites, offered_cipher_suites};
inline constexpr parameter_list tls13_suites{"tls13_cipher_suites", "cipher-suites",
                                             &setup::tls13_cipher_suites, offered_cipher_suites};
inline constexpr parameter_list groups{"groups", "groups", &setup::groups, offered_groups};
inline constexpr parameter_list schemes{"signature_schemes", "signature-schemes", &setup::signature_schemes,
                                        offered_signature_schemes};

inline const parameter_list &suites_of(std::uint16_t version) {
  return version == UNITLS_TLS_1_3 ? tls13_suites : tls12_suites;
}

// The member itself or an element of it.
inline bool names_member(std::string_view field, std::string_view member) {
  return field == member || (field.starts_with(member) && field.substr(member.size()).starts_with('['));
}

inline void expect_member(const std::string &what, const unitls_error &error, const char *member) {
  expect("U-59", what + ": field", names_member(error.field, member), std::string(member) + " or one of it",
         error.field);
}

} // namespace unitls::conformance
