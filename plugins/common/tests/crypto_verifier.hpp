// A library_verifier whose signatures are checked by libcrypto and whose own verdict a test sets.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGINS_COMMON_TESTS_CRYPTO_VERIFIER_HPP
#define UNITLS_PLUGINS_COMMON_TESTS_CRYPTO_VERIFIER_HPP

#include <unitls/plugin/evaluator.hpp>

#include <cstddef>

namespace unitls::test {

class crypto_verifier final : public plugin::library_verifier {
public:
  explicit crypto_verifier(bool accepting) : accepting_(accepting) {}

  bool signature_holds(const plugin::signature_question &question) override;
  bool accepts(std::span<const unitls_bytes> path) override;

  size_t signature_checks = 0;
  size_t verdicts = 0;

private:
  bool accepting_;
};

} // namespace unitls::test

#endif // UNITLS_PLUGINS_COMMON_TESTS_CRYPTO_VERIFIER_HPP
