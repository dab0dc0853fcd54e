#include "context.hpp"

#include <charconv>
#include <climits>

#include "connection.hpp"
#include "failure.hpp"
#include "trust.hpp"

namespace unitls::openssl {
namespace {

ssl_ctx_handle make_ssl_ctx(bool is_server) {
  ssl_ctx_handle made(SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method()));
  if (made == nullptr) {
    throw_failure(UNITLS_E_INTERNAL, {}, "OpenSSL makes no context");
  }
  return made;
}

// Null when the certificate, or the key in it, cannot be read.
x509_handle try_certificate(const plugin::secret_bytes &der) {
  const unsigned char *position = der.data();
  x509_handle certificate(d2i_X509(nullptr, &position, static_cast<long>(der.size())));
  return certificate != nullptr && X509_get0_pubkey(certificate.get()) != nullptr ? std::move(certificate)
                                                                                  : nullptr;
}

x509_handle parse_certificate(const plugin::secret_bytes &der, const std::string &field) {
  x509_handle certificate = try_certificate(der);
  if (certificate == nullptr) {
    if (try_certificate(der) != nullptr) {
      throw std::bad_alloc(); // OpenSSL calls a lack of memory a decoding error, too
    }
    throw_failure(UNITLS_E_INVALID, field, "not a certificate that OpenSSL can read");
  }
  return certificate;
}

evp_pkey_handle parse_private_key(const plugin::secret_bytes &der, const std::string &field) {
  const unsigned char *position = der.data();
  evp_pkey_handle key(d2i_AutoPrivateKey(nullptr, &position, static_cast<long>(der.size())));
  if (key == nullptr) {
    throw_failure(UNITLS_E_INVALID, field, "not a private key");
  }
  return key;
}

} // namespace

context::context(plugin::configuration config)
    : config_(std::move(config)), ssl_ctx_(make_ssl_ctx(config_.is_server)) {
  const error_scope scope;
  SSL_CTX_set_options(ssl_ctx_.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(ssl_ctx_.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(ssl_ctx_.get(), 0);
  SSL_CTX_set_info_callback(ssl_ctx_.get(), note_alerts);
  apply_options();
  apply_versions();
  for (const plugin::identity &identity : config_.identities) {
    apply_identity(identity);
  }
  apply_protocols();
  apply_peer();
  config_.identities.clear(); // OpenSSL has its own copy; ours is wiped
}

void context::apply_versions() {
  if (SSL_CTX_set_min_proto_version(ssl_ctx_.get(), config_.min_version) != 1 ||
      SSL_CTX_set_max_proto_version(ssl_ctx_.get(), config_.max_version) != 1) {
    throw_failure(UNITLS_E_UNSUPPORTED, "min_version", "OpenSSL refuses the range of versions");
  }
}

void context::apply_options() {
  for (const auto &[name, value] : config_.options) {
    const std::string field = "options[" + name + "]";
    if (name == UNITLS_PLUGIN_ID ".cipher_string") {
      if (SSL_CTX_set_cipher_list(ssl_ctx_.get(), value.c_str()) != 1) {
        throw_failure(UNITLS_E_INVALID, field, "not an OpenSSL cipher string");
      }
      continue;
    }
    int level = 0; // the security level: the checker lets no other name through
    const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), level);
    if (fault != std::errc() || end != value.data() + value.size() || level < 0 || level > 5) {
      throw plugin::error(plugin::make_error(UNITLS_E_INVALID, field, "must be a number from 0 to 5"));
    }
    SSL_CTX_set_security_level(ssl_ctx_.get(), level);
  }
}

void context::apply_identity(const plugin::identity &identity) {
  const std::string chain = "identities[0].certificates";
  const std::string key = "identities[0].private_key";
  const x509_handle leaf = parse_certificate(identity.certificates.front(), chain + "[0]");
  if (SSL_CTX_use_certificate(ssl_ctx_.get(), leaf.get()) != 1) {
    throw_failure(UNITLS_E_INVALID, chain + "[0]", "OpenSSL refuses the certificate");
  }
  for (std::size_t i = 1; i < identity.certificates.size(); ++i) {
    const std::string field = chain + "[" + std::to_string(i) + "]";
    if (SSL_CTX_add1_chain_cert(ssl_ctx_.get(), parse_certificate(identity.certificates[i], field).get()) !=
        1) {
      throw_failure(UNITLS_E_INVALID, field, "OpenSSL refuses the certificate");
    }
  }
  const evp_pkey_handle private_key = parse_private_key(identity.private_key, key);
  const auto matches = [&] { return X509_check_private_key(leaf.get(), private_key.get()) == 1; };
  if (!matches()) {
    if (matches()) {
      throw std::bad_alloc(); // a lack of memory looks like a mismatch
    }
    throw plugin::error(
        plugin::make_error(UNITLS_E_INVALID, key, "the private key does not match the certificate"));
  }
  if (SSL_CTX_use_PrivateKey(ssl_ctx_.get(), private_key.get()) != 1) {
    throw_failure(UNITLS_E_INVALID, key, "OpenSSL refuses the private key");
  }
}

void context::apply_protocols() {
  for (const std::string &name : config_.alpn) {
    protocols_.push_back(static_cast<std::uint8_t>(name.size()));
    protocols_.insert(protocols_.end(), name.begin(), name.end());
  }
  if (protocols_.empty()) {
    return;
  }
  if (config_.is_server) {
    SSL_CTX_set_alpn_select_cb(ssl_ctx_.get(), select_protocol, this);
  } else if (SSL_CTX_set_alpn_protos(ssl_ctx_.get(), protocols_.data(),
                                     static_cast<unsigned>(protocols_.size())) != 0) {
    throw_failure(UNITLS_E_INTERNAL, "alpn", "OpenSSL refuses the protocol names");
  }
}

void context::apply_peer() {
  int mode = SSL_VERIFY_NONE;
  if (config_.peer != plugin::peer_certificate::ignored) {
    mode = SSL_VERIFY_PEER;
    SSL_CTX_set_cert_verify_callback(ssl_ctx_.get(), verify_chain, nullptr);
  }
  if (config_.is_server && config_.peer == plugin::peer_certificate::required) {
    mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  SSL_CTX_set_verify(ssl_ctx_.get(), mode, nullptr);
}

} // namespace unitls::openssl
