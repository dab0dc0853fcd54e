#include "connection.hpp"

#include <algorithm>
#include <cstring>

#include <unitls/plugin/certificate_message.hpp>

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

// A Certificate message without entries: nothing but zeros for the length of the list, and in TLS 1.3 for that of
// certificate_request_context, which is empty inside a handshake.
bool is_empty_certificate_message(std::span<const std::uint8_t> message, bool is_tls13) noexcept {
  return message.size() == (is_tls13 ? 4 : 3) &&
         std::ranges::all_of(message, [](std::uint8_t octet) { return octet == 0; });
}

unitls_error out_of_memory() noexcept {
  unitls_error failure =
      plugin::make_error(UNITLS_E_NOMEM, {}, "out of memory while the peer's certificate was verified");
  failure.alert = SSL_AD_INTERNAL_ERROR;
  return failure;
}

// Empty when the client sent none.
std::string_view server_name(const SSL *ssl) noexcept {
  const char *const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  return name != nullptr ? name : std::string_view();
}

} // namespace

connection::connection(plugin::transport_link &link, const context &context,
                       const unitls_session_config &config)
    : link_(link), context_(context), settings_(config, context.config()),
      verification_(context.config(), facts(), settings_) {
  const error_scope scope;
  ssl_.reset(SSL_new(context.native()));
  if (ssl_ == nullptr) {
    throw std::bad_alloc();
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
    throw std::bad_alloc(); // the name was checked
  }
}

// What a call that did not succeed came to. The error queue is not asked: it belongs to the whole thread, and a stale
// entry of somebody else would speak for us.
outcome connection::classify() const noexcept {
  if (verification_.current() == plugin::peer_verification::answer::pending) {
    return outcome::pending;
  }
  if (link_.wants_read()) {
    return outcome::again;
  }
  const bool peer_closed = (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  // A fatal alert sets the same bit: only the info callback tells the two apart.
  return peer_closed && link_.alert_direction() == UNITLS_ALERT_NONE ? outcome::closed : outcome::failed;
}

outcome connection::handshake() noexcept {
  if (SSL_do_handshake(ssl_.get()) != 1) {
    return classify();
  }
  SSL_set_msg_callback(ssl_.get(), nullptr); // it would be called for every record of data
  return outcome::done;
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
  facts.flags |= EVP_default_properties_is_fips_enabled(nullptr) == 1 ? UNITLS_INFO_FIPS : 0;
  const unsigned char *protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &size);
  if (size != 0 && size <= sizeof facts.alpn) {
    std::memcpy(facts.alpn, protocol, size);
    facts.alpn_size = size;
  }
  plugin::put_text(facts.server_name, sizeof facts.server_name, server_name(ssl));
}

unitls_status connection::peer_certificates(unitls_bytes_sink sink, void *user) const {
  if (!verification_.presented().empty()) { // OpenSSL forgets what was refused
    return verification_.presented().give(sink, user);
  }
  const borrowing_stack all = make_stack<borrowing_stack>();
  X509 *const leaf = SSL_get0_peer_certificate(ssl_.get());
  if (context_.is_server() && leaf != nullptr) {
    push(all, leaf); // servers keep the leaf apart from the chain
  }
  const STACK_OF(X509) *const chain = SSL_get_peer_cert_chain(ssl_.get());
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    push(all, sk_X509_value(chain, i));
  }
  std::vector<std::vector<std::uint8_t>> memory;
  for (const unitls_bytes &der : encode_certificates(all.get(), memory)) {
    const unitls_status status = sink(user, der);
    if (status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

void connection::explain(unitls_error &error) noexcept {
  explain_failure(error);
  try {
    const error_scope scope;
    judge_unread_certificates();
  } catch (const std::exception &) {
    verification_.refuse(out_of_memory());
  }
  if (verification_.current() != plugin::peer_verification::answer::refused) {
    return;
  }
  const std::int64_t native_code = error.native_code;
  const unitls_error *const refusal = verification_.refusal();
  error = refusal != nullptr ? *refusal : out_of_memory();
  error.native_code = native_code;
}

void connection::note_alert(bool sent, std::uint32_t alert) noexcept {
  link_.note_alert(sent ? UNITLS_ALERT_SENT : UNITLS_ALERT_RECEIVED, alert);
}

// OpenSSL shows the message before it reads it. It is kept because OpenSSL hands out no list in which it cannot read an
// entry, and none of the bytes as they were sent.
void connection::note_certificate_message(std::span<const std::uint8_t> message) noexcept {
  if (context_.is_server() && is_empty_certificate_message(message, is_tls13())) {
    judge_absence();
    return;
  }
  try {
    certificate_message_.assign(message.begin(), message.end());
  } catch (const std::bad_alloc &) {
    verification_.refuse(out_of_memory());
  }
}

// OpenSSL asks nobody about a client without a certificate, but refuses it when one is required.
void connection::judge_absence() noexcept {
  if (context_.config().peer == plugin::peer_certificate::requested &&
      verification_.judge_absence() == plugin::peer_verification::answer::refused) {
    SSL_set_verify(ssl_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
}

void connection::judge_presented(X509_STORE_CTX &store) {
  const auto presented = plugin::read_certificate_message(certificate_message_, is_tls13());
  handshake_verifier library(store, *context_.config().anchors);
  verification_.judge(presented, library);
  certificate_message_ = {};
}

// When OpenSSL gave up before it asked us, it could not read an entry: then the peer's certificate is what to tell of.
// A message that is no list at all is OpenSSL's own to complain about.
void connection::judge_unread_certificates() {
  const auto presented = plugin::read_certificate_message(certificate_message_, is_tls13());
  if (presented.empty()) {
    return;
  }
  const plugin::presented_chain chain(presented, facts().certificates);
  offline_verifier library(chain, *context_.config().anchors,
                           context_.is_server() ? plugin::purpose::client : plugin::purpose::server);
  verification_.judge(presented, library);
  certificate_message_ = {};
}

bool connection::verify(X509_STORE_CTX &store) noexcept {
  using answer = plugin::peer_verification::answer;
  const error_scope scope;
  try {
    if (verification_.current() == answer::pending) {
      verification_.ask_again();
    } else {
      judge_presented(store);
    }
  } catch (const std::bad_alloc &) {
    verification_.refuse(out_of_memory());
  }
  switch (verification_.current()) {
  case answer::accepted:
    X509_STORE_CTX_set_error(&store, X509_V_OK);
    return true;
  case answer::pending:
    // A server of OpenSSL 3.0 would take this for yes: it never comes so far, and must not.
    return !context_.is_server() && SSL_set_retry_verify(ssl_.get()) == 1;
  default:
    break;
  }
  const unitls_error *const refusal = verification_.refusal();
  X509_STORE_CTX_set_error(&store,
                           refusal != nullptr ? error_for_alert(refusal->alert) : X509_V_ERR_OUT_OF_MEM);
  return false;
}

void note_alerts(const SSL *ssl, int where, int value) {
  constexpr int fatal = 2;
  if ((where & SSL_CB_ALERT) != 0 && value >> 8 == fatal) {
    connection_of(ssl).note_alert((where & SSL_CB_WRITE) != 0, static_cast<std::uint32_t>(value & 0xff));
  }
}

void note_message(int sent, int, int content_type, const void *data, std::size_t size, SSL *ssl, void *) {
  constexpr std::size_t header_size = 4; // type and length
  const std::span message(static_cast<const std::uint8_t *>(data), size);
  if (sent == 0 && content_type == SSL3_RT_HANDSHAKE && size >= header_size &&
      message.front() == SSL3_MT_CERTIFICATE) {
    connection_of(ssl).note_certificate_message(message.subspan(header_size));
  }
}

int verify_chain(X509_STORE_CTX *store, void *) {
  const auto *const ssl =
      static_cast<const SSL *>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  return connection_of(ssl).verify(*store) ? 1 : 0;
}

// Called for every ClientHello, also for one without a name.
int check_server_name(SSL *ssl, int *alert, void *own) {
  const auto &current = *static_cast<const context *>(own);
  const bool is_known = current.identities().select(server_name(ssl)) != plugin::identity_set::unknown;
  if (is_known) {
    return SSL_TLSEXT_ERR_OK;
  }
  if (!current.config().strict_sni) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *alert = SSL_AD_UNRECOGNIZED_NAME;
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

int choose_identity(SSL *ssl, void *own) {
  const auto &all = static_cast<const context *>(own)->identities();
  const std::size_t found = all.select(server_name(ssl));
  return all.load(ssl, found != plugin::identity_set::unknown ? found : 0) ? 1 : 0;
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
