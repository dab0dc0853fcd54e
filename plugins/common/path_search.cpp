// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "path_search.hpp"

#include <algorithm>
#include <bit>
#include <unordered_set>

namespace unitls::plugin {

namespace {

// The certificates that can stand between the leaf and an anchor, in the order in which they are tried.
// Anchors are left out, as they are found in the store.
std::vector<const certificate *> make_pool(const chain_question &question) {
  std::vector<const certificate *> pool;
  std::unordered_set<std::string_view> seen;
  for (const certificate &entry : question.presented.certificates().subspan(1)) {
    if (!question.anchors.contains(entry.der) && seen.insert(as_text(entry.der)).second)
      pool.push_back(&entry);
  }
  std::stable_partition(pool.begin(), pool.end(),
                        [&](const certificate *entry) { return entry->valid_at(question.time); });
  return pool;
}

// The same name and key twice would be a circle.
bool is_in(const path &current, const certificate &entry) noexcept {
  const auto all = current.certificates();
  return std::any_of(all.begin(), all.end(), [&](const certificate *earlier) {
    return equal(earlier->subject, entry.subject) && equal(earlier->spki, entry.spki);
  });
}

bool is_better(const path_search::result &left, const path_search::result &right) noexcept {
  if (left.best.anchored != right.best.anchored)
    return left.best.anchored;
  return std::popcount(left.flags) < std::popcount(right.flags);
}

} // namespace

path_search::path_search(const chain_question &question, path_judge &rule, library_verifier &library)
    : question_(question), rule_(rule), library_(library), pool_(make_pool(question)) {
  checked_.reserve(limits::signature_checks);
}

path_search::result path_search::run() {
  path start;
  start.push(*question_.presented.leaf());
  extend(start);
  const bool limit_reached = too_long_ || exhausted_;
  if (!best_ || (limit_reached && !best_->best.anchored))
    return {UNITLS_VERIFY_CHAIN_TOO_LONG, {}};
  return *best_;
}

bool path_search::extend(path &current) {
  if (question_.anchors.contains(current.top().der))
    return finish_anchored(current);
  if (current.full()) {
    too_long_ = true;
    ++ended_;
    return false;
  }
  note_limits();
  issuers seen;
  if (through_anchors(current, seen) || through_presented(current, seen))
    return true;
  return !seen.any_verified && finish_unanchored(current, seen);
}

bool path_search::through_anchors(path &current, issuers &seen) {
  for (const anchor *issuer : question_.anchors.by_subject(current.top().issuer)) {
    if (exhausted_)
      return false;
    if (!is_candidate(issuer->parsed, current.top()))
      continue;
    seen.any_candidate = true;
    if (!verifies(issuer->parsed, current.top()))
      continue;
    seen.any_verified = true;
    current.push(issuer->parsed);
    const bool over = finish_anchored(current);
    current.pop();
    if (over)
      return true;
  }
  return false;
}

bool path_search::through_presented(path &current, issuers &seen) {
  for (const certificate *issuer : pool_) {
    if (exhausted_)
      return false;
    if (!is_candidate(*issuer, current.top()) || is_in(current, *issuer))
      continue;
    seen.any_candidate = true;
    if (!verifies(*issuer, current.top()))
      continue;
    seen.any_verified = true;
    current.push(*issuer);
    const bool over = extend(current);
    current.pop();
    if (over)
      return true;
  }
  return false;
}

bool path_search::finish_anchored(path current) {
  current.anchored = true;
  return finish(current, 0);
}

bool path_search::finish_unanchored(const path &current, const issuers &seen) {
  if (seen.any_candidate)
    return finish(current, UNITLS_VERIFY_BAD_SIGNATURE);
  const bool alone = current.size() == 1 && current.top().self_issued();
  return finish(current, alone ? UNITLS_VERIFY_SELF_SIGNED : UNITLS_VERIFY_UNKNOWN_ISSUER);
}

bool path_search::finish(const path &current, unitls_verify_flags flags) {
  ++ended_;
  const result found{flags | rule_.flags(current), current};
  if (!best_ || is_better(found, *best_))
    best_ = found;
  return found.flags == 0;
}

bool path_search::is_candidate(const certificate &issuer, const certificate &subject) {
  ++examined_;
  return may_have_issued(issuer, subject);
}

bool path_search::verifies(const certificate &issuer, const certificate &subject) {
  const auto known = std::find_if(checked_.begin(), checked_.end(), [&](const checked_signature &earlier) {
    return earlier.subject == &subject && equal(earlier.key, issuer.spki);
  });
  if (known != checked_.end())
    return known->holds;
  if (!issuer.key.affordable)
    return false;
  if (checked_.size() == limits::signature_checks) {
    exhausted_ = true;
    return false;
  }
  const bool holds =
      library_.signature_holds({issuer.spki, subject.signature_algorithm, subject.tbs, subject.signature});
  checked_.push_back({&subject, issuer.spki, holds});
  return holds;
}

void path_search::note_limits() noexcept {
  exhausted_ = exhausted_ || ended_ >= limits::finished_paths || examined_ >= limits::candidates_examined ||
               rule_.name_comparisons() >= limits::name_comparisons_of_search;
}

} // namespace unitls::plugin
