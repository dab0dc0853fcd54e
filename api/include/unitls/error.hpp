// unitls/error.hpp: statuses, errors and results of the C++ API.
//
// Every function that can fail has two forms. One throws unitls::error. The other takes an error_info& as its last
// argument, throws nothing but std::bad_alloc, and tells success by its result and by `if (failure)`.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#include <unitls/iana.hpp>
#include <unitls/unitls.h>

namespace unitls {

// The outcome of a call. Negative values are errors, positive ones are facts.
enum class [[nodiscard]] status : std::int32_t{
    ok = UNITLS_OK,
    want_read = UNITLS_WANT_READ,
    want_write = UNITLS_WANT_WRITE,
    closed = UNITLS_CLOSED,
    want_callback = UNITLS_WANT_CALLBACK,
    invalid = UNITLS_E_INVALID,
    wrong_state = UNITLS_E_STATE,
    unsupported = UNITLS_E_UNSUPPORTED,
    out_of_memory = UNITLS_E_NOMEM,
    protocol_error = UNITLS_E_PROTOCOL,
    alert_received = UNITLS_E_ALERT,
    certificate_rejected = UNITLS_E_CERTIFICATE,
    truncated = UNITLS_E_TRUNCATED,
    transport_failed = UNITLS_E_TRANSPORT,
    bad_plugin = UNITLS_E_ABI,
    forbidden_by_policy = UNITLS_E_POLICY,
    timed_out = UNITLS_E_TIMEOUT,
    internal = UNITLS_E_INTERNAL,
};

constexpr bool is_error(status value) noexcept {
  return static_cast<std::int32_t>(value) < 0;
}

inline std::string to_string(status value) {
  const char *name = ::unitls_status_name(static_cast<unitls_status>(value));
  return name != nullptr ? name : "status " + std::to_string(static_cast<std::int32_t>(value));
}

// How much was read or written, and what ended it.
struct [[nodiscard]] io_result {
  std::size_t size = 0;
  unitls::status status = unitls::status::ok;

  friend bool operator==(const io_result &, const io_result &) = default;
};

// Why a certificate was rejected: any number of UNITLS_VERIFY_... bits.
class verify_flags {
public:
  constexpr verify_flags() noexcept = default;
  constexpr explicit verify_flags(unitls_verify_flags bits) noexcept : bits_(bits) {}

  constexpr unitls_verify_flags bits() const noexcept { return bits_; }
  constexpr bool any() const noexcept { return bits_ != 0; }
  constexpr bool has(unitls_verify_flags bits) const noexcept { return (bits_ & bits) == bits; }

  friend constexpr bool operator==(verify_flags, verify_flags) = default;

private:
  unitls_verify_flags bits_ = 0;
};

// The flags' words in their fixed order: "expired, unknown issuer".
inline std::string to_string(verify_flags flags) {
  std::string text;
  for (int bit = 0; bit < 64; ++bit) {
    const unitls_verify_flags flag = unitls_verify_flags{1} << bit;
    if (!flags.has(flag)) {
      continue;
    }
    const char *name = ::unitls_verify_flag_name(flag);
    text += text.empty() ? "" : ", ";
    text += name != nullptr ? name : "other";
  }
  return text;
}

enum class alert_direction : std::uint32_t {
  none = UNITLS_ALERT_NONE,
  sent = UNITLS_ALERT_SENT,
  received = UNITLS_ALERT_RECEIVED,
};

// What an error can be compared with, beyond std::errc::timed_out, connection_reset, not_enough_memory ...
enum class errc : std::int32_t {
  closed = UNITLS_CLOSED,
  truncated = UNITLS_E_TRUNCATED,
  certificate_rejected = UNITLS_E_CERTIFICATE,
};

namespace detail {

class category final : public std::error_category {
public:
  const char *name() const noexcept override { return "unitls"; }

  std::string message(int value) const override { return to_string(static_cast<status>(value)); }

  std::error_condition default_error_condition(int value) const noexcept override {
    switch (static_cast<status>(value)) {
    case status::timed_out:
      return std::errc::timed_out;
    case status::out_of_memory:
      return std::errc::not_enough_memory;
    case status::invalid:
      return std::errc::invalid_argument;
    case status::unsupported:
      return std::errc::not_supported;
    default:
      return {value, *this};
    }
  }
};

} // namespace detail

inline const std::error_category &error_category() noexcept {
  static const detail::category instance;
  return instance;
}

inline std::error_code make_error_code(status value) noexcept {
  return {static_cast<int>(value), error_category()};
}

inline std::error_condition make_error_condition(errc value) noexcept {
  return {static_cast<int>(value), error_category()};
}

// What went wrong; empty when nothing did.
class error_info {
public:
  error_info() noexcept { clear(); }

  // An error that this API itself finds. `message` is one sentence without a full stop and is cut at 255 bytes.
  error_info(unitls::status status, std::string_view message, std::string_view field = {}) noexcept {
    clear();
    raw_.status = static_cast<unitls_status>(status);
    copy(message, raw_.message);
    copy(field, raw_.field);
  }

  // A copy of what the C API told.
  explicit error_info(const unitls_error &from) noexcept {
    clear();
    std::memcpy(&raw_, &from, std::min<std::size_t>(from.struct_size, sizeof raw_));
    raw_.struct_size = sizeof raw_;
  }

  explicit operator bool() const noexcept { return raw_.status < 0; }

  unitls::status status() const noexcept { return static_cast<unitls::status>(raw_.status); }
  // The TLS library's own code, or errno when the transport failed; 0 when there is none.
  std::int64_t native_code() const noexcept { return raw_.native_code; }
  verify_flags flags() const noexcept { return verify_flags{raw_.verify_flags}; }
  unitls::alert_direction alert_direction() const noexcept {
    return static_cast<unitls::alert_direction>(raw_.alert_direction);
  }
  std::optional<unitls::alert> alert() const noexcept {
    if (raw_.alert_direction == UNITLS_ALERT_NONE) {
      return std::nullopt;
    }
    return static_cast<unitls::alert>(raw_.alert);
  }
  // What is to blame, as a path into the configuration: "identities[0].private_key".
  std::string_view field() const noexcept { return raw_.field; }
  // Where the value that is to blame was read from; empty when that is not known.
  const std::string &subject() const noexcept { return subject_; }

  // One useful sentence, and for a failed selection the table of the candidates below it.
  std::string text() const {
    std::string sentence(::unitls_error_text(&raw_, nullptr, 0), '\0');
    ::unitls_error_text(&raw_, sentence.data(), sentence.size() + 1);
    return (subject_.empty() ? sentence : subject_ + ": " + sentence) + details_;
  }

  // A transport's errno becomes the system's own code, so that std::errc::connection_reset compares equal.
  operator std::error_code() const noexcept {
    if (raw_.status == UNITLS_E_TRANSPORT && raw_.native_code > 0) {
      return {static_cast<int>(raw_.native_code), std::system_category()};
    }
    return raw_.status < 0 ? make_error_code(status()) : std::error_code{};
  }

  const unitls_error &native() const noexcept { return raw_; }
  // Clears this and gives the struct for a call of the C API to fill.
  unitls_error *receive() noexcept {
    clear();
    return &raw_;
  }
  void set_subject(std::string subject) { subject_ = std::move(subject); }
  void set_details(std::string details) { details_ = std::move(details); }

  void clear() noexcept {
    raw_ = unitls_error{};
    raw_.struct_size = sizeof raw_;
    subject_.clear();
    details_.clear();
  }

private:
  template <std::size_t Size>
  static void copy(std::string_view text, char (&to)[Size]) noexcept {
    const std::size_t length = text.size() < Size ? text.size() : Size - 1;
    if (length != 0) {
      std::memcpy(to, text.data(), length);
    }
    to[length] = '\0';
  }

  unitls_error raw_;
  std::string subject_;
  std::string details_;
};

inline std::ostream &operator<<(std::ostream &out, const error_info &info) {
  return out << info.text();
}

// What the throwing forms throw. what() is error_info::text().
class error : public std::system_error {
public:
  explicit error(error_info info)
      : std::system_error(static_cast<std::error_code>(info)),
        content_(std::make_shared<const content>(std::move(info))) {}

  const char *what() const noexcept override { return content_->text.c_str(); }
  const error_info &info() const noexcept { return content_->info; }
  unitls::status status() const noexcept { return content_->info.status(); }
  verify_flags flags() const noexcept { return content_->info.flags(); }
  std::optional<unitls::alert> alert() const noexcept { return content_->info.alert(); }

private:
  struct content {
    explicit content(error_info from) : info(std::move(from)), text(info.text()) {}
    error_info info;
    std::string text;
  };

  std::shared_ptr<const content> content_; // shared, so that copying an error never throws
};

namespace detail {

// Makes the throwing form out of the other one.
template <class Call>
auto or_throw(const Call &call) {
  error_info failure;
  auto result = call(failure);
  if (failure) {
    throw error(std::move(failure));
  }
  return result;
}

// The same for forms that answer an optional, which is empty exactly when they failed.
template <class Call>
auto value_or_throw(const Call &call) {
  return std::move(*or_throw(call));
}

inline status to_status(unitls_status value) noexcept {
  return static_cast<status>(value);
}

// For calls of the C API that have no unitls_error: makes one.
inline void fail(error_info &failure, unitls_status status, std::string_view message) noexcept {
  failure = error_info{to_status(status), message};
}

} // namespace detail
} // namespace unitls

template <>
struct std::is_error_condition_enum<unitls::errc> : std::true_type {};
