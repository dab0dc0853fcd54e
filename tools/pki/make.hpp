#pragma once

#include "description.hpp"
#include "files.hpp"

namespace unitls::pki {

/// Makes everything described, in memory: ID.pem and ID.key for a certificate, ID.crl.pem for a CRL, ID.pem for
/// a chain, and with `der` also ID.der and ID.crl.der.
[[nodiscard]] OutputFiles make(const Description &description);

} // namespace unitls::pki
