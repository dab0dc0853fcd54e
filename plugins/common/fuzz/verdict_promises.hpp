// What every verdict keeps, whatever was asked.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGINS_COMMON_FUZZ_VERDICT_PROMISES_HPP
#define UNITLS_PLUGINS_COMMON_FUZZ_VERDICT_PROMISES_HPP

#include <unitls/plugin/evaluator.hpp>

namespace unitls::fuzz {

// How the made-up library of one check behaves.
struct library_script {
  // Of which signatures it says that they hold: of all, of none, or of some, by their bytes.
  enum class signatures : uint8_t { all, none, some } hold = signatures::all;
  // Whether it accepts the path that it is shown.
  bool accepts = true;
  // Whether it accepted the list as it was sent, over the presented certificates and the first anchor.
  bool accepted_first = false;

  static library_script from(uint8_t octet) noexcept;
};

// Judges with a library that behaves so, and checks the verdict.
void check_verdict(const plugin::chain_question &question, const library_script &script);

} // namespace unitls::fuzz

#endif // UNITLS_PLUGINS_COMMON_FUZZ_VERDICT_PROMISES_HPP
