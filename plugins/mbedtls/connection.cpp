#include "connection.hpp"

#include <algorithm>
#include <climits>
#include <cstring>
#include <new>

#include <unitls/plugin/peer.hpp>
#include <unitls/plugin/verdict_text.hpp>

#include "client_messages.hpp"
#include "failure.hpp"
#include "plugin.hpp"
#include "version.hpp"

namespace unitls::mbedtls {
namespace {

using plugin::outcome;
using answer = plugin::peer_verification::answer;

// Where the transport is attached; the connection lies around it.
connection &connection_of(const mbedtls_ssl_context *ssl) {
  return static_cast<transport_bio *>(bio_of(*ssl))->owner();
}

// mbedTLS leaves out a certificate whose signature algorithm it does not know, and goes on also when none
// remains.
unitls_error unknown_signature_algorithm() noexcept {
  unitls_error error = plugin::make_error(
      UNITLS_E_CERTIFICATE, {}, "mbedTLS does not know the signature algorithm of the peer's certificate");
  error.verify_flags = UNITLS_VERIFY_WEAK_ALGORITHM;
  error.alert = plugin::alert_for(UNITLS_VERIFY_WEAK_ALGORITHM);
  return error;
}

unitls_error out_of_memory() noexcept {
  unitls_error error = plugin::make_error(UNITLS_E_NOMEM, {}, "out of memory");
  error.alert = MBEDTLS_SSL_ALERT_MSG_INTERNAL_ERROR;
  return error;
}

unitls_error unknown_name() noexcept {
  unitls_error error =
      plugin::make_error(UNITLS_E_PROTOCOL, {}, "the client asks for a server name that no identity has");
  error.alert = MBEDTLS_SSL_ALERT_MSG_UNRECOGNIZED_NAME;
  return error;
}

// mbedTLS alone found a fault, or ended the handshake without having asked for our verdict.
unitls_error refused_by_library(std::uint32_t result) noexcept {
  if (result == 0) {
    unitls_error error =
        plugin::make_error(UNITLS_E_INTERNAL, {}, "mbedTLS did not verify the peer's certificate");
    error.alert = MBEDTLS_SSL_ALERT_MSG_INTERNAL_ERROR;
    return error;
  }
  unitls_error error = plugin::make_error(UNITLS_E_CERTIFICATE, {},
                                          "mbedTLS refuses the peer's certificate (0x%x)", unsigned(result));
  error.verify_flags = UNITLS_VERIFY_OTHER;
  error.alert = plugin::alert_for(UNITLS_VERIFY_OTHER);
  return error;
}

} // namespace

connection::connection(plugin::transport_link &link, const context &context,
                       const unitls_session_config &config)
    : link_(link), context_(context), bio_(link, *this), settings_(config, context.config()),
      verification_(context.config(), facts(), settings_) {
  int code = mbedtls_ssl_setup(ssl_.get(), context.native());
  if (code != 0) {
    throw_failure(code, UNITLS_E_INTERNAL, {}, "mbedTLS makes no session");
  }
  bio_.attach(*ssl_.get());
  mbedtls_ssl_set_verify(ssl_.get(), verify_certificate, this);
  if (context.is_server()) {
    return;
  }
  // Also when there is none: mbedTLS 3.6 refuses to verify a server before it was told.
  code = mbedtls_ssl_set_hostname(ssl_.get(), settings_.server_name());
  if (code != 0) {
    throw_failure(code, UNITLS_E_INVALID, "server_name", "mbedTLS refuses the name");
  }
}

// What a call that did not succeed came to.
outcome connection::classify(int code) noexcept {
  code_ = code;
  if (code == MBEDTLS_ERR_SSL_WANT_READ || code == received_ticket) {
    return outcome::again;
  }
  return code == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY ? outcome::closed : outcome::failed;
}

// An answer that is pending holds the handshake where it came, and is asked for once more by each further call.
outcome connection::handshake() noexcept {
  const bool was_pending = verification_.current() == answer::pending;
  verification_.ask_again();
  outcome result = was_pending ? pass_gate() : outcome::done;
  while (result == outcome::done && state_of(*ssl_.get()) != MBEDTLS_SSL_HANDSHAKE_OVER) {
    const int code = run_step();
    if (code != 0) {
      return classify(code);
    }
    result = pass_gate();
  }
  if (result != outcome::done) {
    return result;
  }
  state_ = MBEDTLS_SSL_HANDSHAKE_OVER;
  return pass_gate();
}

int connection::run_step() noexcept {
  state_ = state_of(*ssl_.get());
  bio_.begin_step();
  if (has_stale_keys()) {
    bio_.mute(); // the step only reads, and explain() sends the alert
  }
  const int code = mbedtls_ssl_handshake_step(ssl_.get());
  bio_.unmute();
  return code == 0 ? check_schemes() : code;
}

bool connection::has_stale_keys() const noexcept {
  return context_.is_server() && mbedtls::has_stale_keys(*ssl_.get());
}

// A server of mbedTLS does not look at its list of signature schemes when a TLS 1.2 client names none, for which it signs
// with SHA-1, nor when the client signs. Answers a code of mbedTLS's.
int connection::check_schemes() const noexcept {
  const std::vector<std::uint16_t> &ours = context_.config().parameters.signature_schemes;
  if (ours.empty() || !context_.is_server() || version_of(*ssl_.get()) != UNITLS_TLS_1_2) {
    return 0;
  }
  const std::span<const std::uint8_t> message = last_message(*ssl_.get());
  if (state_ == MBEDTLS_SSL_CLIENT_HELLO) {
    return names_signature_schemes(message) ? 0 : nothing_in_common;
  }
  if (state_ == MBEDTLS_SSL_CERTIFICATE_VERIFY) {
    const auto scheme = scheme_of_certificate_verify(message);
    return !scheme || std::ranges::find(ours, *scheme) != ours.end() ? 0 : not_offered;
  }
  return 0;
}

outcome connection::read(std::span<std::uint8_t> buffer, std::size_t &done) noexcept {
  bio_.begin_step();
  const int result =
      mbedtls_ssl_read(ssl_.get(), buffer.data(), std::min<std::size_t>(buffer.size(), INT_MAX));
  if (result > 0) {
    done = static_cast<std::size_t>(result);
    return outcome::done;
  }
  if (result == 0) {
    return link_.ended() ? outcome::failed : outcome::again;
  }
  return classify(result);
}

outcome connection::write(std::span<const std::uint8_t> data, std::size_t &done) noexcept {
  bio_.begin_step();
  const int result = mbedtls_ssl_write(ssl_.get(), data.data(), std::min<std::size_t>(data.size(), INT_MAX));
  if (result > 0) {
    done = static_cast<std::size_t>(result);
    return outcome::done;
  }
  return classify(result);
}

outcome connection::close_notify() noexcept {
  const int code = mbedtls_ssl_close_notify(ssl_.get());
  return code == 0 ? outcome::done : classify(code);
}

// mbedTLS never takes in more than one record.
std::size_t connection::pending() const noexcept {
  return mbedtls_ssl_get_bytes_avail(ssl_.get());
}

void connection::info(unitls_info &facts) const noexcept {
  facts.version = version_of(*ssl_.get());
  facts.cipher_suite = cipher_suite_of(*ssl_.get());
  const char *const protocol = mbedtls_ssl_get_alpn_protocol(ssl_.get());
  const std::size_t size = protocol != nullptr ? std::strlen(protocol) : 0;
  if (size != 0 && size <= sizeof facts.alpn) {
    std::memcpy(facts.alpn, protocol, size);
    facts.alpn_size = static_cast<std::uint32_t>(size);
  }
  const char *const name = context_.is_server() ? server_name_.get() : settings_.server_name();
  if (name != nullptr) {
    plugin::put_text(facts.server_name, sizeof facts.server_name, name);
  }
}

unitls_status connection::peer_certificates(unitls_bytes_sink sink, void *user) const {
  if (!verification_.presented().empty()) {
    return verification_.presented().give(sink, user);
  }
  for (const unitls_bytes &der : encode_certificates(peer_chain_of(*ssl_.get()))) {
    const unitls_status status = sink(user, der);
    if (status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

void connection::explain(unitls_error &error) noexcept {
  const auto received =
      code_ == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE ? received_alert(*ssl_.get()) : std::nullopt;
  if (received) {
    link_.note_alert(UNITLS_ALERT_RECEIVED, *received);
  }
  explain_failure(code_, state_, error);
  if (is_refusal_by_library()) {
    verification_.refuse(refused_by_library(mbedtls_ssl_get_verify_result(ssl_.get())));
  }
  const std::int64_t native_code = error.native_code;
  if (verification_.current() == answer::refused) {
    error = verification_.refusal() != nullptr ? *verification_.refusal() : out_of_memory();
  } else if (out_of_memory_) {
    error = out_of_memory();
  } else if (is_unknown_name_) {
    error = unknown_name();
  }
  error.native_code = native_code;
  send_alert(error.alert);
}

// mbedTLS looks once more at a certificate that we have not refused.
bool connection::is_refusal_by_library() const noexcept {
  const bool is_open =
      verification_.current() == answer::accepted || verification_.current() == answer::pending;
  return is_open && state_ == MBEDTLS_SSL_SERVER_CERTIFICATE &&
         mbedtls_ssl_get_verify_result(ssl_.get()) != 0;
}

// Whether the step that failed sent an alert which nobody but the peer can read. A step of the handshake that
// reads sends nothing else; and while data flows, mbedTLS answers nothing but a bad MAC.
bool connection::sent_alert() const noexcept {
  if (state_ == MBEDTLS_SSL_HANDSHAKE_OVER) {
    return code_ == MBEDTLS_ERR_SSL_INVALID_MAC && bio_.last_sent() != 0;
  }
  return bio_.last_sent() == MBEDTLS_SSL_MSG_ALERT || bio_.last_sent() == MBEDTLS_SSL_MSG_APPLICATION_DATA;
}

// Sends an alert unless one has passed. mbedTLS often gives up without a word.
void connection::send_alert(std::uint32_t alert) noexcept {
  if (link_.alert_direction() != UNITLS_ALERT_NONE || !bio_.peer_speaks_tls()) {
    return;
  }
  if (sent_alert()) {
    link_.note_alert(UNITLS_ALERT_SENT, pended_alert(*ssl_.get(), code_).value_or(alert));
    return;
  }
  if (has_stale_keys()) {
    renew_keys(*ssl_.get());
  }
  name_record_version(*ssl_.get());
  if (mbedtls_ssl_send_alert_message(ssl_.get(), MBEDTLS_SSL_ALERT_LEVEL_FATAL,
                                     static_cast<unsigned char>(alert)) == 0) {
    link_.note_alert(UNITLS_ALERT_SENT, alert);
  }
}

// A group that is not the default is for this handshake alone. A second ClientHello has the first one's name
// (RFC 8446, 4.1.2).
bool connection::choose_identity(std::span<const unsigned char> server_name) noexcept {
  const std::string_view name(reinterpret_cast<const char *>(server_name.data()), server_name.size());
  if (server_name_ != nullptr) {
    return name == server_name_.get();
  }
  if (!note_server_name(name)) {
    return false;
  }
  const plugin::identity_set &identities = context_.identity_set();
  const std::size_t group = identities.select(name);
  if (group == plugin::identity_set::unknown) {
    is_unknown_name_ = context_.config().strict_sni;
    return !is_unknown_name_;
  }
  out_of_memory_ = group != 0 && context_.present(*ssl_.get(), identities.groups()[group]) != 0;
  return !out_of_memory_;
}

bool connection::note_server_name(std::string_view name) noexcept {
  constexpr std::size_t longest = 255; // of a host name
  if (name.size() > longest || name.find('\0') != name.npos) {
    return false;
  }
  server_name_.reset(new (std::nothrow) char[name.size() + 1]);
  if (server_name_ == nullptr) {
    out_of_memory_ = true;
    return false;
  }
  *std::copy(name.begin(), name.end(), server_name_.get()) = '\0';
  return true;
}

// The flags that mbedTLS shall take for its own. Above the leaf none: what it says there was noted, and the
// verdict falls at the leaf, on the whole path. What is refused leaves a flag, so that mbedTLS refuses too. What is
// undecided leaves none: the gate waits.
std::uint32_t connection::verify(mbedtls_x509_crt &certificate, int depth, std::uint32_t flags) noexcept {
  constexpr std::uint32_t refused = MBEDTLS_X509_BADCERT_OTHER;
  if (verification_.current() != answer::none) {
    return refused; // nobody is asked twice
  }
  if (path_ == nullptr) {
    path_.reset(new (std::nothrow) recorded_path);
  }
  if (path_ == nullptr || !path_->add(certificate, flags)) {
    verification_.refuse(path_ == nullptr ? out_of_memory() : refused_by_library(flags));
    return refused;
  }
  if (depth != 0) {
    return 0;
  }
  judge(certificate);
  path_.reset(); // it points to what mbedTLS soon frees
  if (!context_.is_server()) {
    bio_.mute(); // mbedTLS would choose another alert; explain() sends the right one
  }
  return verification_.current() == answer::refused ? refused : 0;
}

void connection::judge(mbedtls_x509_crt &leaf) noexcept {
  try {
    const std::vector<unitls_bytes> presented = encode_certificates(&leaf);
    if (presented.empty()) {
      verification_.refuse(unknown_signature_algorithm());
      return;
    }
    handshake_verifier library(*path_);
    verification_.judge(presented, library);
  } catch (const std::bad_alloc &) {
    verification_.refuse(out_of_memory());
  }
}

// A client looks before it goes on, so that a server without our verdict never sees our Finished. A server looks when the
// client has proven its key and nothing of the application has gone out; in TLS 1.3 when everything has come in, since a
// client without a certificate proves none.
bool connection::ends_verification(int state) const noexcept {
  if (state == MBEDTLS_SSL_HANDSHAKE_OVER) {
    return true;
  }
  if (!context_.is_server()) {
    return state == MBEDTLS_SSL_SERVER_CERTIFICATE;
  }
  const bool is_tls13 = version_of(*ssl_.get()) == UNITLS_TLS_1_3;
  return state == (is_tls13 ? MBEDTLS_SSL_HANDSHAKE_WRAPUP : MBEDTLS_SSL_CERTIFICATE_VERIFY);
}

// Whether the handshake may go on after the step that ran last.
outcome connection::pass_gate() noexcept {
  if (context_.config().peer == plugin::peer_certificate::ignored) {
    return outcome::done;
  }
  const bool is_gate = ends_verification(state_);
  if (is_gate && verification_.current() == answer::none) {
    judge_absence();
  }
  if (verification_.current() == answer::pending) {
    return outcome::pending;
  }
  if (!is_gate || (verification_.current() == answer::accepted && agrees())) {
    return outcome::done;
  }
  code_ = MBEDTLS_ERR_X509_CERT_VERIFY_FAILED;
  if (verification_.current() != answer::refused) {
    verification_.refuse(refused_by_library(mbedtls_ssl_get_verify_result(ssl_.get())));
  }
  return outcome::failed;
}

// A server's client had no certificate.
bool connection::is_absent() const noexcept {
  return context_.is_server() && mbedtls_ssl_get_verify_result(ssl_.get()) == MBEDTLS_X509_BADCERT_MISSING;
}

// Whether mbedTLS has nothing against what we have accepted.
bool connection::agrees() const noexcept {
  return context_.config().verify == plugin::verification::none || is_absent() ||
         mbedtls_ssl_get_verify_result(ssl_.get()) == 0;
}

void connection::judge_absence() noexcept {
  if (!is_absent()) {
    return;
  }
  if (context_.config().peer == plugin::peer_certificate::required) {
    verification_.refuse(missing_certificate());
  } else {
    verification_.judge_absence();
  }
}

unitls_error connection::missing_certificate() const noexcept {
  constexpr std::uint32_t certificate_required = 116; // 2.28 has no name for it
  unitls_error error = plugin::missing_client_certificate();
  error.alert = version_of(*ssl_.get()) == UNITLS_TLS_1_3 ? certificate_required
                                                          : MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE;
  return error;
}

int choose_identity(void *, mbedtls_ssl_context *ssl, const unsigned char *name, std::size_t size) {
  return connection_of(ssl).choose_identity({name, size}) ? 0 : -1;
}

int verify_certificate(void *self, mbedtls_x509_crt *certificate, int depth, std::uint32_t *flags) {
  *flags = static_cast<connection *>(self)->verify(*certificate, depth, *flags);
  return 0;
}

} // namespace unitls::mbedtls
