// What is wrong with a path whose signatures hold.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGINS_COMMON_PATH_FLAGS_HPP
#define UNITLS_PLUGINS_COMMON_PATH_FLAGS_HPP

#include "name_constraints.hpp"
#include "path.hpp"
#include "revocation.hpp"

namespace unitls::plugin {

// Judges paths of one question. What it learns about one path it keeps for the next.
class path_judge {
public:
  path_judge(const chain_question &question, library_verifier &library) noexcept
      : question_(question), revocation_(question, library) {}

  // All flags that hold, except those that only the search can know (bad_signature, self_signed,
  // unknown_issuer, chain_too_long) and the name's.
  unitls_verify_flags flags(const path &where);

  uint64_t name_comparisons() const noexcept { return constraints_.comparisons(); }

private:
  const chain_question &question_;
  revocation_check revocation_;
  name_constraint_check constraints_;
};

} // namespace unitls::plugin

#endif // UNITLS_PLUGINS_COMMON_PATH_FLAGS_HPP
