#include "context.hpp"

#include <algorithm>

#include <mbedtls/oid.h>

#include "connection.hpp"
#include "failure.hpp"
#include "numbers.hpp"
#include "random.hpp"
#include "trust.hpp"
#include "version.hpp"

namespace unitls::mbedtls {
namespace {

// Right, but nothing that this library can read.
unitls_status status_of_parser(int code) noexcept {
  return code == MBEDTLS_ERR_PK_UNKNOWN_PK_ALG || code == MBEDTLS_ERR_PK_UNKNOWN_NAMED_CURVE ||
                 code == MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG + MBEDTLS_ERR_OID_NOT_FOUND
             ? UNITLS_E_UNSUPPORTED
             : UNITLS_E_INVALID;
}

void parse_certificate(mbedtls_x509_crt &chain, const plugin::secret_bytes &der, const std::string &field) {
  const int code = append_certificate(chain, der, true);
  if (code != 0) {
    throw_failure(code, status_of_parser(code), field, "not a certificate that mbedTLS can read");
  }
}

void parse_private_key(mbedtls_pk_context &key, const plugin::secret_bytes &der, const std::string &field) {
  const int code = try_twice([&] { return parse_key(key, der.data(), der.size(), random_bytes); });
  if (code != 0) {
    throw_failure(code, status_of_parser(code), field, "not a private key that mbedTLS can read");
  }
}

bool is_tls13_cipher_suite(int number) noexcept {
  const mbedtls_ssl_ciphersuite_t *const suite = mbedtls_ssl_ciphersuite_from_id(number);
  return suite != nullptr && is_of_tls13(*suite);
}

// What is right, but nothing in the range of versions can use: mbedTLS would leave it out without a word.
[[noreturn]] void refuse_for_tls12(const char *list, std::size_t index, const char *name) {
  const std::string field = std::string(list) + "[" + std::to_string(index) + "]";
  throw plugin::error(
      plugin::make_error(UNITLS_E_UNSUPPORTED, field, "mbedTLS has %s in TLS 1.3 alone", name));
}

} // namespace

context::context(plugin::configuration config)
    : config_(std::move(config)), identity_set_(config_.identities) {
  const int code = mbedtls_ssl_config_defaults(
      ssl_config_.get(), config_.is_server ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT,
      MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
  if (code != 0) {
    throw_failure(code, UNITLS_E_INTERNAL, {}, "mbedTLS makes no configuration");
  }
  mbedtls_ssl_conf_rng(ssl_config_.get(), random_bytes, nullptr);
  disable_resumption(*ssl_config_.get(), config_.is_server);
  apply_versions();
  apply_parameters();
  apply_identities();
  check_own_signatures();
  apply_protocols();
  apply_peer();
  config_.identities.clear(); // mbedTLS has its own copy; ours is wiped
}

void context::apply_versions() {
  set_versions(*ssl_config_.get(), config_.min_version, config_.max_version);
}

void context::apply_parameters() {
  apply_cipher_suites();
  apply_groups();
  apply_signature_schemes();
}

// mbedTLS has one list for both versions: a part that was not given is filled with the library's own.
void context::apply_cipher_suites() {
  const plugin::parameter_lists &wanted = config_.parameters;
  if (wanted.tls12_cipher_suites.empty() && wanted.tls13_cipher_suites.empty()) {
    return;
  }
  const auto add_part = [&](const std::vector<std::uint16_t> &numbers, bool tls13) {
    cipher_suites_.insert(cipher_suites_.end(), numbers.begin(), numbers.end());
    for (const int *own = mbedtls_ssl_list_ciphersuites(); numbers.empty() && *own != 0; ++own) {
      if (is_tls13_cipher_suite(*own) == tls13) {
        cipher_suites_.push_back(*own);
      }
    }
  };
  add_part(wanted.tls13_cipher_suites, true);
  add_part(wanted.tls12_cipher_suites, false);
  cipher_suites_.push_back(0);
  mbedtls_ssl_conf_ciphersuites(ssl_config_.get(), cipher_suites_.data());
}

void context::apply_groups() {
  const std::vector<std::uint16_t> &wanted = config_.parameters.groups;
  if (wanted.empty()) {
    return;
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const named_group &group = *find_group(wanted[i]);
    if (group.tls13_only && config_.max_version < UNITLS_TLS_1_3) {
      refuse_for_tls12("groups", i, group.name);
    }
    groups_.push_back(as_configured(group.number, group.curve));
  }
  groups_.push_back(no_group);
  set_groups(*ssl_config_.get(), groups_.data());
}

void context::apply_signature_schemes() {
  const std::vector<std::uint16_t> &wanted = config_.parameters.signature_schemes;
  if (wanted.empty()) {
    return;
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const named_scheme &scheme = *find_signature_scheme(wanted[i]);
    if (scheme.tls13_only && config_.max_version < UNITLS_TLS_1_3) {
      refuse_for_tls12("signature_schemes", i, scheme.name);
    }
    signature_schemes_.push_back(scheme.number);
  }
  signature_schemes_.push_back(0);
  set_signature_schemes(*ssl_config_.get(), signature_schemes_.data());
}

// A client of mbedTLS signs in TLS 1.2 with the digest of the cipher suite, whatever the list says.
void context::check_own_signatures() const {
  const plugin::parameter_lists &wanted = config_.parameters;
  if (config_.is_server || identities_.empty() || wanted.signature_schemes.empty() ||
      config_.min_version > UNITLS_TLS_1_2) {
    return;
  }
  const bool is_rsa = mbedtls_pk_can_do(identities_.front()->private_key.get(), MBEDTLS_PK_RSA) == 1;
  const auto check = [&](int cipher_suite) {
    const bool is_sha384 = uses_sha384(*mbedtls_ssl_ciphersuite_from_id(cipher_suite));
    const std::uint16_t scheme = is_rsa ? (is_sha384 ? 0x0501 : 0x0401) : (is_sha384 ? 0x0503 : 0x0403);
    if (std::ranges::find(wanted.signature_schemes, scheme) == wanted.signature_schemes.end()) {
      throw plugin::error(plugin::make_error(UNITLS_E_UNSUPPORTED, "signature_schemes",
                                             "lacks %s, with which mbedTLS signs for a client of TLS 1.2",
                                             find_signature_scheme(scheme)->name));
    }
  };
  std::ranges::for_each(wanted.tls12_cipher_suites, check);
  for (const int *own = mbedtls_ssl_list_ciphersuites(); wanted.tls12_cipher_suites.empty() && *own != 0;
       ++own) {
    if (!is_tls13_cipher_suite(*own)) {
      check(*own);
    }
  }
}

// Those of the first group are for whoever sends no name, and for a client.
void context::apply_identities() {
  for (std::size_t i = 0; i < config_.identities.size(); ++i) {
    read_identity(i);
  }
  if (identities_.empty()) {
    return;
  }
  for (const std::size_t i : identity_set_.groups().front()) {
    own_identity &own = *identities_[i];
    const int code =
        mbedtls_ssl_conf_own_cert(ssl_config_.get(), own.certificates.get(), own.private_key.get());
    if (code != 0) {
      throw_failure(code, UNITLS_E_INVALID, "identities[" + std::to_string(i) + "].certificates",
                    "mbedTLS refuses the certificate");
    }
  }
}

void context::read_identity(std::size_t index) {
  const plugin::identity &source = config_.identities[index];
  const std::string field = "identities[" + std::to_string(index) + "]";
  const std::string key = field + ".private_key";
  own_identity &own = *identities_.emplace_back(std::make_unique<own_identity>());
  for (std::size_t i = 0; i < source.certificates.size(); ++i) {
    parse_certificate(*own.certificates.get(), source.certificates[i],
                      field + ".certificates[" + std::to_string(i) + "]");
  }
  parse_private_key(*own.private_key.get(), source.private_key, key);
  if (try_twice([&] { return check_pair(own.certificates->pk, *own.private_key.get(), random_bytes); }) !=
      0) {
    throw plugin::error(
        plugin::make_error(UNITLS_E_INVALID, key, "the private key does not match the certificate"));
  }
  allow_any_purpose(*own.certificates.get());
}

int context::present(mbedtls_ssl_context &ssl, const plugin::identity_set::group &group) const noexcept {
  for (const std::size_t i : group) {
    own_identity &own = *identities_[i];
    const int code = mbedtls_ssl_set_hs_own_cert(&ssl, own.certificates.get(), own.private_key.get());
    if (code != 0) {
      return code;
    }
  }
  return 0;
}

void context::apply_protocols() {
  if (config_.alpn.empty()) {
    return;
  }
  for (const std::string &name : config_.alpn) {
    protocols_.push_back(name.c_str());
  }
  protocols_.push_back(nullptr);
  const int code = mbedtls_ssl_conf_alpn_protocols(ssl_config_.get(), protocols_.data());
  if (code != 0) {
    throw_failure(code, UNITLS_E_INTERNAL, "alpn", "mbedTLS refuses the protocol names");
  }
}

// A server's library only notes what is wrong with a client, and the connection ends the handshake: its own
// alert in TLS 1.3 is encrypted with keys that the client does not have yet. So does a client's when nothing is
// verified: then mbedTLS must not refuse, and may have no anchors.
void context::apply_peer() {
  if (config_.is_server) {
    mbedtls_ssl_conf_sni(ssl_config_.get(), choose_identity, nullptr);
    mbedtls_ssl_conf_cert_req_ca_list(ssl_config_.get(), MBEDTLS_SSL_CERT_REQ_CA_LIST_DISABLED);
  }
  if (config_.peer == plugin::peer_certificate::ignored) {
    mbedtls_ssl_conf_authmode(ssl_config_.get(), MBEDTLS_SSL_VERIFY_NONE);
    return;
  }
  const bool only_notes = config_.is_server || config_.verify == plugin::verification::none;
  mbedtls_ssl_conf_authmode(ssl_config_.get(),
                            only_notes ? MBEDTLS_SSL_VERIFY_OPTIONAL : MBEDTLS_SSL_VERIFY_REQUIRED);
  mbedtls_ssl_conf_cert_profile(ssl_config_.get(), &permissive_profile());
  mbedtls_ssl_conf_ca_chain(ssl_config_.get(), anchors_of(*config_.anchors), nullptr);
}

} // namespace unitls::mbedtls
