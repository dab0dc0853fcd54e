// The search for the best path from the leaf to an anchor.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGINS_COMMON_PATH_SEARCH_HPP
#define UNITLS_PLUGINS_COMMON_PATH_SEARCH_HPP

#include "path.hpp"
#include "path_flags.hpp"

#include <optional>
#include <vector>

namespace unitls::plugin {

// Depth first: anchors in store order, then presented certificates in the order sent, those valid now before
// the others. The first anchored path without a flag ends it. Otherwise the best is anchored rather than not,
// then has the fewest flags, then was found first.
class path_search {
public:
  struct result {
    unitls_verify_flags flags = 0;
    path best;
  };

  // May throw std::bad_alloc.
  path_search(const chain_question &question, path_judge &rule, library_verifier &library);

  // The presented list must have no fault of its own. A search that reached a limit before it found an
  // anchored path has UNITLS_VERIFY_CHAIN_TOO_LONG, alone, and an empty path.
  result run();

private:
  struct checked_signature {
    const certificate *subject;
    bytes key;
    bool holds;
  };
  // What one step found out about the issuers of its top.
  struct issuers {
    bool any_candidate = false;
    bool any_verified = false;
  };

  // Each answers whether the search is over because a path without a flag was found.
  bool extend(path &current);
  bool through_anchors(path &current, issuers &seen);
  bool through_presented(path &current, issuers &seen);
  bool finish_anchored(path current);
  bool finish_unanchored(const path &current, const issuers &seen);
  bool finish(const path &current, unitls_verify_flags flags);

  bool is_candidate(const certificate &issuer, const certificate &subject);
  bool verifies(const certificate &issuer, const certificate &subject);
  void note_limits() noexcept;

  const chain_question &question_;
  path_judge &rule_;
  library_verifier &library_;
  std::vector<const certificate *> pool_;
  std::vector<checked_signature> checked_;
  std::optional<result> best_;
  size_t ended_ = 0;
  size_t examined_ = 0;
  // A branch ended because it has too many intermediates.
  bool too_long_ = false;
  // Something was left undone because a limit was reached; the search ends.
  bool exhausted_ = false;
};

} // namespace unitls::plugin

#endif // UNITLS_PLUGINS_COMMON_PATH_SEARCH_HPP
