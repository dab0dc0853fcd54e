#include "session.hpp"

#include <new>
#include <system_error>

#include "refusal.hpp"

namespace unitls::loader {

unitls_status report_failure(const transport_failure &failure, unitls_error *err) noexcept {
  if (err == nullptr) {
    return failure.status;
  }
  try {
    report(err, failure.status, {},
           failure.sentence != nullptr ? failure.sentence
                                       : std::generic_category().message(failure.native_code));
  } catch (const std::bad_alloc &) {
    report(err, failure.status, {}, "the transport failed");
  }
  err->native_code = failure.native_code;
  return failure.status;
}

session::session(unitls_context &context, const transport_failure &failure) noexcept
    : context_(context), failure_(failure) {
  unitls_context_retain(&context_);
}

session::~session() {
  table().session_destroy(handle_);
  unitls_context_release(&context_);
}

unitls_status session::open(const unitls_session_config *config, const unitls_transport &transport,
                            unitls_error *err) noexcept {
  unitls_session_config empty{};
  empty.struct_size = sizeof empty;
  const unitls_status status =
      table().session_create(context_.handle, config != nullptr ? config : &empty, &transport, &handle_, err);
  if (status == UNITLS_OK && handle_ == nullptr) {
    return report(err, UNITLS_E_ABI, {}, "the plugin made no session and told no error");
  }
  return status > 0 ? report(err, UNITLS_E_INTERNAL, {}, "the plugin answered an unknown status") : status;
}

unitls_status session::checked(unitls_status status, unitls_error *err) noexcept {
  if (status >= 0) {
    return status;
  }
  failed_ = failed_ || (status != UNITLS_E_STATE && status != UNITLS_E_INVALID);
  return status == failure_.status ? report_failure(failure_, err) : status;
}

unitls_status session::handshake(unitls_error *err) noexcept {
  if (is_forbidden_) {
    return refuse_connection(err);
  }
  const unitls_status status = checked(table().handshake(handle_, err), err);
  if (status == UNITLS_OK && !is_judged_) {
    judge();
  }
  return is_forbidden_ ? refuse_connection(err) : status;
}

// The backend was given a configuration that keeps the policy. This asks whether it kept to it.
void session::judge() noexcept {
  is_judged_ = true;
  const policy *const rules = context_.backend->rules.get();
  if (rules == nullptr || !rules->is_about_connections()) {
    return;
  }
  unitls_info negotiated{};
  negotiated.struct_size = sizeof negotiated;
  if (info(&negotiated) == UNITLS_OK) {
    version_ = negotiated.version;
    cipher_suite_ = negotiated.cipher_suite;
  }
  is_forbidden_ = !rules->allows_connection(version_, cipher_suite_);
  failed_ = failed_ || is_forbidden_;
}

unitls_status session::refuse_connection(unitls_error *err) const noexcept {
  try {
    return report(err, UNITLS_E_POLICY, {},
                  context_.backend->rules->refusal_of_connection(version_, cipher_suite_));
  } catch (const std::bad_alloc &) {
    return report(err, UNITLS_E_POLICY, {}, "a policy forbids this connection");
  }
}

unitls_status session::moved(unitls_status status, std::size_t size, std::size_t *done,
                             unitls_error *err) noexcept {
  if (status == UNITLS_OK && size != 0 && (*done == 0 || *done > size)) {
    *done = 0;
    failed_ = true;
    return report(err, UNITLS_E_INTERNAL, {}, "the plugin told a number of bytes that cannot be");
  }
  return checked(status, err);
}

unitls_status session::read(std::uint8_t *buffer, std::size_t size, std::size_t *done,
                            unitls_error *err) noexcept {
  if (is_forbidden_) {
    *done = 0;
    return refuse_connection(err);
  }
  return moved(table().read(handle_, buffer, size, done, err), size, done, err);
}

unitls_status session::write(const std::uint8_t *data, std::size_t size, std::size_t *done,
                             unitls_error *err) noexcept {
  if (is_forbidden_) {
    *done = 0;
    return refuse_connection(err);
  }
  return moved(table().write(handle_, data, size, done, err), size, done, err);
}

unitls_status session::shutdown(unitls_error *err) noexcept {
  if (is_forbidden_) {
    return refuse_connection(err);
  }
  return checked(table().shutdown(handle_, err), err);
}

} // namespace unitls::loader
