// The honest functions, for lies that begin or end with the truth.
#pragma once

#include "parts.hpp"

namespace unitls::mutants::honest {

unitls_status UNITLS_CALL open(const unitls_host *host, const unitls_backend **backend, unitls_error *err);

// Of the table, as backend.h describes them.
const char *const *UNITLS_CALL capabilities(const unitls_backend *self);
unitls_status UNITLS_CALL list(const unitls_backend *self, std::int32_t kind, unitls_item_sink sink,
                               void *user);
const void *UNITLS_CALL get_extension(const unitls_backend *self, const char *id);
unitls_status UNITLS_CALL client_config_check(const unitls_backend *self, const unitls_client_config *config,
                                              unitls_finding_sink sink, void *user);
unitls_status UNITLS_CALL server_config_check(const unitls_backend *self, const unitls_server_config *config,
                                              unitls_finding_sink sink, void *user);
unitls_status UNITLS_CALL client_context_create(const unitls_backend *self,
                                                const unitls_client_config *config,
                                                unitls_backend_context **made, unitls_error *err);
unitls_status UNITLS_CALL server_context_create(const unitls_backend *self,
                                                const unitls_server_config *config,
                                                unitls_backend_context **made, unitls_error *err);
void UNITLS_CALL context_destroy(unitls_backend_context *of);
unitls_status UNITLS_CALL session_create(unitls_backend_context *of, const unitls_session_config *config,
                                         const unitls_transport *transport, unitls_backend_session **made,
                                         unitls_error *err);
void UNITLS_CALL session_destroy(unitls_backend_session *of);
unitls_status UNITLS_CALL handshake(unitls_backend_session *of, unitls_error *err);
unitls_status UNITLS_CALL read(unitls_backend_session *of, std::uint8_t *buffer, std::size_t size,
                               std::size_t *done, unitls_error *err);
unitls_status UNITLS_CALL write(unitls_backend_session *of, const std::uint8_t *data, std::size_t size,
                                std::size_t *done, unitls_error *err);
unitls_status UNITLS_CALL shutdown(unitls_backend_session *of, unitls_error *err);
std::size_t UNITLS_CALL pending(const unitls_backend_session *of);
unitls_status UNITLS_CALL info(const unitls_backend_session *of, unitls_info *info);
unitls_status UNITLS_CALL peer_certificates(const unitls_backend_session *of, unitls_bytes_sink sink,
                                            void *user);
unitls_status UNITLS_CALL verified_certificates(const unitls_backend_session *of, unitls_bytes_sink sink,
                                                void *user);

// Of the extensions.
unitls_status UNITLS_CALL verify_chain(const unitls_backend *self, const unitls_verify_chain_request *request,
                                       unitls_bytes_sink path, void *user, unitls_error *err);
unitls_status UNITLS_CALL read_certificate(const unitls_backend *self, const unitls_blob *certificate,
                                           unitls_certificate_sink sink, void *user, unitls_error *err);

unitls_status recv(session &of, std::uint8_t *buffer, std::size_t size, std::size_t *done);
unitls_status send(session &of, const std::uint8_t *data, std::size_t size);
unitls_status judge(const context &of, const unitls_verify_request &request, unitls_verify_flags *flags);

// A client's context whose every verdict is put to current().judge, also when the program has no callback.
unitls_status create_judged_client(const unitls_client_config *config, unitls_backend_context **made,
                                   unitls_error *err);

} // namespace unitls::mutants::honest
