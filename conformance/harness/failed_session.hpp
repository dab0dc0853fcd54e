// What holds for a session that has failed.
#pragma once

#include "party.hpp"

namespace unitls::conformance {

// Every call answers the status of the failure with its alert and flags, nothing is sent and nothing is pending (U-22).
// `side.error` must be that of the call that failed.
void expect_failed_for_ever(const char *clause, party &side, unitls_status status);

} // namespace unitls::conformance
