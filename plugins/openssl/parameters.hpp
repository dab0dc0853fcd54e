// Lists of cipher suites, groups and signature schemes by their IANA numbers.
#pragma once

#include <unitls/plugin/configuration.hpp>

#include "handles.hpp"

namespace unitls::openssl {

// Applies the lists that are not empty and makes sure that OpenSSL leaves nothing out: it silently drops what its
// security level forbids and what the rest of the configuration makes useless. Throws an error on the list's field.
void apply_parameters(SSL_CTX *context, const plugin::configuration &config);

} // namespace unitls::openssl
