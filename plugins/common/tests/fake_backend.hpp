// A backend without a library: its facts are set by a test, and its verifier says what it is told to.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGINS_COMMON_TESTS_FAKE_BACKEND_HPP
#define UNITLS_PLUGINS_COMMON_TESTS_FAKE_BACKEND_HPP

#include "crypto_verifier.hpp"

#include <unitls/plugin/configuration.hpp>
#include <unitls/plugin/peer.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace unitls::test {

// Numbers that the fake library has; every other is unknown to it.
inline constexpr uint16_t known_tls12_suite = 0xc02b;
inline constexpr uint16_t other_tls12_suite = 0xc02c;
inline constexpr uint16_t known_tls13_suite = 0x1301;
inline constexpr uint16_t known_group = 0x001d;
inline constexpr uint16_t known_scheme = 0x0403;

// Can everything, until a test changes its facts.
struct fake_backend {
  fake_backend();
  fake_backend(const fake_backend &) = delete;
  fake_backend &operator=(const fake_backend &) = delete;

  std::vector<std::string> log;
  unitls_host host{};
  plugin::backend_facts facts{};
  plugin::backend_instance instance;
};

// A verifier that either never accepts by itself, or whose path a test gives. Its signatures are libcrypto's, or all
// hold.
class fake_verifier final : public plugin::chain_verifier {
public:
  enum class signatures { checked, all_hold };
  explicit fake_verifier(signatures kind = signatures::all_hold, bool accepting = true)
      : kind_(kind), crypto_(accepting) {}

  plugin::library_verdict verify(const plugin::presented_chain &chain,
                                 std::span<const plugin::anchor *const> candidates) override;
  bool signature_holds(const plugin::signature_question &question) override;
  bool accepts(std::span<const unitls_bytes> path) override;

  // Thrown by every member when set.
  enum class fault { none, memory, error, foreign };
  fault throws = fault::none;
  size_t calls = 0;

private:
  void maybe_throw();

  signatures kind_;
  crypto_verifier crypto_;
};

// One line of a listing: "E_INVALID trust: holds no anchors".
using finding_list = std::vector<std::string>;
std::string as_line(const unitls_error &finding);

// A unitls_finding_sink; `user` is a finding_list.
unitls_status UNITLS_CALL keep_finding(void *user, const unitls_error *finding);

// What was thrown as plugin::error, as one line; empty when nothing was.
template <class Function>
std::string thrown_by(Function &&function) {
  try {
    function();
  } catch (const plugin::error &caught) {
    return as_line(caught.value());
  }
  return {};
}

} // namespace unitls::test

namespace doctest {

template <>
struct StringMaker<unitls::test::finding_list> {
  static String convert(const unitls::test::finding_list &lines) {
    std::string text;
    for (const std::string &line : lines)
      text += "\n  " + line;
    return text.c_str();
  }
};

} // namespace doctest

#endif // UNITLS_PLUGINS_COMMON_TESTS_FAKE_BACKEND_HPP
