#include "mock_backend.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string_view>

#include "backend_ref.hpp"

namespace unitls::testing {
namespace {

constexpr std::size_t payload_limit = 16384;

struct mock_context {
  mock_state *state;
  bool is_server;
};

unitls_status fail(unitls_error *err, unitls_status status, const char *message) {
  if (err != nullptr) {
    err->status = status;
    std::strncpy(err->message, message, sizeof err->message - 1);
  }
  return status;
}

class mock_session {
public:
  mock_session(const mock_context &context, const unitls_transport &transport)
      : state_(*context.state), transport_(transport), is_server_(context.is_server) {}

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
    const auto status = receive();
    if (status != UNITLS_OK) {
      return end(err, status);
    }
    if (record_[0] != mock_record::hello) {
      return final(err, UNITLS_E_PROTOCOL);
    }
    drop_record();
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

private:
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

  mock_state &state_;
  const unitls_transport &transport_;
  bool is_server_;
  bool hello_sent_ = false;
  bool done_ = false;
  bool closed_ = false;
  bool peer_closed_ = false;
  unitls_status failed_ = UNITLS_OK;
  std::size_t held_ = 0;
  std::size_t taken_ = 0;
  std::array<std::uint8_t, mock_header + 65535> record_{};
  std::array<std::uint8_t, mock_header + payload_limit> out_{};
};

mock_session &session_of(unitls_backend_session *session) {
  return *reinterpret_cast<mock_session *>(session);
}
const mock_session &session_of(const unitls_backend_session *session) {
  return *reinterpret_cast<const mock_session *>(session);
}

template <class Config>
unitls_status create(const unitls_backend *self, const Config *config, bool is_server,
                     unitls_backend_context **context) {
  auto *const state = static_cast<mock_state *>(self->instance);
  *context = nullptr;
  if (state->makes_no_context) {
    return UNITLS_OK;
  }
  state->options.clear();
  for (std::size_t i = 0; i < config->option_count; ++i) {
    state->options.push_back(std::string(config->options[i].name) + "=" + config->options[i].value);
  }
  state->trust.clear();
  state->trust_generation = 0;
  if (config->trust != nullptr) {
    state->trust_generation = config->trust->generation;
    for (std::size_t i = 0; i < config->trust->blob_count; ++i) {
      const auto &blob = config->trust->blobs[i];
      state->trust.append(reinterpret_cast<const char *>(blob.data), blob.size);
    }
  }
  *context = reinterpret_cast<unitls_backend_context *>(new mock_context{state, is_server});
  return UNITLS_OK;
}

unitls_status UNITLS_CALL client_create(const unitls_backend *self, const unitls_client_config *config,
                                        unitls_backend_context **context, unitls_error *) {
  return create(self, config, false, context);
}
unitls_status UNITLS_CALL server_create(const unitls_backend *self, const unitls_server_config *config,
                                        unitls_backend_context **context, unitls_error *err) {
  if (config->identity_count == 2) { // a fault on a named field, for the tests of messages
    *context = nullptr;
    if (err != nullptr) {
      std::strncpy(err->field, "identities[1].private_key", sizeof err->field - 1);
    }
    return fail(err, UNITLS_E_INVALID, "the key does not match its certificate");
  }
  return create(self, config, true, context);
}

void UNITLS_CALL context_destroy(unitls_backend_context *context) {
  delete reinterpret_cast<mock_context *>(context);
}

unitls_status UNITLS_CALL session_create(unitls_backend_context *context, const unitls_session_config *config,
                                         const unitls_transport *transport, unitls_backend_session **session,
                                         unitls_error *) {
  const auto &owner = *reinterpret_cast<mock_context *>(context);
  owner.state->server_name = config->server_name != nullptr ? config->server_name : "";
  owner.state->reference_names.assign(config->reference_names,
                                      config->reference_names + config->reference_name_count);
  *session = reinterpret_cast<unitls_backend_session *>(new mock_session(owner, *transport));
  return UNITLS_OK;
}

void UNITLS_CALL session_destroy(unitls_backend_session *session) {
  delete reinterpret_cast<mock_session *>(session);
}

unitls_status UNITLS_CALL handshake(unitls_backend_session *session, unitls_error *err) {
  return session_of(session).handshake(err);
}
unitls_status UNITLS_CALL read(unitls_backend_session *session, std::uint8_t *buffer, std::size_t size,
                               std::size_t *done, unitls_error *err) {
  return session_of(session).read(buffer, size, done, err);
}
unitls_status UNITLS_CALL write(unitls_backend_session *session, const std::uint8_t *data, std::size_t size,
                                std::size_t *done, unitls_error *err) {
  return session_of(session).write(data, size, done, err);
}
unitls_status UNITLS_CALL shutdown(unitls_backend_session *session, unitls_error *err) {
  return session_of(session).shutdown(err);
}
std::size_t UNITLS_CALL pending(const unitls_backend_session *session) {
  return session_of(session).pending();
}

unitls_status UNITLS_CALL info(const unitls_backend_session *session, unitls_info *info) {
  info->version = session_of(session).is_done() ? UNITLS_TLS_1_3 : 0;
  return UNITLS_OK;
}

unitls_status UNITLS_CALL peer_certificates(const unitls_backend_session *, unitls_bytes_sink sink,
                                            void *user) {
  static const std::uint8_t der[] = {0x30, 0x00};
  return sink(user, {der, sizeof der});
}

unitls_backend_ref *make_ref(mock_state &state) {
  unitls_backend table{};
  table.struct_size = sizeof table;
  table.instance = &state;
  table.client_context_create = &client_create;
  table.server_context_create = &server_create;
  table.context_destroy = &context_destroy;
  table.session_create = &session_create;
  table.session_destroy = &session_destroy;
  table.handshake = &handshake;
  table.read = &read;
  table.write = &write;
  table.shutdown = &shutdown;
  table.pending = &pending;
  table.info = &info;
  table.peer_certificates = &peer_certificates;
  auto ref = std::make_unique<unitls_backend_ref>();
  loader::adopt_backend(table, *ref);
  return ref.release();
}

} // namespace

mock_backend::mock_backend() : ref(make_ref(state)) {}

mock_backend::~mock_backend() {
  unitls_backend_ref_release(ref);
}

void mock_backend::refuse_by_policy(const std::string &sentence) const {
  ref->policy_refusal = sentence;
}

void mock_backend::add_registry_option(const std::string &name, const std::string &value) const {
  ref->options.emplace_back(name, value);
}

std::string mock_frame(std::uint8_t type, std::string_view payload) {
  std::string frame;
  frame += static_cast<char>(type);
  frame += static_cast<char>(payload.size() >> 8);
  frame += static_cast<char>(payload.size() & 0xFF);
  frame += payload;
  return frame;
}

} // namespace unitls::testing
