// The C API of what backends tell about certificates without a connection.
#include <unitls/backend.h>
#include <unitls/unitls.h>

#include "backend_ref.hpp"
#include "refusal.hpp"
#include "trust_expansion.hpp"

namespace unitls::loader {
namespace {

void check(const unitls_verify_chain_request *request) {
  switch (unitls_check_request(request, sizeof *request, sizeof *request)) {
  case UNITLS_OK:
    return;
  case UNITLS_E_UNSUPPORTED:
    throw refusal("the request has members that this libunitls does not know", UNITLS_E_UNSUPPORTED,
                  "struct_size");
  default:
    throw refusal("the request's struct_size is too small", UNITLS_E_INVALID, "struct_size");
  }
}

// As in a context: a client that verifies a server trusts the system unless it says otherwise.
expanded_trust expand(const unitls_verify_chain_request &request) {
  if (request.purpose == UNITLS_PURPOSE_SERVER) {
    return expanded_trust::for_client(request.trust);
  }
  if (request.trust == nullptr) {
    throw refusal("a client's chain is judged by given anchors: there are no usual ones", UNITLS_E_INVALID,
                  "trust");
  }
  return expanded_trust::for_server(request.trust);
}

unitls_status verify_chain(const unitls_backend_ref &backend, const unitls_verify_chain_request *given,
                           unitls_bytes_sink path, void *user, unitls_error *err) {
  check_policy(backend);
  check(given);
  if (!backend.verify_chain.is_present) { // before a store is read in vain
    return backend.verify_chain.functions.verify(&backend.table, given, path, user, err);
  }
  const expanded_trust trust = expand(*given);
  unitls_verify_chain_request request = *given;
  request.struct_size = sizeof request;
  request.trust = trust.get();
  const unitls_status status =
      backend.verify_chain.functions.verify(&backend.table, &request, path, user, err);
  trust.restore_field(err);
  return status;
}

} // namespace
} // namespace unitls::loader

extern "C" {

using namespace unitls::loader;

unitls_status unitls_backend_ref_verify_chain(const unitls_backend_ref *backend,
                                              const unitls_verify_chain_request *request,
                                              unitls_bytes_sink path, void *user, unitls_error *err) {
  try {
    return verify_chain(*backend, request, path, user, err);
  } catch (...) {
    return report_current_exception(err);
  }
}

unitls_status unitls_backend_ref_certificate_info(const unitls_backend_ref *backend,
                                                  const unitls_blob *certificate,
                                                  unitls_certificate_sink sink, void *user,
                                                  unitls_error *err) {
  return backend->certificate_info.functions.read(&backend->table, certificate, sink, user, err);
}

} // extern "C"
