// The C API of what backends tell about certificates without a connection.
#include <unitls/backend.h>
#include <unitls/unitls.h>

#include "backend_ref.hpp"
#include "known_part.hpp"
#include "refusal.hpp"
#include "trust_expansion.hpp"

namespace unitls::loader {
namespace {

// As in a context: a client that verifies a server trusts the system unless it says otherwise.
expanded_trust expand(const unitls_verify_chain_request &request, store_choice choice) {
  if (request.purpose == UNITLS_PURPOSE_SERVER) {
    return expanded_trust::for_client(request.trust, choice);
  }
  if (request.trust == nullptr) {
    throw refusal("a client's chain is judged by given anchors: there are no usual ones", UNITLS_E_INVALID,
                  "trust");
  }
  return expanded_trust::for_server(request.trust, choice);
}

unitls_status verify_chain(const unitls_backend_ref &backend, const unitls_verify_chain_request *given,
                           unitls_bytes_sink path, void *user, unitls_error *err) {
  check_policy(backend);
  unitls_verify_chain_request request = known_part(given, "request");
  if (!backend.verify_chain.is_present) { // before a store is read in vain
    return backend.verify_chain.functions.verify(&backend.table, given, path, user, err);
  }
  const expanded_trust trust =
      expand(request, has_system_trust(backend) ? store_choice::fixed : store_choice::environments);
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
