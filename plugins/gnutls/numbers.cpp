#include "numbers.hpp"

#include <algorithm>
#include <cstring>

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
