#include "connection.hpp"

#include <array>
#include <cstring>
#include <string_view>

#include <unitls/plugin/certificate_message.hpp>
#include <unitls/plugin/client_hello.hpp>

#include "failure.hpp"
#include "numbers.hpp"
#include "plugin.hpp"
#include "transport.hpp"
#include "trust.hpp"

namespace unitls::gnutls {
namespace {

using plugin::outcome;
using verdict = plugin::peer_verification::answer;

connection &connection_of(gnutls_session_t session) {
  return *static_cast<connection *>(gnutls_session_get_ptr(session));
}

session_handle make_session(bool is_server) {
  // A client presents the identity that it was given, whatever issuers the server names.
  const unsigned side =
      is_server ? unsigned{GNUTLS_SERVER} : unsigned{GNUTLS_CLIENT} | GNUTLS_FORCE_CLIENT_CERT;
  return make<session_handle>(gnutls_init, side | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_NO_TICKETS);
}

gnutls_certificate_request_t request_of(plugin::peer_certificate peer) noexcept {
  switch (peer) {
  case plugin::peer_certificate::requested:
    return GNUTLS_CERT_REQUEST;
  case plugin::peer_certificate::required:
    return GNUTLS_CERT_REQUIRE;
  default:
    return GNUTLS_CERT_IGNORE;
  }
}

using name_buffer = std::array<char, UNITLS_SERVER_NAME_SIZE>;

// What the client sent, empty when it sent none.
std::string_view requested_name(gnutls_session_t session, name_buffer &buffer) noexcept {
  std::size_t size = buffer.size();
  unsigned type = 0;
  const int code = gnutls_server_name_get(session, buffer.data(), &size, &type, 0);
  return code >= 0 ? std::string_view(buffer.data()) : std::string_view();
}

} // namespace

connection::connection(plugin::transport_link &link, const context &context,
                       const unitls_session_config &config)
    : link_(link), context_(context), settings_(config, context.config()),
      verification_(context.config(), facts(), settings_), session_(make_session(context.is_server())) {
  gnutls_session_t const session = session_.get();
  attach_transport(session, link);
  gnutls_session_set_ptr(session, this);
  // By itself GnuTLS writes every session's keys to the file that SSLKEYLOGFILE names.
  gnutls_session_set_keylog_function(session, nullptr);
  apply(gnutls_priority_set(session, context.priorities().initial()), "");
  apply(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, context.credentials().credentials(0)), "");
  if (const auto protocols = context.protocols(); !protocols.empty()) {
    const unsigned flags = context.is_server() ? GNUTLS_ALPN_MANDATORY | GNUTLS_ALPN_SERVER_PRECEDENCE : 0;
    apply(
        gnutls_alpn_set_protocols(session, protocols.data(), static_cast<unsigned>(protocols.size()), flags),
        "alpn");
  }
  apply_callbacks();
  if (context.is_server()) {
    gnutls_certificate_server_set_request(session, request_of(context.config().peer));
    return;
  }
  if (const char *const name = settings_.server_name()) {
    apply(gnutls_server_name_set(session, GNUTLS_NAME_DNS, name, std::strlen(name)), "server_name");
  }
}

// GnuTLS has room for one function that looks at messages.
void connection::apply_callbacks() {
  gnutls_session_t const session = session_.get();
  const bool verifies = context_.config().peer != plugin::peer_certificate::ignored;
  if (verifies) {
    gnutls_session_set_verify_function(session, verify_chain);
  }
  if (context_.is_server() && context_.depends_on_hello()) {
    gnutls_handshake_set_post_client_hello_function(session, gnutls::look_at_hello);
  }
  if (verifies || context_.priorities().need_offer()) {
    gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_PRE, note_message);
  }
}

void connection::apply(int code, const char *field) const {
  if (code < 0) {
    throw_failure(UNITLS_E_INTERNAL, field, "GnuTLS makes no session", code);
  }
}

// What a call that did not succeed came to.
outcome connection::classify(int code) noexcept {
  code_ = code == GNUTLS_E_NO_CERTIFICATE_FOUND && is_alert_in_certificates_place()
              ? int{GNUTLS_E_FATAL_ALERT_RECEIVED}
              : code;
  switch (code_) {
  case GNUTLS_E_FATAL_ALERT_RECEIVED:
    link_.note_alert(UNITLS_ALERT_RECEIVED, static_cast<std::uint32_t>(gnutls_alert_get(session_.get())));
    return outcome::failed;
  case GNUTLS_E_SESSION_EOF: // a client's word for close_notify inside the handshake
    return outcome::closed;
  case GNUTLS_E_REHANDSHAKE:
    return refuse_renegotiation();
  case GNUTLS_E_UNEXPECTED_PACKET: // the ClientHello that was refused comes out once more
    if (std::exchange(renegotiation_refused_, false)) {
      return outcome::again;
    }
    return outcome::failed;
  default: // a warning, a ticket or a key update is as little fatal as a transport without bytes
    return gnutls_error_is_fatal(code) == 0 ? outcome::again : outcome::failed;
  }
}

// To a server of TLS 1.2, GnuTLS calls any alert no certificate when it stands where one was due, and tells no level. An
// empty Certificate message would have been kept; what is a warning by its nature is no end (RFC 5246, 7.2).
bool connection::is_alert_in_certificates_place() const noexcept {
  switch (gnutls_alert_get(session_.get())) {
  case GNUTLS_A_CLOSE_NOTIFY:
  case GNUTLS_A_SSL3_NO_CERTIFICATE:
  case GNUTLS_A_USER_CANCELED:
  case GNUTLS_A_NO_RENEGOTIATION:
    return false;
  default:
    return certificate_message_.empty();
  }
}

outcome connection::refuse_renegotiation() noexcept {
  renegotiation_refused_ = context_.is_server();
  const int code = gnutls_alert_send(session_.get(), GNUTLS_AL_WARNING, GNUTLS_A_NO_RENEGOTIATION);
  return code >= 0 ? outcome::again : outcome::failed;
}

// While the program's callback has not decided, our verify function says E_AGAIN, and nothing else can.
outcome connection::handshake() noexcept {
  const int code = gnutls_handshake(session_.get());
  if (code >= 0) {
    return outcome::done;
  }
  const bool waits = code == GNUTLS_E_AGAIN && verification_.current() == verdict::pending;
  return waits ? outcome::pending : classify(code);
}

outcome connection::read(std::span<std::uint8_t> buffer, std::size_t &done) noexcept {
  const ssize_t result = gnutls_record_recv(session_.get(), buffer.data(), buffer.size());
  if (result > 0) {
    done = static_cast<std::size_t>(result);
    return outcome::done;
  }
  return result == 0 ? outcome::closed : classify(static_cast<int>(result));
}

outcome connection::write(std::span<const std::uint8_t> data, std::size_t &done) noexcept {
  const ssize_t result = gnutls_record_send(session_.get(), data.data(), data.size());
  if (result > 0) {
    done = static_cast<std::size_t>(result);
    return outcome::done;
  }
  return classify(static_cast<int>(result));
}

outcome connection::close_notify() noexcept {
  const int code = gnutls_bye(session_.get(), GNUTLS_SHUT_WR);
  return code >= 0 ? outcome::done : classify(code);
}

std::size_t connection::pending() const noexcept {
  return gnutls_record_check_pending(session_.get());
}

void connection::info(unitls_info &facts) const noexcept {
  gnutls_session_t const session = session_.get();
  facts.version = gnutls_protocol_get_version(session) == GNUTLS_TLS1_3 ? UNITLS_TLS_1_3 : UNITLS_TLS_1_2;
  facts.cipher_suite = negotiated_cipher_suite(session);
  facts.group = negotiated_group(session);
  facts.signature_scheme = server_signature_scheme(session);
  facts.flags = (gnutls_session_is_resumed(session) != 0 ? UNITLS_INFO_RESUMED : 0) |
                (gnutls_fips140_mode_enabled() != 0 ? UNITLS_INFO_FIPS : 0);
  gnutls_datum_t protocol{};
  if (gnutls_alpn_get_selected_protocol(session, &protocol) >= 0 && protocol.size <= sizeof facts.alpn) {
    std::memcpy(facts.alpn, protocol.data, protocol.size);
    facts.alpn_size = protocol.size;
  }
  name_buffer buffer;
  const char *const own_name = settings_.server_name() != nullptr ? settings_.server_name() : "";
  plugin::put_text(facts.server_name, sizeof facts.server_name,
                   context_.is_server() ? requested_name(session, buffer) : std::string_view(own_name));
}

unitls_status connection::peer_certificates(unitls_bytes_sink sink, void *user) const {
  if (!verification_.presented().empty()) { // GnuTLS may have none of them
    return verification_.presented().give(sink, user);
  }
  for (const unitls_bytes &der : presented_certificates(session_.get())) {
    const unitls_status status = sink(user, der);
    if (status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

void connection::explain(unitls_error &error) noexcept {
  judge_kept_certificates();
  if (verification_.refusal() != nullptr) {
    error = *verification_.refusal();
  } else if (lacks_client_certificate()) {
    error = plugin::missing_client_certificate();
  } else {
    explain_failure(code_, error);
  }
  error.native_code = code_;
  if (link_.peer_speaks_tls() && link_.alert_direction() == UNITLS_ALERT_NONE) {
    send_alert(alert_due());
  }
}

bool connection::lacks_client_certificate() const noexcept {
  return context_.is_server() &&
         (code_ == GNUTLS_E_NO_CERTIFICATE_FOUND || code_ == GNUTLS_E_CERTIFICATE_REQUIRED);
}

std::uint32_t connection::alert_due() const noexcept {
  if (verification_.refusal() != nullptr) {
    return verification_.refusal()->alert;
  }
  if (lacks_client_certificate()) { // GnuTLS's own choice for TLS 1.2 would be decode_error
    return gnutls_protocol_get_version(session_.get()) == GNUTLS_TLS1_3 ? GNUTLS_A_CERTIFICATE_REQUIRED
                                                                        : GNUTLS_A_HANDSHAKE_FAILURE;
  }
  return alert_for_failure(code_);
}

void connection::send_alert(std::uint32_t alert) noexcept {
  if (gnutls_alert_send(session_.get(), GNUTLS_AL_FATAL, static_cast<gnutls_alert_description_t>(alert)) >=
      0) {
    link_.note_alert(UNITLS_ALERT_SENT, alert);
  }
}

int connection::verify() noexcept {
  try {
    const auto presented = presented_certificates(session_.get());
    if (presented.empty() && context_.config().peer == plugin::peer_certificate::required) {
      return GNUTLS_E_CERTIFICATE_REQUIRED;
    }
    switch (presented.empty() ? verification_.judge_absence() : judge(presented)) {
    case verdict::accepted:
      certificate_message_ = {};
      return GNUTLS_E_SUCCESS;
    case verdict::pending:
      return GNUTLS_E_AGAIN;
    default:
      return GNUTLS_E_CERTIFICATE_ERROR;
    }
  } catch (const std::bad_alloc &) {
    return GNUTLS_E_MEMORY_ERROR;
  }
}

verdict connection::judge(std::span<const unitls_bytes> presented) noexcept {
  gnutls_verifier library(*context_.config().anchors,
                          context_.is_server() ? plugin::purpose::client : plugin::purpose::server);
  return verification_.judge(presented, library);
}

// A server knows the client's name, version and offer, and has chosen nothing but the version.
int connection::look_at_hello() noexcept {
  std::size_t identity = 0;
  if (const int code = choose_identity(identity); code < 0) {
    return code;
  }
  try {
    return context_.priorities().need_version() ? choose_priority(identity) : GNUTLS_E_SUCCESS;
  } catch (const std::bad_alloc &) {
    return GNUTLS_E_MEMORY_ERROR;
  }
}

int connection::choose_identity(std::size_t &position) noexcept {
  name_buffer buffer;
  position = context_.credentials().select(requested_name(session_.get(), buffer));
  if (position != plugin::identity_set::unknown) {
    return gnutls_credentials_set(session_.get(), GNUTLS_CRD_CERTIFICATE,
                                  context_.credentials().credentials(position));
  }
  position = 0;
  return context_.config().strict_sni ? GNUTLS_E_UNRECOGNIZED_NAME : GNUTLS_E_SUCCESS;
}

int connection::choose_priority(std::size_t identity) {
  const std::vector<std::uint8_t> hello = std::exchange(client_hello_, {});
  const parameters &priorities = context_.priorities();
  const bool is_tls13 = gnutls_protocol_get_version(session_.get()) == GNUTLS_TLS1_3;
  gnutls_priority_t const known = priorities.for_version(is_tls13 ? UNITLS_TLS_1_3 : UNITLS_TLS_1_2);
  if (known != nullptr) {
    return gnutls_priority_set(session_.get(), known);
  }
  const priority_handle chosen = priorities.for_offer(plugin::read_offered_cipher_suites(hello),
                                                      context_.credentials().key_exchanges(identity));
  return chosen != nullptr ? gnutls_priority_set(session_.get(), chosen.get()) : GNUTLS_E_NO_CIPHER_SUITES;
}

// The Certificate message is kept because GnuTLS hands out no list in which it cannot read an entry. Without memory
// the failure stays GnuTLS's own; without its hello a client offers nothing.
void connection::keep_message(unsigned type, std::span<const std::uint8_t> message) noexcept {
  const bool is_hello = type == GNUTLS_HANDSHAKE_CLIENT_HELLO && context_.priorities().need_offer();
  if (!is_hello && type != GNUTLS_HANDSHAKE_CERTIFICATE_PKT) {
    return;
  }
  std::vector<std::uint8_t> &kept = is_hello ? client_hello_ : certificate_message_;
  try {
    kept.assign(message.begin(), message.end());
  } catch (const std::bad_alloc &) {
    kept.clear();
  }
}

// GnuTLS asks us last, in TLS 1.3 after CertificateVerify. When it has given up before, and the peer's
// certificate is refused, then that is what to tell.
void connection::judge_kept_certificates() noexcept {
  if (certificate_message_.empty() || verification_.current() != verdict::none ||
      link_.alert_direction() != UNITLS_ALERT_NONE) {
    return;
  }
  try {
    const bool is_tls13 = gnutls_protocol_get_version(session_.get()) == GNUTLS_TLS1_3;
    const auto presented = plugin::read_certificate_message(certificate_message_, is_tls13);
    if (!presented.empty()) {
      judge(presented);
    }
  } catch (const std::bad_alloc &) {
    code_ = GNUTLS_E_MEMORY_ERROR;
  }
}

int verify_chain(gnutls_session_t session) {
  return connection_of(session).verify();
}

int look_at_hello(gnutls_session_t session) {
  return connection_of(session).look_at_hello();
}

int note_message(gnutls_session_t session, unsigned type, unsigned, unsigned incoming,
                 const gnutls_datum_t *message) {
  if (incoming != 0) {
    connection_of(session).keep_message(type, {message->data, message->size});
  }
  return GNUTLS_E_SUCCESS;
}

} // namespace unitls::gnutls
