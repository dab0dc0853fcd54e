// An honest wrapper over a good backend, made of functions that a lie can replace one by one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <unitls/backend.h>
#include <unitls/extensions.h>

namespace unitls::mutants {

// The wrapper's own context: what a unitls_backend_context of it points to.
struct context {
  unitls_backend_context *inner = nullptr;
  bool is_client = false;
  // The program's callback; its `verify` is NULL when there is none.
  unitls_verify_callback program{};
  // What the inner backend is given in its place.
  unitls_verify_callback to_inner{};
  // Whether sessions need a reference name although the inner backend does not ask for one.
  bool needs_names = false;
  // Room for a lie.
  std::vector<unitls_bytes> protocols;
};

struct session {
  unitls_backend_session *inner = nullptr;
  context *of = nullptr;
  const unitls_transport *outer = nullptr;
  unitls_transport to_inner{};
  std::vector<std::string> names;
  void *user = nullptr;
  // What has become of it.
  bool is_open = false;
  bool is_shut = false;
  bool has_failed = false;
  bool transport_has_failed = false;
  // Room for a lie.
  unsigned count = 0;
  std::vector<std::uint8_t> held;
  unitls_verify_flags found = 0;
};

inline context &as_context(unitls_backend_context *handle) noexcept {
  return *reinterpret_cast<context *>(handle);
}
inline session &as_session(unitls_backend_session *handle) noexcept {
  return *reinterpret_cast<session *>(handle);
}
inline const session &as_session(const unitls_backend_session *handle) noexcept {
  return *reinterpret_cast<const session *>(handle);
}

// Everything that a lie can replace. What the host calls, and what the inner backend calls back.
struct parts {
  unitls_status(UNITLS_CALL *open)(const unitls_host *host, const unitls_backend **backend,
                                   unitls_error *err);
  unitls_backend table;
  unitls_status(UNITLS_CALL *verify_chain)(const unitls_backend *self,
                                           const unitls_verify_chain_request *request, unitls_bytes_sink path,
                                           void *user, unitls_error *err);
  unitls_status(UNITLS_CALL *read_certificate)(const unitls_backend *self, const unitls_blob *certificate,
                                               unitls_certificate_sink sink, void *user, unitls_error *err);
  unitls_status (*recv)(session &of, std::uint8_t *buffer, std::size_t size, std::size_t *done);
  unitls_status (*send)(session &of, const std::uint8_t *data, std::size_t size);
  // Asks the program, if it has a callback.
  unitls_status (*judge)(const context &of, const unitls_verify_request &request, unitls_verify_flags *flags);
};

// The parts in use. They are chosen once in a process, by the first `open`.
parts &current() noexcept;

// Every function as it should be: it does what the inner backend does.
parts honest_parts() noexcept;

// In how many functions the two differ.
std::size_t differences(const parts &one, const parts &other) noexcept;

} // namespace unitls::mutants
