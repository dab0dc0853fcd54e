// The honest functions of sessions and of their transport.
#include <memory>
#include <utility>

#include <unitls/plugin/error.hpp>

#include "honest.hpp"
#include "inner.hpp"
#include "requests.hpp"

namespace unitls::mutants::honest {
namespace {

unitls_status UNITLS_CALL recv_by_parts(void *user, std::uint8_t *buffer, std::size_t size,
                                        std::size_t *done) {
  return current().recv(*static_cast<session *>(user), buffer, size, done);
}

unitls_status UNITLS_CALL send_by_parts(void *user, const std::uint8_t *data, std::size_t size) {
  return current().send(*static_cast<session *>(user), data, size);
}

// A function that the host did not lend is not lent either.
const unitls_transport *lend(session &of, const unitls_transport *transport) {
  if (transport == nullptr) {
    return nullptr;
  }
  of.outer = transport;
  of.to_inner.struct_size = sizeof of.to_inner;
  of.to_inner.user = &of;
  of.to_inner.recv = transport->recv == nullptr ? nullptr : recv_by_parts;
  of.to_inner.send = transport->send == nullptr ? nullptr : send_by_parts;
  return &of.to_inner;
}

void keep_names(session &of, const unitls_session_config &config) {
  if (config.reference_names == nullptr || config.reference_name_count > UNITLS_REFERENCE_NAMES_MAX) {
    return; // to be refused
  }
  for (std::size_t i = 0; i < config.reference_name_count; ++i) {
    of.names.emplace_back(config.reference_names[i]);
  }
}

unitls_status note(session &of, unitls_status status) {
  of.has_failed = of.has_failed || (status < 0 && status != UNITLS_E_STATE && status != UNITLS_E_INVALID);
  return status;
}

unitls_status note_transport(session &of, unitls_status status) {
  of.transport_has_failed = of.transport_has_failed || status < 0;
  return status;
}

} // namespace

unitls_status UNITLS_CALL session_create(unitls_backend_context *of, const unitls_session_config *config,
                                         const unitls_transport *transport, unitls_backend_session **handle,
                                         unitls_error *err) {
  *handle = nullptr;
  return plugin::guarded(err, [&] {
    auto made = std::make_unique<session>();
    made->of = &as_context(of);
    changed_request<unitls_session_config> changed(config);
    if (unitls_session_config *const own = changed.get(); own != nullptr) {
      if (made->of->needs_names && own->reference_name_count == 0) {
        return plugin::fail(err, UNITLS_E_INVALID, "reference_names", "a client needs at least one");
      }
      keep_names(*made, *own);
      made->user = std::exchange(own->user, made.get());
    }
    const unitls_status status =
        inner().session_create(made->of->inner, changed.native(), lend(*made, transport), &made->inner, err);
    if (status == UNITLS_OK) {
      *handle = reinterpret_cast<unitls_backend_session *>(made.release());
    }
    return status;
  });
}

void UNITLS_CALL session_destroy(unitls_backend_session *of) {
  if (of == nullptr) {
    return;
  }
  inner().session_destroy(as_session(of).inner);
  delete &as_session(of);
}

unitls_status UNITLS_CALL handshake(unitls_backend_session *of, unitls_error *err) {
  session &self = as_session(of);
  const unitls_status status = note(self, inner().handshake(self.inner, err));
  self.is_open = self.is_open || status == UNITLS_OK;
  return status;
}

unitls_status UNITLS_CALL read(unitls_backend_session *of, std::uint8_t *buffer, std::size_t size,
                               std::size_t *done, unitls_error *err) {
  session &self = as_session(of);
  return note(self, inner().read(self.inner, buffer, size, done, err));
}

unitls_status UNITLS_CALL write(unitls_backend_session *of, const std::uint8_t *data, std::size_t size,
                                std::size_t *done, unitls_error *err) {
  session &self = as_session(of);
  return note(self, inner().write(self.inner, data, size, done, err));
}

unitls_status UNITLS_CALL shutdown(unitls_backend_session *of, unitls_error *err) {
  session &self = as_session(of);
  const unitls_status status = note(self, inner().shutdown(self.inner, err));
  self.is_shut = self.is_shut || status == UNITLS_OK;
  return status;
}

std::size_t UNITLS_CALL pending(const unitls_backend_session *of) {
  return inner().pending(as_session(of).inner);
}

unitls_status UNITLS_CALL info(const unitls_backend_session *of, unitls_info *told) {
  return inner().info(as_session(of).inner, told);
}

unitls_status UNITLS_CALL peer_certificates(const unitls_backend_session *of, unitls_bytes_sink sink,
                                            void *user) {
  return inner().peer_certificates(as_session(of).inner, sink, user);
}

unitls_status UNITLS_CALL verified_certificates(const unitls_backend_session *of, unitls_bytes_sink sink,
                                                void *user) {
  return inner().verified_certificates(as_session(of).inner, sink, user);
}

unitls_status recv(session &of, std::uint8_t *buffer, std::size_t size, std::size_t *done) {
  return note_transport(of, of.outer->recv(of.outer->user, buffer, size, done));
}

unitls_status send(session &of, const std::uint8_t *data, std::size_t size) {
  return note_transport(of, of.outer->send(of.outer->user, data, size));
}

} // namespace unitls::mutants::honest
