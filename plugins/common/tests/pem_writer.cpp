// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "pem_writer.hpp"

#include <algorithm>

namespace unitls::test {

namespace {

std::string base64(const blob &der) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < der.size(); i += 3) {
    const size_t taken = std::min<size_t>(3, der.size() - i);
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (k < taken ? der[i + k] : 0U);
    for (size_t k = 0; k < 4; ++k)
      out += k <= taken ? digits[bits >> (18 - 6 * k) & 0x3f] : '=';
  }
  return out;
}

} // namespace

std::string pem(std::string_view label, const blob &der) {
  constexpr size_t line_size = 64;
  const std::string marks = std::string(label) + "-----\n";
  const std::string text = base64(der);
  std::string out = "-----BEGIN " + marks;
  for (size_t i = 0; i < text.size(); i += line_size)
    out += text.substr(i, line_size) + '\n';
  return out + "-----END " + marks;
}

} // namespace unitls::test
