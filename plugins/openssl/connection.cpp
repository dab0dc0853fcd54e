#include "connection.hpp"

#include <cstring>

#include <unitls/plugin/peer.hpp>

#include "failure.hpp"
#include "numbers.hpp"
#include "plugin.hpp"
#include "transport.hpp"
#include "trust.hpp"

namespace unitls::openssl {
namespace {

using plugin::outcome;

connection &connection_of(const SSL *ssl) {
  return *static_cast<connection *>(SSL_get_app_data(ssl));
}

// OpenSSL chooses the alert by the verifier's error: these four give the numbers of the common table.
int error_for_alert(std::uint32_t alert) noexcept {
  switch (alert) {
  case SSL_AD_CERTIFICATE_REVOKED:
    return X509_V_ERR_CERT_REVOKED;
  case SSL_AD_UNKNOWN_CA:
    return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
  case SSL_AD_CERTIFICATE_EXPIRED:
    return X509_V_ERR_CERT_HAS_EXPIRED;
  case SSL_AD_INTERNAL_ERROR:
    return X509_V_ERR_UNSPECIFIED;
  default:
    return X509_V_ERR_CERT_REJECTED;
  }
}

unitls_status give_certificates(const std::vector<std::vector<std::uint8_t>> &certificates,
                                unitls_bytes_sink sink, void *user) {
  for (const auto &der : certificates) {
    const unitls_status status = sink(user, {der.data(), der.size()});
    if (status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

} // namespace

connection::connection(plugin::transport_link &link, const context &context,
                       const unitls_session_config &config)
    : link_(link), context_(context), settings_(config, context.is_server()) {
  const error_scope scope;
  ssl_.reset(SSL_new(context.native()));
  if (ssl_ == nullptr) {
    throw_failure(UNITLS_E_INTERNAL, {}, "OpenSSL makes no session");
  }
  SSL_set_app_data(ssl_.get(), this);
  BIO *const bio = make_transport_bio(link).release();
  SSL_set_bio(ssl_.get(), bio, bio);
  if (context.is_server()) {
    SSL_set_accept_state(ssl_.get());
    return;
  }
  SSL_set_connect_state(ssl_.get());
  if (settings_.server_name() != nullptr &&
      SSL_set_tlsext_host_name(ssl_.get(), settings_.server_name()) != 1) {
    throw_failure(UNITLS_E_INVALID, "server_name", "OpenSSL refuses the name");
  }
}

// What a call that did not succeed came to. The error queue is not asked: it belongs to the whole thread, and a stale
// entry of somebody else would speak for us.
outcome connection::classify() const noexcept {
  if (link_.wants_read()) {
    return outcome::again;
  }
  const bool peer_closed = (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  // A fatal alert sets the same bit: only the info callback tells the two apart.
  return peer_closed && link_.alert_direction() == UNITLS_ALERT_NONE ? outcome::closed : outcome::failed;
}

outcome connection::handshake() noexcept {
  return SSL_do_handshake(ssl_.get()) == 1 ? outcome::done : classify();
}

outcome connection::read(std::span<std::uint8_t> buffer, std::size_t &done) noexcept {
  return SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &done) == 1 ? outcome::done : classify();
}

outcome connection::write(std::span<const std::uint8_t> data, std::size_t &done) noexcept {
  return SSL_write_ex(ssl_.get(), data.data(), data.size(), &done) == 1 ? outcome::done : classify();
}

// Called once: a second SSL_shutdown with data waiting would lose that data.
outcome connection::close_notify() noexcept {
  return SSL_shutdown(ssl_.get()) >= 0 ? outcome::done : outcome::failed;
}

std::size_t connection::pending() const noexcept {
  return static_cast<std::size_t>(SSL_pending(ssl_.get()));
}

void connection::info(unitls_info &facts) const noexcept {
  SSL *const ssl = ssl_.get();
  facts.version = static_cast<std::uint16_t>(SSL_version(ssl));
  facts.cipher_suite = SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(ssl));
  facts.group = negotiated_group(ssl);
  facts.signature_scheme = server_signature_scheme(ssl);
  facts.flags = SSL_session_reused(ssl) == 1 ? UNITLS_INFO_RESUMED : 0;
  const unsigned char *protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &size);
  if (size != 0 && size <= sizeof facts.alpn) {
    std::memcpy(facts.alpn, protocol, size);
    facts.alpn_size = size;
  }
  if (const char *const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)) {
    plugin::put_text(facts.server_name, sizeof facts.server_name, name);
  }
}

unitls_status connection::peer_certificates(unitls_bytes_sink sink, void *user) const {
  if (!refused_chain_.empty()) {
    return give_certificates(refused_chain_, sink, user);
  }
  std::vector<std::vector<std::uint8_t>> memory;
  const borrowing_stack all(sk_X509_new_null());
  if (all == nullptr) {
    throw std::bad_alloc();
  }
  const STACK_OF(X509) *const chain = SSL_get_peer_cert_chain(ssl_.get());
  X509 *const leaf = SSL_get0_peer_certificate(ssl_.get());
  if (context_.is_server() && leaf != nullptr && sk_X509_push(all.get(), leaf) == 0) {
    throw std::bad_alloc(); // servers keep the leaf apart from the chain
  }
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    if (sk_X509_push(all.get(), sk_X509_value(chain, i)) == 0) {
      throw std::bad_alloc();
    }
  }
  encode_certificates(all.get(), memory);
  return give_certificates(memory, sink, user);
}

void connection::explain(unitls_error &error) noexcept {
  explain_failure(error);
  if (refusal_ != nullptr) {
    const std::int64_t native_code = error.native_code;
    error = *refusal_;
    error.native_code = native_code;
  }
}

void connection::note_alert(bool sent, std::uint32_t alert) noexcept {
  link_.note_alert(sent ? UNITLS_ALERT_SENT : UNITLS_ALERT_RECEIVED, alert);
}

bool connection::verify(X509_STORE_CTX &store) noexcept {
  const error_scope scope;
  std::optional<unitls_error> refused;
  try {
    std::vector<std::vector<std::uint8_t>> memory;
    const auto presented = encode_certificates(X509_STORE_CTX_get0_untrusted(&store), memory);
    openssl_verifier library(store, *context_.config().anchors);
    refused = plugin::verify_peer(context_.config(), facts(), settings_, presented, library);
    X509_STORE_CTX_set0_trusted_stack(&store, nullptr); // the verifier's own list ends here
    if (!refused) {
      X509_STORE_CTX_set_error(&store, X509_V_OK);
      return true;
    }
    X509_STORE_CTX_set_error(&store, error_for_alert(refused->alert));
    refusal_ = std::make_unique<unitls_error>(*refused);
    refused_chain_ = std::move(memory);
  } catch (const std::bad_alloc &) {
    X509_STORE_CTX_set_error(&store, X509_V_ERR_OUT_OF_MEM);
  }
  return false;
}

void note_alerts(const SSL *ssl, int where, int value) {
  constexpr int fatal = 2;
  if ((where & SSL_CB_ALERT) != 0 && value >> 8 == fatal) {
    connection_of(ssl).note_alert((where & SSL_CB_WRITE) != 0, static_cast<std::uint32_t>(value & 0xff));
  }
}

int verify_chain(X509_STORE_CTX *store, void *) {
  const auto *const ssl =
      static_cast<const SSL *>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  return connection_of(ssl).verify(*store) ? 1 : 0;
}

// The server's order decides (RFC 7301, 3.2).
int select_protocol(SSL *, const unsigned char **selected, unsigned char *selected_size,
                    const unsigned char *offered, unsigned offered_size, void *own) {
  const auto &protocols = static_cast<const context *>(own)->protocols();
  unsigned char *choice = nullptr;
  const int found = SSL_select_next_proto(&choice, selected_size, protocols.data(),
                                          static_cast<unsigned>(protocols.size()), offered, offered_size);
  *selected = choice;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

} // namespace unitls::openssl
