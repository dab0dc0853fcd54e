#pragma once

#include "crypto.hpp"
#include "description.hpp"

#include <span>

namespace unitls::pki {

/// Who signs. A null certificate means that the subject signs itself with `key`.
struct Signer {
  const X509 *certificate = nullptr;
  EVP_PKEY *key = nullptr;
};

[[nodiscard]] CertificatePtr make_certificate(const CertificateDescription &description,
                                              EVP_PKEY *subject_key, const Signer &signer);

/// `signer` has a certificate; `revoked` are the certificates of description.revoked.
[[nodiscard]] CrlPtr make_crl(const CrlDescription &description, const Signer &signer,
                              std::span<const X509 *const> revoked);

} // namespace unitls::pki
