#include "connection.hpp"

#include <algorithm>
#include <climits>
#include <cstring>
#include <new>

#include <unitls/plugin/peer.hpp>
#include <unitls/plugin/verdict_text.hpp>

#include "failure.hpp"
#include "plugin.hpp"
#include "version.hpp"

namespace unitls::mbedtls {
namespace {

using plugin::outcome;

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
    : link_(link), context_(context), bio_(link, *this), settings_(config, context.is_server()) {
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

outcome connection::handshake() noexcept {
  while (state_of(*ssl_.get()) != MBEDTLS_SSL_HANDSHAKE_OVER) {
    state_ = state_of(*ssl_.get());
    bio_.begin_step();
    const int code = mbedtls_ssl_handshake_step(ssl_.get());
    if (code != 0) {
      return classify(code);
    }
    if (ends_verification(state_) && !peer_is_accepted()) {
      return outcome::failed;
    }
  }
  state_ = MBEDTLS_SSL_HANDSHAKE_OVER;
  return peer_is_accepted() ? outcome::done : outcome::failed;
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
  std::vector<unitls_bytes> chain = encode_certificates(peer_chain_of(*ssl_.get()));
  if (verdict_ == verdict::refused) {
    chain.clear();
    for (const auto &der : refused_chain_) {
      chain.push_back({der.data(), der.size()});
    }
  }
  for (const unitls_bytes &der : chain) {
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
    refuse(refused_by_library(mbedtls_ssl_get_verify_result(ssl_.get())));
  }
  if (refusal_ != nullptr) {
    const std::int64_t native_code = error.native_code;
    error = *refusal_;
    error.native_code = native_code;
  } else if (out_of_memory_) {
    error = plugin::make_error(UNITLS_E_NOMEM, {}, "out of memory");
    error.alert = MBEDTLS_SSL_ALERT_MSG_INTERNAL_ERROR;
  }
  send_alert(error.alert);
}

// mbedTLS looks once more at a certificate that we have accepted.
bool connection::is_refusal_by_library() const noexcept {
  return verdict_ == verdict::accepted && state_ == MBEDTLS_SSL_SERVER_CERTIFICATE &&
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
  bio_.unmute();
  name_record_version(*ssl_.get());
  if (mbedtls_ssl_send_alert_message(ssl_.get(), MBEDTLS_SSL_ALERT_LEVEL_FATAL,
                                     static_cast<unsigned char>(alert)) == 0) {
    link_.note_alert(UNITLS_ALERT_SENT, alert);
  }
}

bool connection::note_server_name(std::span<const unsigned char> name) noexcept {
  constexpr std::size_t longest = 255; // of a host name
  if (name.size() > longest || std::find(name.begin(), name.end(), 0) != name.end()) {
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
// verdict falls at the leaf, on the whole path. What is not accepted leaves a flag, so that mbedTLS refuses
// too.
std::uint32_t connection::verify(mbedtls_x509_crt &certificate, int depth, std::uint32_t flags) noexcept {
  constexpr std::uint32_t refused = MBEDTLS_X509_BADCERT_OTHER;
  if (verdict_ != verdict::none) {
    return refused; // nobody is asked twice
  }
  if (path_ == nullptr) {
    path_.reset(new (std::nothrow) recorded_path);
  }
  if (path_ == nullptr || !path_->add(certificate, flags)) {
    out_of_memory_ = path_ == nullptr;
    verdict_ = verdict::refused;
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
  return verdict_ == verdict::accepted ? 0 : refused;
}

void connection::judge(mbedtls_x509_crt &leaf) noexcept {
  verdict_ = verdict::refused;
  try {
    const std::vector<unitls_bytes> presented = encode_certificates(&leaf);
    if (presented.empty()) {
      refuse(unknown_signature_algorithm());
      return;
    }
    mbedtls_verifier library(*path_);
    const auto refused = plugin::verify_peer(context_.config(), facts(), settings_, presented, library);
    if (!refused) {
      verdict_ = verdict::accepted;
      return;
    }
    refusal_ = std::make_unique<unitls_error>(*refused);
    for (const unitls_bytes &der : presented) {
      refused_chain_.emplace_back(der.data, der.data + der.size);
    }
  } catch (const std::bad_alloc &) {
    out_of_memory_ = true;
  }
}

// A client looks before it goes on, so that a server without our verdict never sees our Finished. A server
// looks when everything of the client has come in and nothing of the application has gone out: in TLS 1.3
// after the wrap-up, since only then an alert is encrypted with the keys that the client expects.
bool connection::ends_verification(int state) const noexcept {
  if (!context_.is_server()) {
    return state == MBEDTLS_SSL_SERVER_CERTIFICATE;
  }
  const bool is_tls13 = version_of(*ssl_.get()) == UNITLS_TLS_1_3;
  return state == (is_tls13 ? MBEDTLS_SSL_HANDSHAKE_WRAPUP : MBEDTLS_SSL_CERTIFICATE_VERIFY);
}

bool connection::peer_is_accepted() noexcept {
  const plugin::peer_certificate wanted = context_.config().peer;
  if (wanted == plugin::peer_certificate::ignored) {
    return true;
  }
  const std::uint32_t result = mbedtls_ssl_get_verify_result(ssl_.get());
  if (verdict_ == verdict::accepted && result == 0) {
    return true;
  }
  const bool is_absent =
      context_.is_server() && verdict_ == verdict::none && result == MBEDTLS_X509_BADCERT_MISSING;
  if (is_absent && wanted == plugin::peer_certificate::requested) {
    return true;
  }
  code_ = MBEDTLS_ERR_X509_CERT_VERIFY_FAILED;
  if (verdict_ != verdict::refused) {
    refuse(is_absent ? missing_certificate() : refused_by_library(result));
  }
  return false;
}

unitls_error connection::missing_certificate() const noexcept {
  constexpr std::uint32_t certificate_required = 116; // 2.28 has no name for it
  unitls_error error = plugin::missing_client_certificate();
  error.alert = version_of(*ssl_.get()) == UNITLS_TLS_1_3 ? certificate_required
                                                          : MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE;
  return error;
}

void connection::refuse(const unitls_error &why) noexcept {
  verdict_ = verdict::refused;
  refusal_.reset(new (std::nothrow) unitls_error(why));
  out_of_memory_ = refusal_ == nullptr;
}

int note_server_name(void *, mbedtls_ssl_context *ssl, const unsigned char *name, std::size_t size) {
  return connection_of(ssl).note_server_name({name, size}) ? 0 : -1;
}

int verify_certificate(void *self, mbedtls_x509_crt *certificate, int depth, std::uint32_t *flags) {
  *flags = static_cast<connection *>(self)->verify(*certificate, depth, *flags);
  return 0;
}

} // namespace unitls::mbedtls
