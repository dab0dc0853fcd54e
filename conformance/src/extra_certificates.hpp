// Certificates that cases need beyond the standard set of unitls-pki.
#pragma once

#include <string>

namespace unitls::conformance {

// A description for `unitls-pki make`; authorities are those of the standard set in `folder`.
std::string extra_certificates(const std::string &folder);

} // namespace unitls::conformance
