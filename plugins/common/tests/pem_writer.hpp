// Writes PEM (RFC 7468), also such as it must not be.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGINS_COMMON_TESTS_PEM_WRITER_HPP
#define UNITLS_PLUGINS_COMMON_TESTS_PEM_WRITER_HPP

#include "chain_vectors.hpp"

#include <string>
#include <string_view>

namespace unitls::test {

// One block, with lines of 64 characters.
std::string pem(std::string_view label, const blob &der);

// Lent for a call; the text must outlive it.
inline unitls_blob as_pem(std::string_view text) {
  return {UNITLS_FORMAT_PEM, 0, reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}
inline unitls_blob as_der(const blob &bytes) {
  return {UNITLS_FORMAT_DER, 0, bytes.data(), bytes.size()};
}

} // namespace unitls::test

#endif // UNITLS_PLUGINS_COMMON_TESTS_PEM_WRITER_HPP
