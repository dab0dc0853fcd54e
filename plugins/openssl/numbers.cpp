#include "numbers.hpp"

#include <algorithm>
#include <vector>

#include <openssl/obj_mac.h>
#include <openssl/objects.h>

#include "failure.hpp"

namespace unitls::openssl {
namespace {

// All that OpenSSL 3 can have; a build may lack some.
constexpr named_group all_groups[] = {
    {29, "x25519", "X25519", NID_X25519},
    {23, "secp256r1", "P-256", NID_X9_62_prime256v1},
    {30, "x448", "X448", NID_X448},
    {25, "secp521r1", "P-521", NID_secp521r1},
    {24, "secp384r1", "P-384", NID_secp384r1},
    {256, "ffdhe2048", "ffdhe2048", NID_ffdhe2048},
    {257, "ffdhe3072", "ffdhe3072", NID_ffdhe3072},
    {258, "ffdhe4096", "ffdhe4096", NID_ffdhe4096},
    {259, "ffdhe6144", "ffdhe6144", NID_ffdhe6144},
    {260, "ffdhe8192", "ffdhe8192", NID_ffdhe8192},
    {4588, "X25519MLKEM768", "X25519MLKEM768", NID_undef},
    {4587, "SecP256r1MLKEM768", "SecP256r1MLKEM768", NID_undef},
};

constexpr named_scheme all_schemes[] = {
    {0x0403, "ecdsa_secp256r1_sha256", EVP_PKEY_EC, NID_sha256},
    {0x0503, "ecdsa_secp384r1_sha384", EVP_PKEY_EC, NID_sha384},
    {0x0603, "ecdsa_secp521r1_sha512", EVP_PKEY_EC, NID_sha512},
    {0x0807, "ed25519", EVP_PKEY_ED25519, NID_undef},
    {0x0808, "ed448", EVP_PKEY_ED448, NID_undef},
    {0x0809, "rsa_pss_pss_sha256", EVP_PKEY_RSA_PSS, NID_sha256},
    {0x080a, "rsa_pss_pss_sha384", EVP_PKEY_RSA_PSS, NID_sha384},
    {0x080b, "rsa_pss_pss_sha512", EVP_PKEY_RSA_PSS, NID_sha512},
    {0x0804, "rsa_pss_rsae_sha256", EVP_PKEY_RSA_PSS, NID_sha256},
    {0x0805, "rsa_pss_rsae_sha384", EVP_PKEY_RSA_PSS, NID_sha384},
    {0x0806, "rsa_pss_rsae_sha512", EVP_PKEY_RSA_PSS, NID_sha512},
    {0x0401, "rsa_pkcs1_sha256", EVP_PKEY_RSA, NID_sha256},
    {0x0501, "rsa_pkcs1_sha384", EVP_PKEY_RSA, NID_sha384},
    {0x0601, "rsa_pkcs1_sha512", EVP_PKEY_RSA, NID_sha512},
};

// Two suites of TLS 1.3 are not among the library's defaults.
constexpr const char *tls13_cipher_suites =
    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:"
    "TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256";

std::vector<const SSL_CIPHER *> read_cipher_suites() {
  const error_scope scope;
  const ssl_ctx_handle context = make_ssl_ctx(TLS_client_method());
  if (SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(context.get(), "ALL:!aNULL:!eNULL:!aDSS") != 1 ||
      SSL_CTX_set_ciphersuites(context.get(), tls13_cipher_suites) != 1) {
    throw_failure(UNITLS_E_INTERNAL, {}, "OpenSSL tells no cipher suites");
  }
  const ssl_handle ssl(SSL_new(context.get()));
  const cipher_stack usable(ssl != nullptr ? SSL_get1_supported_ciphers(ssl.get()) : nullptr);
  if (usable == nullptr) {
    throw std::bad_alloc();
  }
  const int count = sk_SSL_CIPHER_num(usable.get());
  std::vector<const SSL_CIPHER *> all;
  all.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    all.push_back(sk_SSL_CIPHER_value(usable.get(), i));
  }
  return all;
}

std::vector<named_group> read_groups() {
  const error_scope scope;
  const ssl_ctx_handle context = make_ssl_ctx(TLS_client_method());
  std::vector<named_group> all;
  for (const named_group &group : all_groups) {
    if (SSL_CTX_set1_groups_list(context.get(), const_cast<char *>(group.openssl_name)) == 1) {
      all.push_back(group);
    }
  }
  return all;
}

std::vector<named_scheme> read_signature_schemes() {
  const error_scope scope;
  const ssl_ctx_handle context = make_ssl_ctx(TLS_client_method());
  std::vector<named_scheme> all;
  for (const named_scheme &scheme : all_schemes) {
    if (SSL_CTX_set1_sigalgs_list(context.get(), const_cast<char *>(scheme.name)) == 1) {
      all.push_back(scheme);
    }
  }
  return all;
}

// A list that lacks something because memory ran out must not stay for the life of the process.
template <class Read>
auto read_twice(Read read) {
  auto all = read();
  if (all != read()) {
    throw std::bad_alloc();
  }
  return all;
}

// Groups without a NID are told as this bit and IANA's number.
constexpr int unnamed_group_bit = 0x1000000;

// Both PSS families are one to OpenSSL: the key in the server's certificate tells them apart.
bool is_pss_key(SSL *ssl) noexcept {
  X509 *const certificate = SSL_is_server(ssl) ? SSL_get_certificate(ssl) : SSL_get0_peer_certificate(ssl);
  EVP_PKEY *const key = certificate != nullptr ? X509_get0_pubkey(certificate) : nullptr;
  return key != nullptr && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA_PSS;
}

} // namespace

std::span<const SSL_CIPHER *const> cipher_suites() {
  static const auto all = read_twice(read_cipher_suites);
  return all;
}

std::span<const named_group> groups() {
  static const auto all = read_twice(read_groups);
  return all;
}

std::span<const named_scheme> signature_schemes() {
  static const auto all = read_twice(read_signature_schemes);
  return all;
}

const SSL_CIPHER *find_cipher_suite(std::uint16_t number) {
  const auto all = cipher_suites();
  const auto found = std::ranges::find(all, number, SSL_CIPHER_get_protocol_id);
  return found != all.end() ? *found : nullptr;
}

const named_group *find_group(std::uint16_t number) {
  const auto all = groups();
  const auto found = std::ranges::find(all, number, &named_group::number);
  return found != all.end() ? &*found : nullptr;
}

const named_scheme *find_signature_scheme(std::uint16_t number) {
  const auto all = signature_schemes();
  const auto found = std::ranges::find(all, number, &named_scheme::number);
  return found != all.end() ? &*found : nullptr;
}

std::uint16_t negotiated_group(SSL *ssl) noexcept {
  const auto nid = static_cast<int>(SSL_get_negotiated_group(ssl));
  if (nid <= 0) {
    return 0;
  }
  if ((nid & unnamed_group_bit) != 0) {
    return static_cast<std::uint16_t>(nid & 0xffff);
  }
  const auto known = std::find_if(std::begin(all_groups), std::end(all_groups),
                                  [nid](const named_group &group) { return group.nid == nid; });
  return known != std::end(all_groups) ? known->number : 0;
}

std::uint16_t server_signature_scheme(SSL *ssl) noexcept {
  int key = NID_undef;
  int digest = NID_undef;
  const bool known =
      SSL_is_server(ssl)
          ? SSL_get_signature_type_nid(ssl, &key) == 1 && SSL_get_signature_nid(ssl, &digest) == 1
          : SSL_get_peer_signature_type_nid(ssl, &key) == 1 && SSL_get_peer_signature_nid(ssl, &digest) == 1;
  if (!known) {
    return 0;
  }
  const bool pss_key = key == EVP_PKEY_RSA_PSS && is_pss_key(ssl);
  for (const named_scheme &scheme : all_schemes) {
    const bool is_pss_family = scheme.number >= 0x0809 && scheme.number <= 0x080b;
    if (scheme.key_nid == key && scheme.digest_nid == digest &&
        (key != EVP_PKEY_RSA_PSS || is_pss_family == pss_key)) {
      return scheme.number;
    }
  }
  return 0;
}

} // namespace unitls::openssl
