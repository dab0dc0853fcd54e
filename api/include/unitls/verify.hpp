// unitls/verify.hpp: a program's own judgement of peers. It can only tighten what the backend finds.
//
//     unitls::client_config{.verify_callback = unitls::verify_callback([](const unitls::verify_request &peer) {
//       return is_known(peer.chain()) ? unitls::verify_answer::accept() : unitls::verify_answer::refuse();
//     })}
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <unitls/credentials.hpp>
#include <unitls/error.hpp>
#include <unitls/unitls.h>

namespace unitls {

// What a certificate is to be good for (RFC 5280, 4.2.1.12).
enum class purpose : std::uint32_t {
  server = UNITLS_PURPOSE_SERVER,
  client = UNITLS_PURPOSE_CLIENT,
};

inline std::string to_string(purpose value) {
  return value == purpose::server ? "server" : "client";
}

// One peer. Lives until the callback returns; what chain() and path() give lives on.
class verify_request {
public:
  explicit verify_request(const unitls_verify_request &native) noexcept : native_(native) {}
  verify_request(const verify_request &) = delete;
  verify_request &operator=(const verify_request &) = delete;

  // What the built-in verification found: none when it accepts.
  verify_flags flags() const noexcept { return verify_flags{native_.verify_flags}; }
  // What the peer presented, leaf first. Empty when a certificate was requested and did not come.
  std::vector<certificate> chain() const { return copy(native_.chain, native_.chain_size); }
  // The path that was judged, leaf first. It may be empty, and ends at an anchor when the issuer is known.
  std::vector<certificate> path() const { return copy(native_.path, native_.path_size); }
  // Whose certificates these are.
  unitls::purpose purpose() const noexcept { return static_cast<unitls::purpose>(native_.purpose); }
  // session_config::user of the session.
  void *user() const noexcept { return native_.session_user; }

  const unitls_verify_request &native() const noexcept { return native_; }

private:
  static std::vector<certificate> copy(const unitls_bytes *from, std::size_t count) {
    std::vector<certificate> all;
    all.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      all.push_back(certificate::from_der(detail::as_span(from[i])));
    }
    return all;
  }

  const unitls_verify_request &native_;
};

class [[nodiscard]] verify_answer {
public:
  // The built-in verdict stands.
  static constexpr verify_answer accept() noexcept { return verify_answer(UNITLS_OK, {}); }
  // For these reasons, or for UNITLS_VERIFY_OTHER.
  static constexpr verify_answer refuse(verify_flags reasons = {}) noexcept {
    return verify_answer(UNITLS_E_CERTIFICATE, reasons);
  }
  // Not decided yet: handshake() answers want_callback, and asks again when it is called again. Needs the capability
  // "async-verify-client" or "async-verify-server".
  static constexpr verify_answer pending() noexcept { return verify_answer(UNITLS_WANT_CALLBACK, {}); }

  constexpr unitls_status native() const noexcept { return native_; }
  constexpr verify_flags reasons() const noexcept { return reasons_; }

  friend constexpr bool operator==(verify_answer, verify_answer) = default;

private:
  constexpr verify_answer(unitls_status native, verify_flags reasons) noexcept
      : native_(native), reasons_(reasons) {}

  unitls_status native_;
  verify_flags reasons_;
};

// A function, shared by its copies, which are equal to each other and to nothing else. Contexts, channels and streams
// keep it alive. It may be called by several threads at once, must not use the session that it judges, and refuses
// when it throws. Needs the capability "verify-callback".
class verify_callback {
public:
  using function = std::function<verify_answer(const verify_request &)>;

  explicit verify_callback(function call) : call_(std::make_shared<const function>(std::move(call))) {}

  // Lives as long as this or a copy of it.
  unitls_verify_callback native() const noexcept {
    unitls_verify_callback result{};
    result.struct_size = sizeof result;
    result.user = const_cast<function *>(call_.get()); // as the C API passes it: given back as const
    result.verify = &verify_callback::call;
    return result;
  }

  friend bool operator==(const verify_callback &, const verify_callback &) noexcept = default;

private:
  static unitls_status UNITLS_CALL call(void *user, const unitls_verify_request *request,
                                        unitls_verify_flags *flags) noexcept {
    try {
      const verify_answer answer = (*static_cast<const function *>(user))(verify_request(*request));
      *flags = answer.reasons().bits();
      return answer.native();
    } catch (...) {
      return UNITLS_E_CERTIFICATE;
    }
  }

  std::shared_ptr<const function> call_;
};

} // namespace unitls
