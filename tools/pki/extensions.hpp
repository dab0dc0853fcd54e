#pragma once

#include "crypto.hpp"
#include "description.hpp"

#include <string>
#include <vector>

namespace unitls::pki {

/// The extensions of a certificate in the order in which they are written. `issuer` is the certificate itself
/// where it signs itself; both must hold their public keys already.
[[nodiscard]] std::vector<ExtensionPtr> certificate_extensions(const CertificateDescription &description,
                                                               const X509 *certificate, const X509 *issuer);

[[nodiscard]] std::vector<ExtensionPtr> crl_extensions(const CrlDescription &description, const X509 *issuer);

} // namespace unitls::pki
