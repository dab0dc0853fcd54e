// The body of a Certificate message. The first octet chooses: odd for TLS 1.3, even for TLS 1.2.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "fuzz.hpp"

#include <unitls/plugin/certificate_message.hpp>
#include <unitls/plugin/der.hpp>

#include <algorithm>
#include <vector>

namespace {

using unitls::fuzz::bytes;
using unitls::fuzz::is_inside;
using unitls::fuzz::require;

// The message of TLS 1.2 that holds these certificates.
std::vector<std::uint8_t> write(const std::vector<unitls_bytes> &certificates) {
  std::vector<std::uint8_t> list;
  const auto append_length = [](std::vector<std::uint8_t> &out, std::size_t length) {
    for (const unsigned shift : {16U, 8U, 0U}) {
      out.push_back(static_cast<std::uint8_t>(length >> shift & 0xff));
    }
  };
  for (const unitls_bytes &each : certificates) {
    append_length(list, each.size);
    list.insert(list.end(), each.data, each.data + each.size);
  }
  std::vector<std::uint8_t> message;
  append_length(message, list.size());
  message.insert(message.end(), list.begin(), list.end());
  return message;
}

bool equal(const std::vector<unitls_bytes> &left, const std::vector<unitls_bytes> &right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](auto one, auto other) {
    return unitls::plugin::equal(unitls::plugin::view(one), unitls::plugin::view(other));
  });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const bytes message = bytes(data, size).subspan(1);
  const bool is_tls13 = data[0] % 2 != 0;
  const auto certificates = unitls::plugin::read_certificate_message(message, is_tls13);
  const std::uint8_t *last = message.data();
  for (const unitls_bytes &each : certificates) {
    require(is_inside({each.data, each.size}, message), "a certificate is a view into the message");
    require(each.data > last, "certificates follow each other");
    last = each.data;
  }
  const std::vector<std::uint8_t> written = write(certificates);
  require(equal(unitls::plugin::read_certificate_message(written, false), certificates),
          "a list is the same written again");
  require(is_tls13 || certificates.empty() || unitls::plugin::equal(written, message),
          "a message of TLS 1.2 has one form");
  return 0;
}
