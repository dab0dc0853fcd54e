#include <unitls/plugin/session.hpp>

#include <algorithm>

namespace unitls::plugin {

void transport_link::keep_first_bytes(std::span<const std::uint8_t> received) noexcept {
  for (const std::uint8_t byte :
       received.first(std::min(received.size(), sizeof first_bytes_ - first_bytes_size_))) {
    first_bytes_[first_bytes_size_++] = byte;
  }
}

// A peer begins with a handshake record, or with an alert.
bool transport_link::peer_speaks_tls() const noexcept {
  constexpr std::uint8_t alert = 21;
  constexpr std::uint8_t handshake = 22;
  constexpr std::uint8_t major_version = 3;
  return first_bytes_size_ == sizeof first_bytes_ &&
         (first_bytes_[0] == alert || first_bytes_[0] == handshake) && first_bytes_[1] == major_version;
}

unitls_status session_state::repeat_failure(unitls_error *err) const noexcept {
  if (failure_ == nullptr) {
    return fail(err, failure_status_, {}, "the session has failed");
  }
  return report(err, *failure_);
}

unitls_status session_state::latch(const unitls_error &failure, unitls_error *err) noexcept {
  failure_status_ = failure.status;
  failure_.reset(new (std::nothrow) unitls_error(failure));
  return report(err, failure);
}

unitls_status session_state::latch_transport(const transport_link &link, unitls_error *err) noexcept {
  return latch(make_error(link.error(), {}, "the transport failed"), err);
}

unitls_status session_state::latch_end(unitls_error *err) noexcept {
  const char *const message = phase_ == phase::handshaking
                                  ? "the connection ended inside the TLS handshake"
                                  : "the connection ended without close_notify: the data may be cut short";
  return latch(make_error(UNITLS_E_TRUNCATED, {}, "%s", message), err);
}

unitls_status session_state::latch_early_close(unitls_error *err) noexcept {
  constexpr std::uint32_t close_notify = 0;
  unitls_error failure =
      make_error(UNITLS_E_PROTOCOL, {}, "the peer closed the connection inside the TLS handshake");
  failure.alert = close_notify;
  failure.alert_direction = UNITLS_ALERT_RECEIVED;
  return latch(failure, err);
}

unitls_status session_state::latch_standstill(unitls_error *err) noexcept {
  return latch(make_error(UNITLS_E_INTERNAL, {}, "the TLS library makes no progress"), err);
}

void session_state::name_alert(const transport_link &link, unitls_error &failure) noexcept {
  if (link.alert_direction() == UNITLS_ALERT_RECEIVED) {
    const std::int64_t native_code = failure.native_code;
    failure = make_error(UNITLS_E_ALERT, {}, "the peer ended the connection with a fatal alert");
    failure.native_code = native_code;
  }
  failure.alert = link.alert();
  failure.alert_direction = link.alert_direction();
}

} // namespace unitls::plugin
