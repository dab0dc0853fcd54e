#pragma once

#include "crypto.hpp"
#include "description.hpp"

#include <string>

namespace unitls::pki {

/// Sign with the issuer's key as the description chose, and return the signed object. Throw Failure, beginning
/// with `where`, if the key cannot sign so.
[[nodiscard]] CertificatePtr sign(CertificatePtr certificate, EVP_PKEY *key, const SignatureChoice &choice,
                                  const std::string &where);
[[nodiscard]] CrlPtr sign(CrlPtr crl, EVP_PKEY *key, const SignatureChoice &choice, const std::string &where);

} // namespace unitls::pki
