// Certificates for the matrix of names: one for each row that describes one.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "vectors.hpp"

namespace unitls::conformance {

// Stem of the row's certificate.
std::string name_certificate(const name_row &row);

// Entries of a description for `unitls-pki make`, issued by `issuer`. They share the key of `key_of`: only their names
// matter.
nlohmann::json describe_name_certificates(const std::string &issuer, const std::string &key_of);

} // namespace unitls::conformance
