// Certificates and keys of a configuration, from PEM or DER to DER. What cannot be read is a finding.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <unitls/plugin/secret.hpp>
#include <unitls/types.h>

#include "findings.hpp"

namespace unitls::plugin {

// Adds what the blob holds: at least one certificate.
void read_certificates(const unitls_blob &blob, const std::string &field, const findings &found,
                       std::vector<secret_bytes> &certificates);

// A certificate with the line of its BEGIN, from 1; 0 in DER.
struct located_certificate {
  secret_bytes der;
  std::size_t line = 0;
};

// The same, with the place of each.
std::vector<located_certificate> locate_certificates(const unitls_blob &blob, const std::string &field,
                                                     const findings &found);

// Adds what the blob holds: at least one revocation list, not parsed.
void read_revocation_lists(const unitls_blob &blob, const std::string &field, const findings &found,
                           std::vector<secret_bytes> &lists);

// The key in a blob of its own.
void read_private_key(const unitls_blob &blob, const std::string &field, const findings &found,
                      secret_bytes &key);

// The key that stands with the certificates, in PEM.
void find_private_key(std::span<const unitls_blob> certificates, const std::string &field,
                      const findings &found, secret_bytes &key);

} // namespace unitls::plugin
