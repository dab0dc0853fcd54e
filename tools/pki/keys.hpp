#pragma once

#include "crypto.hpp"
#include "description.hpp"

#include <string>
#include <vector>

namespace unitls::pki {

[[nodiscard]] KeyPtr generate_key(KeyType type);

/// Another owner of the same key.
[[nodiscard]] KeyPtr share_key(EVP_PKEY *key);

/// Reads an unencrypted PEM private key. Throws Failure naming the file.
[[nodiscard]] KeyPtr load_key(const std::string &file);

/// Reads all certificates of a PEM file, at least one. Throws Failure naming the file.
[[nodiscard]] std::vector<CertificatePtr> load_certificates(const std::string &file);

} // namespace unitls::pki
