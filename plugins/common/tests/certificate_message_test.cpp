// Certificate messages, and lists of certificates kept.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "der_writer.hpp"

#include <unitls/plugin/certificate_list.hpp>
#include <unitls/plugin/certificate_message.hpp>
#include <unitls/plugin/der.hpp>

#include <doctest/doctest.h>

namespace unitls::test {

using namespace plugin;

namespace {

// A vector with a length of `octets` octets before it.
blob vector_of(size_t octets, const blob &content) {
  blob out;
  for (size_t i = octets; i-- > 0;)
    out.push_back(static_cast<uint8_t>(content.size() >> (8 * i)));
  return join({out, content});
}

const blob first(300, 0x11);
const blob second{0x22, 0x23};

blob tls12_message() {
  return vector_of(3, join({vector_of(3, first), vector_of(3, second)}));
}

blob tls13_message(const blob &request_context = {}) {
  const blob extension{0x00, 0x05, 0x00, 0x01, 0x00};
  return join(
      {vector_of(1, request_context),
       vector_of(3, join({vector_of(3, first), vector_of(2, extension), vector_of(3, second), {0, 0}}))});
}

std::vector<blob> entries_of(const blob &message, bool is_tls13) {
  std::vector<blob> copies;
  for (const unitls_bytes &entry : read_certificate_message(message, is_tls13))
    copies.emplace_back(entry.data, entry.data + entry.size);
  return copies;
}

unitls_status UNITLS_CALL keep_bytes(void *user, unitls_bytes given) {
  static_cast<std::vector<blob> *>(user)->emplace_back(given.data, given.data + given.size);
  return UNITLS_OK;
}

} // namespace

TEST_CASE("the entries of a message of TLS 1.2 are read, leaf first") {
  CHECK(entries_of(tls12_message(), false) == std::vector<blob>{first, second});
}

TEST_CASE("the entries of a message of TLS 1.3 are read without context and extensions") {
  CHECK(entries_of(tls13_message(), true) == std::vector<blob>{first, second});
  CHECK(entries_of(tls13_message({1, 2, 3}), true) == std::vector<blob>{first, second});
}

TEST_CASE("a message without entries has none") {
  CHECK(entries_of({0, 0, 0}, false).empty());
  CHECK(entries_of({0, 0, 0, 0}, true).empty());
}

TEST_CASE("a message that is cut short anywhere, or followed by anything, has no entries") {
  for (const bool is_tls13 : {false, true}) {
    blob message = is_tls13 ? tls13_message() : tls12_message();
    for (size_t size = 0; size < message.size(); ++size) {
      const blob cut(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(size));
      CHECK(entries_of(cut, is_tls13).empty());
    }
    message.push_back(0);
    CHECK(entries_of(message, is_tls13).empty());
  }
}

TEST_CASE("an entry that is cut short inside of its list spoils the list") {
  CHECK(entries_of(vector_of(3, join({vector_of(3, second), {0, 0}})), false).empty());
  CHECK(entries_of(vector_of(3, join({vector_of(3, second), {0, 0, 9, 1}})), false).empty());
  CHECK(entries_of(join({{0}, vector_of(3, join({vector_of(3, second), {0}}))}), true).empty());
  CHECK(entries_of(join({{0}, vector_of(3, join({vector_of(3, second), {0, 1}}))}), true).empty());
}

TEST_CASE("one layout is not taken for the other") {
  CHECK(entries_of(tls13_message(), false).empty());
  CHECK(entries_of(tls12_message(), true).empty());
}

TEST_CASE("a list keeps certificates after their owner is gone") {
  certificate_list kept;
  {
    const std::vector<blob> owner{first, {}, second};
    kept = certificate_list(lend_all(owner));
  }
  std::vector<blob> given;
  CHECK(kept.give(keep_bytes, &given) == UNITLS_OK);
  CHECK(given == std::vector<blob>{first, {}, second});
  CHECK_FALSE(kept.empty());
  const std::vector<unitls_bytes> views = kept.views();
  REQUIRE(views.size() == 3);
  CHECK(equal(view(views[2]), second));
}

TEST_CASE("an empty list gives nothing") {
  std::vector<blob> given;
  CHECK(certificate_list().give(keep_bytes, &given) == UNITLS_OK);
  CHECK(given.empty());
  CHECK(certificate_list().empty());
  CHECK(certificate_list(std::span<const unitls_bytes>{}).views().empty());
}

TEST_CASE("a sink that has enough ends the listing with its status") {
  const std::vector<blob> owner{first, second};
  const certificate_list kept(lend_all(owner));
  int calls = 0;
  const unitls_bytes_sink stop = [](void *user, unitls_bytes) -> unitls_status {
    ++*static_cast<int *>(user);
    return UNITLS_E_NOMEM;
  };
  CHECK(kept.give(stop, &calls) == UNITLS_E_NOMEM);
  CHECK(calls == 1);
}

} // namespace unitls::test
