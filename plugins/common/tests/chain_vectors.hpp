// Reads conformance/vectors/chains.json.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGINS_COMMON_TESTS_CHAIN_VECTORS_HPP
#define UNITLS_PLUGINS_COMMON_TESTS_CHAIN_VECTORS_HPP

#include <unitls/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace unitls::test {

using blob = std::vector<uint8_t>;

struct chain_vector {
  std::string id;
  std::string description;
  int64_t time = 0;
  std::vector<blob> chain;
  std::vector<blob> store;
  std::vector<blob> crls;
  bool crls_asked = false;
  unitls_verify_flags expected = 0;
};

// All of them. Throws when the file is not what it must be.
const std::vector<chain_vector> &chain_vectors();

// The one with this id. Throws when there is none.
const chain_vector &find_vector(std::string_view id);

// Views of blobs, which must outlive them.
std::vector<unitls_bytes> lend_all(const std::vector<blob> &blobs);

} // namespace unitls::test

#endif // UNITLS_PLUGINS_COMMON_TESTS_CHAIN_VECTORS_HPP
