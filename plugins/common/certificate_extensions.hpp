// The extensions of a certificate (RFC 5280, 4.2).
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGINS_COMMON_CERTIFICATE_EXTENSIONS_HPP
#define UNITLS_PLUGINS_COMMON_CERTIFICATE_EXTENSIONS_HPP

#include <unitls/plugin/certificate.hpp>

namespace unitls::plugin {

// One Extension.
struct extension {
  bytes oid;
  bytes value; // content of the OCTET STRING
  bool critical = false;
};

// Content of one Extension. Empty: malformed. A written-out FALSE is taken, as many certificates have it.
std::optional<extension> read_extension(bytes content) noexcept;

// Reads Extensions with identifier and length into `out`.
malformation read_extensions(bytes input, certificate &out) noexcept;

} // namespace unitls::plugin

#endif // UNITLS_PLUGINS_COMMON_CERTIFICATE_EXTENSIONS_HPP
