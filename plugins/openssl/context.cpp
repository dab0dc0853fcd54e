#include "context.hpp"

#include <charconv>

#include "connection.hpp"
#include "failure.hpp"
#include "parameters.hpp"

namespace unitls::openssl {
context::context(plugin::configuration config)
    : config_(std::move(config)),
      ssl_ctx_(make_ssl_ctx(config_.is_server ? TLS_server_method() : TLS_client_method())) {
  const error_scope scope;
  SSL_CTX_set_options(ssl_ctx_.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
#ifdef SSL_OP_NO_RX_CERTIFICATE_COMPRESSION // OpenSSL 3.2: the peer's Certificate message is read as it was sent
  SSL_CTX_set_options(ssl_ctx_.get(), SSL_OP_NO_RX_CERTIFICATE_COMPRESSION);
#endif
  SSL_CTX_set_session_cache_mode(ssl_ctx_.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(ssl_ctx_.get(), 0);
  SSL_CTX_set_info_callback(ssl_ctx_.get(), note_alerts);
  attempt_twice([this] { apply_options(); });
  apply_versions();
  apply_parameters(ssl_ctx_.get(), config_);
  apply_identities();
  apply_protocols();
  apply_peer();
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
      // A suite without certificates would never have its peer verified.
      if (SSL_CTX_set_cipher_list(ssl_ctx_.get(), (value + ":!aNULL:!eNULL").c_str()) != 1) {
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

void context::apply_identities() {
  identities_ = openssl::identities(ssl_ctx_.get(), config_.identities);
  config_.identities.clear(); // OpenSSL has its own copy; ours is wiped
  if (config_.is_server && (identities_.need_choice() || config_.strict_sni)) {
    SSL_CTX_set_tlsext_servername_callback(ssl_ctx_.get(), check_server_name);
    SSL_CTX_set_tlsext_servername_arg(ssl_ctx_.get(), this);
  }
  if (config_.is_server && identities_.need_choice()) {
    SSL_CTX_set_cert_cb(ssl_ctx_.get(), choose_identity, this);
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
    throw std::bad_alloc(); // the names were checked
  }
}

void context::apply_peer() {
  int mode = SSL_VERIFY_NONE;
  if (config_.peer != plugin::peer_certificate::ignored) {
    mode = SSL_VERIFY_PEER;
    SSL_CTX_set_cert_verify_callback(ssl_ctx_.get(), verify_chain, nullptr);
    SSL_CTX_set_msg_callback(ssl_ctx_.get(), note_message);
  }
  if (config_.is_server && config_.peer == plugin::peer_certificate::required) {
    mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  SSL_CTX_set_verify(ssl_ctx_.get(), mode, nullptr);
}

} // namespace unitls::openssl
