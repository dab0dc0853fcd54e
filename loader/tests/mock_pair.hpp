// Contexts of both sides over one mock backend.
#pragma once

#include <unitls/unitls.hpp>

#include "mock_backend.hpp"

namespace unitls::testing {

struct mock_sides {
  mock_sides()
      : backend(take(mock.ref)), client(backend, {.trust = anchors()}),
        server(backend, {.identities = {{}}}) {}

  static trust_store anchors() { return trust_store::from_pem("-----BEGIN CERTIFICATE-----\n"); }
  static unitls::backend take(unitls_backend_ref *ref) {
    unitls_backend_ref_retain(ref);
    return unitls::backend::from_native(ref);
  }

  mock_backend mock;
  unitls::backend backend;
  client_context client;
  server_context server;
};

} // namespace unitls::testing
