#include "backend_ref.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "refusal.hpp"

namespace unitls::loader {
namespace {

unitls_status refuse(unitls_error *err, const char *what, const char *field = "") noexcept {
  return report(err, UNITLS_E_UNSUPPORTED, field, what);
}

// The functions that stand in a table's holes.
const char *const no_capabilities[] = {nullptr};

const char *const *UNITLS_CALL absent_capabilities(const unitls_backend *) {
  return no_capabilities;
}
unitls_status UNITLS_CALL absent_list(const unitls_backend *, int32_t, unitls_item_sink, void *) {
  return UNITLS_E_UNSUPPORTED;
}
const void *UNITLS_CALL absent_extension(const unitls_backend *, const char *) {
  return nullptr;
}
unitls_status UNITLS_CALL absent_client_check(const unitls_backend *, const unitls_client_config *,
                                              unitls_finding_sink, void *) {
  return UNITLS_E_UNSUPPORTED;
}
unitls_status UNITLS_CALL absent_server_check(const unitls_backend *, const unitls_server_config *,
                                              unitls_finding_sink, void *) {
  return UNITLS_E_UNSUPPORTED;
}
unitls_status UNITLS_CALL absent_client(const unitls_backend *, const unitls_client_config *,
                                        unitls_backend_context **context, unitls_error *err) {
  *context = nullptr;
  return refuse(err, "this backend cannot be a client");
}
unitls_status UNITLS_CALL absent_server(const unitls_backend *, const unitls_server_config *,
                                        unitls_backend_context **context, unitls_error *err) {
  *context = nullptr;
  return refuse(err, "this backend cannot be a server");
}
void UNITLS_CALL absent_context_destroy(unitls_backend_context *) {}
unitls_status UNITLS_CALL absent_session(unitls_backend_context *, const unitls_session_config *,
                                         const unitls_transport *, unitls_backend_session **session,
                                         unitls_error *err) {
  *session = nullptr;
  return refuse(err, "this backend has no sessions over a program's own transport");
}
void UNITLS_CALL absent_session_destroy(unitls_backend_session *) {}
unitls_status UNITLS_CALL absent_step(unitls_backend_session *, unitls_error *err) {
  return refuse(err, "this backend lacks the function");
}
unitls_status UNITLS_CALL absent_read(unitls_backend_session *, uint8_t *, size_t, size_t *done,
                                      unitls_error *err) {
  *done = 0;
  return refuse(err, "this backend lacks read");
}
unitls_status UNITLS_CALL absent_write(unitls_backend_session *, const uint8_t *, size_t, size_t *done,
                                       unitls_error *err) {
  *done = 0;
  return refuse(err, "this backend lacks write");
}
size_t UNITLS_CALL absent_pending(const unitls_backend_session *) {
  return 0;
}
unitls_status UNITLS_CALL absent_info(const unitls_backend_session *, unitls_info *) {
  return UNITLS_E_UNSUPPORTED;
}
unitls_status UNITLS_CALL absent_certificates(const unitls_backend_session *, unitls_bytes_sink, void *) {
  return UNITLS_E_UNSUPPORTED;
}

unitls_status UNITLS_CALL absent_verify(const unitls_backend *, const unitls_verify_chain_request *,
                                        unitls_bytes_sink, void *, unitls_error *err) {
  return refuse(err, "this backend judges no chain without a connection", verify_chain_id);
}
unitls_status UNITLS_CALL absent_certificate(const unitls_backend *, const unitls_blob *,
                                             unitls_certificate_sink, void *, unitls_error *err) {
  return refuse(err, "this backend does not tell what stands in certificates", certificate_info_id);
}

template <class Function>
void fill(Function &member, Function absent) noexcept {
  if (member == nullptr) {
    member = absent;
  }
}

// Of an OFFER that is larger than what is known here, the tail is not read.
template <class Functions>
void adopt_extension(const unitls_backend &table, const char *id, adopted_extension<Functions> &to) noexcept {
  const auto *const from = static_cast<const Functions *>(table.get_extension(&table, id));
  to.is_present = from != nullptr;
  if (to.is_present) {
    std::memcpy(&to.functions, from, std::min<std::size_t>(from->struct_size, sizeof to.functions));
  }
  to.functions.struct_size = sizeof to.functions;
}

template <class Functions>
const void *find(const adopted_extension<Functions> &extension) noexcept {
  return extension.is_present ? &extension.functions : nullptr;
}

} // namespace

void adopt_table(const unitls_backend &from, unitls_backend &to) noexcept {
  to = unitls_backend{};
  std::memcpy(&to, &from, std::min<std::size_t>(from.struct_size, sizeof to));
  to.struct_size = sizeof to;
  fill(to.capabilities, &absent_capabilities);
  fill(to.list, &absent_list);
  fill(to.get_extension, &absent_extension);
  fill(to.client_config_check, &absent_client_check);
  fill(to.server_config_check, &absent_server_check);
  fill(to.client_context_create, &absent_client);
  fill(to.server_context_create, &absent_server);
  fill(to.context_destroy, &absent_context_destroy);
  fill(to.session_create, &absent_session);
  fill(to.session_destroy, &absent_session_destroy);
  fill(to.handshake, &absent_step);
  fill(to.read, &absent_read);
  fill(to.write, &absent_write);
  fill(to.shutdown, &absent_step);
  fill(to.pending, &absent_pending);
  fill(to.info, &absent_info);
  fill(to.peer_certificates, &absent_certificates);
  fill(to.verified_certificates, &absent_certificates);
}

void adopt_backend(const unitls_backend &from, unitls_backend_ref &to) noexcept {
  adopt_table(from, to.table);
  adopt_extension(to.table, verify_chain_id, to.verify_chain);
  fill(to.verify_chain.functions.verify, &absent_verify);
  adopt_extension(to.table, certificate_info_id, to.certificate_info);
  fill(to.certificate_info.functions.read, &absent_certificate);
}

void check_policy(const unitls_backend_ref &backend) {
  if (backend.rules != nullptr && !backend.rules->mistake.empty()) {
    throw refusal(backend.rules->mistake, backend.rules->brief_mistake, UNITLS_E_POLICY);
  }
}

bool has_system_trust(const unitls_backend_ref &backend) noexcept {
  return backend.rules != nullptr && backend.rules->has_system_trust();
}

} // namespace unitls::loader

extern "C" {

void unitls_backend_ref_retain(unitls_backend_ref *backend) {
  backend->references.fetch_add(1, std::memory_order_relaxed);
}

void unitls_backend_ref_release(unitls_backend_ref *backend) {
  if (backend != nullptr && backend->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    delete backend;
  }
}

const char *unitls_backend_ref_id(const unitls_backend_ref *backend) {
  return backend->plugin->id;
}
const char *unitls_backend_ref_path(const unitls_backend_ref *backend) {
  return backend->path.c_str();
}
const char *unitls_backend_ref_version(const unitls_backend_ref *backend) {
  return backend->plugin->version;
}
const char *unitls_backend_ref_description(const unitls_backend_ref *backend) {
  return backend->plugin->description;
}
const char *unitls_backend_ref_library_version(const unitls_backend_ref *backend) {
  return backend->plugin->library_version();
}
const char *unitls_backend_ref_chosen_by(const unitls_backend_ref *backend) {
  return backend->chosen_by.c_str();
}

const char *const *unitls_backend_ref_capabilities(const unitls_backend_ref *backend) {
  return backend->table.capabilities(&backend->table);
}

int32_t unitls_backend_ref_supports(const unitls_backend_ref *backend, const char *capability) {
  for (auto item = unitls_backend_ref_capabilities(backend); *item != nullptr; ++item) {
    if (std::string_view(*item) == capability) {
      return 1;
    }
  }
  return 0;
}

unitls_status unitls_backend_ref_list(const unitls_backend_ref *backend, int32_t kind, unitls_item_sink sink,
                                      void *user) {
  return backend->table.list(&backend->table, kind, sink, user);
}

const void *unitls_backend_ref_extension(const unitls_backend_ref *backend, const char *id) {
  const std::string_view name = id;
  if (name == unitls::loader::verify_chain_id) {
    return unitls::loader::find(backend->verify_chain);
  }
  if (name == unitls::loader::certificate_info_id) {
    return unitls::loader::find(backend->certificate_info);
  }
  return backend->table.get_extension(&backend->table, id);
}

} // extern "C"
