#include "numbers.hpp"

#include <algorithm>
#include <string_view>

#include <mbedtls/ssl_ciphersuites.h>

#include "version.hpp"

namespace unitls::mbedtls {
namespace {

constexpr named_group all_groups[] = {
    {29, "x25519", MBEDTLS_ECP_DP_CURVE25519, false},   {23, "secp256r1", MBEDTLS_ECP_DP_SECP256R1, false},
    {24, "secp384r1", MBEDTLS_ECP_DP_SECP384R1, false}, {30, "x448", MBEDTLS_ECP_DP_CURVE448, false},
    {25, "secp521r1", MBEDTLS_ECP_DP_SECP521R1, false}, {256, "ffdhe2048", MBEDTLS_ECP_DP_NONE, true},
    {257, "ffdhe3072", MBEDTLS_ECP_DP_NONE, true},      {258, "ffdhe4096", MBEDTLS_ECP_DP_NONE, true},
    {259, "ffdhe6144", MBEDTLS_ECP_DP_NONE, true},      {260, "ffdhe8192", MBEDTLS_ECP_DP_NONE, true},
};

constexpr named_scheme all_schemes[] = {
    {0x0403, "ecdsa_secp256r1_sha256", MBEDTLS_MD_SHA256, false},
    {0x0503, "ecdsa_secp384r1_sha384", MBEDTLS_MD_SHA384, false},
    {0x0603, "ecdsa_secp521r1_sha512", MBEDTLS_MD_SHA512, false},
    {0x0806, "rsa_pss_rsae_sha512", MBEDTLS_MD_SHA512, true},
    {0x0805, "rsa_pss_rsae_sha384", MBEDTLS_MD_SHA384, true},
    {0x0804, "rsa_pss_rsae_sha256", MBEDTLS_MD_SHA256, true},
    {0x0601, "rsa_pkcs1_sha512", MBEDTLS_MD_SHA512, false},
    {0x0501, "rsa_pkcs1_sha384", MBEDTLS_MD_SHA384, false},
    {0x0401, "rsa_pkcs1_sha256", MBEDTLS_MD_SHA256, false},
};

template <class Row>
const Row *find(std::span<const Row> rows, std::uint16_t number) noexcept {
  const auto found = std::ranges::find(rows, number, &Row::number);
  return found != rows.end() ? &*found : nullptr;
}

// Suites that need what no configuration can give here.
bool needs_shared_key(std::string_view name) noexcept {
  return name.find("PSK") != name.npos || name.find("ECJPAKE") != name.npos;
}

} // namespace

std::span<const named_group> groups() noexcept {
  return all_groups;
}
std::span<const named_scheme> signature_schemes() noexcept {
  return all_schemes;
}

const named_group *find_group(std::uint16_t number) noexcept {
  return find(groups(), number);
}
const named_scheme *find_signature_scheme(std::uint16_t number) noexcept {
  return find(signature_schemes(), number);
}

bool has_cipher_suite(std::uint16_t number) {
  for (const int *own = mbedtls_ssl_list_ciphersuites(); *own != 0; ++own) {
    if (*own == number) {
      return !needs_shared_key(mbedtls_ssl_get_ciphersuite_name(number));
    }
  }
  return false;
}

bool has_group(std::uint16_t number) {
  const named_group *const group = find_group(number);
  if (group == nullptr || (group->tls13_only && !has_tls13)) {
    return false;
  }
  return group->curve == MBEDTLS_ECP_DP_NONE || mbedtls_ecp_curve_info_from_grp_id(group->curve) != nullptr;
}

bool has_signature_scheme(std::uint16_t number) {
  const named_scheme *const scheme = find_signature_scheme(number);
  return scheme != nullptr && (has_tls13 || !scheme->tls13_only) &&
         mbedtls_md_info_from_type(scheme->digest) != nullptr;
}

// mbedTLS writes hyphens, and its own prefix for the suites of TLS 1.3.
std::string cipher_suite_name(const char *name) {
  constexpr std::string_view tls13_prefix = "TLS1-3-";
  std::string result = name;
  if (result.starts_with(tls13_prefix)) {
    result.replace(0, tls13_prefix.size(), "TLS-");
  }
  std::replace(result.begin(), result.end(), '-', '_');
  return result;
}

} // namespace unitls::mbedtls
