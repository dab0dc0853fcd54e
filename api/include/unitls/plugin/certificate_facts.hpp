// The extension unitls.certificate-info/1 (extensions.h): what stands in certificates, read by the common parser.
#pragma once

#include <array>
#include <cstdint>

#include <unitls/extensions.h>
#include <unitls/plugin/der.hpp>

namespace unitls::plugin {

using sha256_digest = std::array<std::uint8_t, 32>;

// The library's SHA-256. May throw.
using sha256_function = sha256_digest (*)(bytes data);

// Gives the facts of every certificate in the blob. A malformed one is thrown as `error`. The status is the sink's.
unitls_status read_certificate_facts(const unitls_blob &blob, sha256_function sha256,
                                     unitls_certificate_sink sink, void *user);

} // namespace unitls::plugin
