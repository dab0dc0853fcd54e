// A session of the mock backend: records without cryptography.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "mock_backend.hpp"

namespace unitls::testing {

inline constexpr std::size_t payload_limit = 16384;

struct mock_context {
  mock_state *state;
  bool is_server;
  std::uint32_t verify = UNITLS_VERIFY_FULL;
  unitls_verify_callback callback{}; // `verify` is NULL when there is none
};

inline unitls_status fail(unitls_error *err, unitls_status status, const char *message) {
  if (err != nullptr) {
    err->status = status;
    std::strncpy(err->message, message, sizeof err->message - 1);
  }
  return status;
}

inline std::string text_of(unitls_blob blob) {
  return {reinterpret_cast<const char *>(blob.data), blob.size};
}

inline unitls_bytes bytes_of(const std::string &text) {
  return {reinterpret_cast<const std::uint8_t *>(text.data()), text.size()};
}

inline std::vector<unitls_bytes> bytes_of(const std::vector<std::string> &texts) {
  std::vector<unitls_bytes> all;
  all.reserve(texts.size());
  for (const auto &text : texts) {
    all.push_back(bytes_of(text));
  }
  return all;
}

inline unitls_status give(const std::vector<std::string> &texts, unitls_bytes_sink sink, void *user) {
  for (const auto &text : texts) {
    if (const auto status = sink(user, bytes_of(text)); status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

class mock_session {
public:
  mock_session(const mock_context &context, const unitls_transport &transport, void *user)
      : context_(context), state_(*context.state), transport_(transport), is_server_(context.is_server),
        user_(user) {}

  unitls_status handshake(unitls_error *err) {
    if (failed_ != UNITLS_OK) {
      return fail(err, failed_, "the session has failed");
    }
    if (!is_server_ && !hello_sent_) {
      hello_sent_ = true;
      if (const auto status = send(mock_record::hello, state_.flight_size); status != UNITLS_OK) {
        return final(err, status);
      }
    }
    if (done_) {
      return UNITLS_OK;
    }
    if (!hello_came_) {
      const auto status = receive();
      if (status != UNITLS_OK) {
        return end(err, status);
      }
      if (record_[0] != mock_record::hello) {
        return final(err, UNITLS_E_PROTOCOL);
      }
      drop_record();
      hello_came_ = true;
    }
    if (const auto verdict = is_server_ ? UNITLS_OK : judge(err); verdict != UNITLS_OK) {
      return verdict;
    }
    done_ = true;
    if (is_server_) {
      if (const auto sent = send(mock_record::hello, state_.flight_size); sent != UNITLS_OK) {
        return final(err, sent);
      }
    }
    return UNITLS_OK;
  }

  unitls_status read(std::uint8_t *buffer, std::size_t size, std::size_t *done, unitls_error *err) {
    *done = 0;
    if (size == 0) {
      return fail(err, UNITLS_E_INVALID, "a read needs room");
    }
    if (failed_ != UNITLS_OK) {
      return fail(err, failed_, "the session has failed");
    }
    if (!done_) {
      return fail(err, UNITLS_E_STATE, "the handshake is not over");
    }
    while (!peer_closed_) {
      if (pending() == 0) {
        if (const auto status = receive(); status != UNITLS_OK) {
          return end(err, status);
        }
      }
      switch (record_[0]) {
      case mock_record::data:
        *done = std::min(size, pending());
        std::memcpy(buffer, record_.data() + mock_header + taken_, *done);
        taken_ += *done;
        if (pending() == 0) {
          drop_record();
        }
        if (*done != 0) {
          return UNITLS_OK;
        }
        break;
      case mock_record::ping:
        drop_record();
        if (const auto status = send(mock_record::pong, payload_limit); status != UNITLS_OK) {
          return final(err, status);
        }
        break;
      case mock_record::close_notify:
        drop_record();
        peer_closed_ = true;
        break;
      default:
        drop_record();
        break;
      }
    }
    return UNITLS_CLOSED;
  }

  unitls_status write(const std::uint8_t *data, std::size_t size, std::size_t *done, unitls_error *err) {
    *done = 0;
    if (size == 0) {
      return UNITLS_OK;
    }
    if (failed_ != UNITLS_OK) {
      return fail(err, failed_, "the session has failed");
    }
    if (!done_ || closed_) {
      return fail(err, UNITLS_E_STATE, "writing is not possible now");
    }
    if (state_.tells_impossible_size) {
      return UNITLS_OK;
    }
    state_.largest_write = std::max(state_.largest_write, size);
    const std::size_t length = std::min(size, payload_limit);
    frame(mock_record::data, length);
    std::memcpy(out_.data() + mock_header, data, length);
    const auto status = transport_.send(transport_.user, out_.data(), mock_header + length);
    if (status != UNITLS_OK) {
      return final(err, status);
    }
    *done = length;
    return UNITLS_OK;
  }

  unitls_status shutdown(unitls_error *err) {
    if (failed_ != UNITLS_OK) {
      return fail(err, failed_, "the session has failed");
    }
    if (!done_) {
      return fail(err, UNITLS_E_STATE, "the handshake is not over");
    }
    if (closed_) {
      return UNITLS_OK;
    }
    closed_ = true;
    const auto status = send(mock_record::close_notify, 0);
    return status == UNITLS_OK ? status : final(err, status);
  }

  std::size_t pending() const {
    return is_whole() && record_[0] == mock_record::data ? held_ - mock_header - taken_ : 0;
  }

  bool is_done() const { return done_; }
  const mock_state &state() const { return state_; }

private:
  // The built-in verdict, then the callback's.
  unitls_status judge(unitls_error *err) {
    unitls_verify_flags flags = context_.verify == UNITLS_INSECURE_NO_VERIFICATION ? 0 : state_.verify_flags;
    if (context_.callback.verify != nullptr) {
      unitls_verify_flags added = 0;
      const auto answer = ask(added);
      if (answer == UNITLS_WANT_CALLBACK) {
        return answer;
      }
      if (answer != UNITLS_OK) {
        flags |= added != 0 ? added : std::uint64_t{UNITLS_VERIFY_OTHER};
      }
    }
    if (flags == 0) {
      return UNITLS_OK;
    }
    final(err, UNITLS_E_CERTIFICATE);
    if (err != nullptr) {
      err->verify_flags = flags;
    }
    return UNITLS_E_CERTIFICATE;
  }

  unitls_status ask(unitls_verify_flags &added) const {
    const auto chain = bytes_of(state_.chain);
    const auto path = bytes_of(state_.path);
    unitls_verify_request request{};
    request.struct_size = sizeof request;
    request.verify_flags = state_.verify_flags;
    request.chain = chain.data();
    request.chain_size = chain.size();
    request.path = path.data();
    request.path_size = path.size();
    request.session_user = user_;
    return context_.callback.verify(context_.callback.user, &request, &added);
  }

  unitls_status final(unitls_error *err, unitls_status status) {
    failed_ = status;
    return fail(err, status, "the session failed");
  }

  unitls_status end(unitls_error *err, unitls_status status) {
    if (status == UNITLS_WANT_READ) {
      return status;
    }
    return final(err, status == UNITLS_EOF ? UNITLS_E_TRUNCATED : status);
  }

  std::size_t length() const { return static_cast<std::size_t>(record_[1] << 8 | record_[2]); }
  bool is_whole() const { return held_ >= mock_header && held_ == mock_header + length(); }

  void drop_record() {
    held_ = 0;
    taken_ = 0;
  }

  // Goes on until one whole record is held.
  unitls_status receive() {
    while (!is_whole()) {
      const std::size_t wanted = (held_ < mock_header ? mock_header : mock_header + length()) - held_;
      std::size_t got = 0;
      const auto status = transport_.recv(transport_.user, record_.data() + held_, wanted, &got);
      if (status != UNITLS_OK) {
        return status;
      }
      held_ += got;
    }
    return UNITLS_OK;
  }

  void frame(std::uint8_t type, std::size_t size) {
    out_[0] = type;
    out_[1] = static_cast<std::uint8_t>(size >> 8);
    out_[2] = static_cast<std::uint8_t>(size & 0xFF);
  }

  unitls_status send(std::uint8_t type, std::size_t size) {
    frame(type, size);
    std::memset(out_.data() + mock_header, 'x', size);
    return transport_.send(transport_.user, out_.data(), mock_header + size);
  }

  const mock_context context_;
  mock_state &state_;
  const unitls_transport &transport_;
  bool is_server_;
  void *user_;
  bool hello_sent_ = false;
  bool hello_came_ = false;
  bool done_ = false;
  bool closed_ = false;
  bool peer_closed_ = false;
  unitls_status failed_ = UNITLS_OK;
  std::size_t held_ = 0;
  std::size_t taken_ = 0;
  std::array<std::uint8_t, mock_header + 65535> record_{};
  std::array<std::uint8_t, mock_header + payload_limit> out_{};
};

} // namespace unitls::testing
