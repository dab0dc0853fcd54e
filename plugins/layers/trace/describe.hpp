// What matters of the arguments and results of calls. Never key material, plaintext or the values of options.
#pragma once

#include <unitls/backend.h>
#include <unitls/extensions.h>

#include "line.hpp"

namespace unitls::trace {

// The request may be NULL or wrong: only what its struct_size covers is read.
void describe(line &to, const unitls_client_config *config);
void describe(line &to, const unitls_server_config *config);
void describe(line &to, const unitls_session_config *config);
void describe(line &to, const unitls_verify_chain_request *request);

// What was negotiated.
void describe(line &to, const unitls_info &facts);

// A failure's alert, flags, field and message.
void describe(line &to, const unitls_error &error);

} // namespace unitls::trace
