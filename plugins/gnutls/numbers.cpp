#include "numbers.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "suite_product.hpp"

namespace unitls::gnutls {
namespace {

constexpr named_suite all_suites[] = {
    {0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"},
    {0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"},
    {0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"},
    {0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"},
    {0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256"},
    {0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256"},
    {0x0041, "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA"},
    {0x0045, "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA"},
    {0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256"},
    {0x006b, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"},
    {0x0084, "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA"},
    {0x0088, "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA"},
    {0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256"},
    {0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384"},
    {0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"},
    {0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"},
    {0x00ba, "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA256"},
    {0x00be, "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256"},
    {0x00c0, "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA256"},
    {0x00c4, "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256"},
    {0x1301, "TLS_AES_128_GCM_SHA256"},
    {0x1302, "TLS_AES_256_GCM_SHA384"},
    {0x1303, "TLS_CHACHA20_POLY1305_SHA256"},
    {0x1304, "TLS_AES_128_CCM_SHA256"},
    {0x1305, "TLS_AES_128_CCM_8_SHA256"},
    {0xc008, "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA"},
    {0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"},
    {0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"},
    {0xc012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"},
    {0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"},
    {0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"},
    {0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"},
    {0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"},
    {0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"},
    {0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
    {0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},
    {0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
    {0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
    {0xc072, "TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256"},
    {0xc073, "TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384"},
    {0xc076, "TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256"},
    {0xc077, "TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384"},
    {0xc07a, "TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256"},
    {0xc07b, "TLS_RSA_WITH_CAMELLIA_256_GCM_SHA384"},
    {0xc07c, "TLS_DHE_RSA_WITH_CAMELLIA_128_GCM_SHA256"},
    {0xc07d, "TLS_DHE_RSA_WITH_CAMELLIA_256_GCM_SHA384"},
    {0xc086, "TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256"},
    {0xc087, "TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_GCM_SHA384"},
    {0xc08a, "TLS_ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256"},
    {0xc08b, "TLS_ECDHE_RSA_WITH_CAMELLIA_256_GCM_SHA384"},
    {0xc09c, "TLS_RSA_WITH_AES_128_CCM"},
    {0xc09d, "TLS_RSA_WITH_AES_256_CCM"},
    {0xc09e, "TLS_DHE_RSA_WITH_AES_128_CCM"},
    {0xc09f, "TLS_DHE_RSA_WITH_AES_256_CCM"},
    {0xc0a0, "TLS_RSA_WITH_AES_128_CCM_8"},
    {0xc0a1, "TLS_RSA_WITH_AES_256_CCM_8"},
    {0xc0a2, "TLS_DHE_RSA_WITH_AES_128_CCM_8"},
    {0xc0a3, "TLS_DHE_RSA_WITH_AES_256_CCM_8"},
    {0xc0ac, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM"},
    {0xc0ad, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM"},
    {0xc0ae, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8"},
    {0xc0af, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8"},
    {0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
    {0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
    {0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
};

constexpr named_group all_groups[] = {
    {23, "secp256r1", "SECP256R1"},
    {24, "secp384r1", "SECP384R1"},
    {25, "secp521r1", "SECP521R1"},
    {29, "x25519", "X25519"},
    {30, "x448", "X448"},
    {21, "secp224r1", "SECP224R1"},
    {19, "secp192r1", "SECP192R1"},
    {256, "ffdhe2048", "FFDHE2048"},
    {257, "ffdhe3072", "FFDHE3072"},
    {258, "ffdhe4096", "FFDHE4096"},
    {259, "ffdhe6144", "FFDHE6144"},
    {260, "ffdhe8192", "FFDHE8192"},
    {4587, "SecP256r1MLKEM768", "SECP256R1-MLKEM768"},
    {4588, "X25519MLKEM768", "X25519-MLKEM768"},
    {4589, "SecP384r1MLKEM1024", "SECP384R1-MLKEM1024"},
};

constexpr named_scheme all_schemes[] = {
    {0x0401, "rsa_pkcs1_sha256", GNUTLS_SIGN_RSA_SHA256, GNUTLS_SIGN_UNKNOWN},
    {0x0501, "rsa_pkcs1_sha384", GNUTLS_SIGN_RSA_SHA384, GNUTLS_SIGN_UNKNOWN},
    {0x0601, "rsa_pkcs1_sha512", GNUTLS_SIGN_RSA_SHA512, GNUTLS_SIGN_UNKNOWN},
    {0x0804, "rsa_pss_rsae_sha256", GNUTLS_SIGN_RSA_PSS_RSAE_SHA256, GNUTLS_SIGN_UNKNOWN},
    {0x0805, "rsa_pss_rsae_sha384", GNUTLS_SIGN_RSA_PSS_RSAE_SHA384, GNUTLS_SIGN_UNKNOWN},
    {0x0806, "rsa_pss_rsae_sha512", GNUTLS_SIGN_RSA_PSS_RSAE_SHA512, GNUTLS_SIGN_UNKNOWN},
    {0x0809, "rsa_pss_pss_sha256", GNUTLS_SIGN_RSA_PSS_SHA256, GNUTLS_SIGN_UNKNOWN},
    {0x080a, "rsa_pss_pss_sha384", GNUTLS_SIGN_RSA_PSS_SHA384, GNUTLS_SIGN_UNKNOWN},
    {0x080b, "rsa_pss_pss_sha512", GNUTLS_SIGN_RSA_PSS_SHA512, GNUTLS_SIGN_UNKNOWN},
    {0x0403, "ecdsa_secp256r1_sha256", GNUTLS_SIGN_ECDSA_SHA256, GNUTLS_SIGN_ECDSA_SECP256R1_SHA256},
    {0x0503, "ecdsa_secp384r1_sha384", GNUTLS_SIGN_ECDSA_SHA384, GNUTLS_SIGN_ECDSA_SECP384R1_SHA384},
    {0x0603, "ecdsa_secp521r1_sha512", GNUTLS_SIGN_ECDSA_SHA512, GNUTLS_SIGN_ECDSA_SECP521R1_SHA512},
    {0x0807, "ed25519", GNUTLS_SIGN_EDDSA_ED25519, GNUTLS_SIGN_UNKNOWN},
    {0x0808, "ed448", GNUTLS_SIGN_EDDSA_ED448, GNUTLS_SIGN_UNKNOWN},
    {0x0201, "rsa_pkcs1_sha1", GNUTLS_SIGN_RSA_SHA1, GNUTLS_SIGN_UNKNOWN},
    {0x0203, "ecdsa_sha1", GNUTLS_SIGN_ECDSA_SHA1, GNUTLS_SIGN_UNKNOWN},
};

// The number of the first entry that is meant; 0 when there is none.
template <class Named, class Predicate>
std::uint16_t number_where(std::span<const Named> all, Predicate is_meant) noexcept {
  const auto found = std::find_if(all.begin(), all.end(), is_meant);
  return found != all.end() ? found->number : std::uint16_t{0};
}

template <class Named>
const Named *find_number(std::span<const Named> all, std::uint16_t number) noexcept {
  const auto found = std::ranges::find(all, number, &Named::number);
  return found != all.end() ? &*found : nullptr;
}

// Asked for alone, so that nothing else that this build lacks stands in its way.
bool can_be_offered(const native_suite &suite) {
  suite_product alone;
  alone.add(suite);
  const std::string text = "NONE:+VERS-TLS1.3:+VERS-TLS1.2:+GROUP-ALL:+SIGN-ALL:+CTYPE-X509" + alone.text();
  gnutls_priority_t made = nullptr;
  const int code = gnutls_priority_init2(&made, text.c_str(), nullptr, 0);
  const priority_handle priority(made);
  if (code < 0) {
    return false;
  }
  const std::vector<native_suite> offered = suites_of(made);
  return std::ranges::find(offered, suite.number, &native_suite::number) != offered.end();
}

} // namespace

std::span<const named_suite> cipher_suites() noexcept {
  return all_suites;
}
std::span<const named_group> groups() noexcept {
  return all_groups;
}
std::span<const named_scheme> signature_schemes() noexcept {
  return all_schemes;
}

bool has_cipher_suite(std::uint16_t number) {
  const native_suite *const suite =
      find_number(cipher_suites(), number) != nullptr ? find_native_suite(number) : nullptr;
  if (suite == nullptr) {
    return false;
  }
  if (can_be_offered(*suite)) {
    return true;
  }
  if (can_be_offered(*suite)) { // GnuTLS calls a lack of memory by many names: see context.cpp
    throw std::bad_alloc();
  }
  return false;
}

bool has_group(std::uint16_t number) {
  const named_group *const group = find_group(number);
  if (group == nullptr) {
    return false;
  }
  const gnutls_group_t *known = gnutls_group_list();
  while (*known != GNUTLS_GROUP_INVALID && *known != gnutls_group_get_id(group->gnutls_name)) {
    ++known;
  }
  return *known != GNUTLS_GROUP_INVALID;
}

bool has_signature_scheme(std::uint16_t number) {
  const named_scheme *const scheme = find_signature_scheme(number);
  if (scheme == nullptr) {
    return false;
  }
  const gnutls_sign_algorithm_t *known = gnutls_sign_list();
  while (*known != GNUTLS_SIGN_UNKNOWN && *known != scheme->algorithm) {
    ++known;
  }
  return *known != GNUTLS_SIGN_UNKNOWN;
}

const named_group *find_group(std::uint16_t number) noexcept {
  return find_number(groups(), number);
}

const named_scheme *find_signature_scheme(std::uint16_t number) noexcept {
  return find_number(signature_schemes(), number);
}

std::uint16_t negotiated_cipher_suite(gnutls_session_t session) noexcept {
  const char *const name = gnutls_ciphersuite_get(session);
  return name == nullptr ? std::uint16_t{0} : number_where(cipher_suites(), [name](const named_suite &suite) {
    return std::strcmp(suite.name, name) == 0;
  });
}

std::uint16_t negotiated_group(gnutls_session_t session) noexcept {
  const char *const name = gnutls_group_get_name(gnutls_group_get(session));
  return name == nullptr ? std::uint16_t{0} : number_where(groups(), [name](const named_group &group) {
    return std::strcmp(group.gnutls_name, name) == 0;
  });
}

std::uint16_t server_signature_scheme(gnutls_session_t session) noexcept {
  const auto algorithm = static_cast<gnutls_sign_algorithm_t>(gnutls_sign_algorithm_get(session));
  return algorithm == GNUTLS_SIGN_UNKNOWN
             ? std::uint16_t{0}
             : number_where(signature_schemes(), [algorithm](const named_scheme &scheme) {
                 return scheme.algorithm == algorithm || scheme.algorithm13 == algorithm;
               });
}

} // namespace unitls::gnutls
