#include "context.hpp"

#include <mbedtls/oid.h>

#include "connection.hpp"
#include "failure.hpp"
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

} // namespace

context::context(plugin::configuration config) : config_(std::move(config)) {
  const int code = mbedtls_ssl_config_defaults(
      ssl_config_.get(), config_.is_server ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT,
      MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
  if (code != 0) {
    throw_failure(code, UNITLS_E_INTERNAL, {}, "mbedTLS makes no configuration");
  }
  mbedtls_ssl_conf_rng(ssl_config_.get(), random_bytes, nullptr);
  disable_resumption(*ssl_config_.get(), config_.is_server);
  apply_versions();
  for (const plugin::identity &identity : config_.identities) {
    apply_identity(identity);
  }
  apply_protocols();
  apply_peer();
  config_.identities.clear(); // mbedTLS has its own copy; ours is wiped
}

void context::apply_versions() {
  set_versions(*ssl_config_.get(), config_.min_version, config_.max_version);
}

void context::apply_identity(const plugin::identity &identity) {
  const std::string chain = "identities[0].certificates";
  const std::string key = "identities[0].private_key";
  for (std::size_t i = 0; i < identity.certificates.size(); ++i) {
    parse_certificate(*certificates_.get(), identity.certificates[i], chain + "[" + std::to_string(i) + "]");
  }
  parse_private_key(*private_key_.get(), identity.private_key, key);
  if (try_twice([&] { return check_pair(certificates_->pk, *private_key_.get(), random_bytes); }) != 0) {
    throw plugin::error(
        plugin::make_error(UNITLS_E_INVALID, key, "the private key does not match the certificate"));
  }
  allow_any_purpose(*certificates_.get());
  const int code = mbedtls_ssl_conf_own_cert(ssl_config_.get(), certificates_.get(), private_key_.get());
  if (code != 0) {
    throw_failure(code, UNITLS_E_INVALID, chain, "mbedTLS refuses the certificate");
  }
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
// alert in TLS 1.3 is encrypted with keys that the client does not have yet.
void context::apply_peer() {
  if (config_.is_server) {
    mbedtls_ssl_conf_sni(ssl_config_.get(), note_server_name, nullptr);
    mbedtls_ssl_conf_cert_req_ca_list(ssl_config_.get(), MBEDTLS_SSL_CERT_REQ_CA_LIST_DISABLED);
  }
  if (config_.peer == plugin::peer_certificate::ignored) {
    mbedtls_ssl_conf_authmode(ssl_config_.get(), MBEDTLS_SSL_VERIFY_NONE);
    return;
  }
  mbedtls_ssl_conf_authmode(ssl_config_.get(),
                            config_.is_server ? MBEDTLS_SSL_VERIFY_OPTIONAL : MBEDTLS_SSL_VERIFY_REQUIRED);
  mbedtls_ssl_conf_cert_profile(ssl_config_.get(), &permissive_profile());
  mbedtls_ssl_conf_ca_chain(ssl_config_.get(), anchors_of(*config_.anchors), nullptr);
}

} // namespace unitls::mbedtls
