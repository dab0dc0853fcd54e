// Anchors and revocation lists of a request, from blobs to what the evaluator takes.
#pragma once

#include <memory>

#include <unitls/plugin/configuration.hpp>

#include "findings.hpp"

namespace unitls::plugin {

// Null when the trust cannot be read, which is a finding. Malformed anchors are left out and logged.
std::shared_ptr<const anchor_store> read_trust(const unitls_trust *trust, backend_instance &backend,
                                               const findings &found);

// Null when the lists cannot be read, which is a finding.
std::shared_ptr<const revocation_set> read_crls(const unitls_crls &crls, const findings &found);

} // namespace unitls::plugin
