// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <unitls/plugin/evaluator.hpp>

#include "path.hpp"
#include "path_flags.hpp"
#include "path_search.hpp"

#include <algorithm>
#include <optional>

namespace unitls::plugin {

namespace {

const certificate *find_presented(const chain_question &question, bytes der) noexcept {
  const auto all = question.presented.certificates();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const certificate &entry) { return equal(entry.der, der); });
  return found == all.end() ? nullptr : &*found;
}

// The path that the library verified, in the terms of the rule: cut at its first anchor. Empty when the rule
// would not have gone this way: other names, too many certificates, no anchor of ours.
std::optional<path> proven_path(const chain_question &question, const library_verdict &first) noexcept {
  if (!first.accepted || first.path.empty() || !equal(view(first.path[0]), question.presented.leaf()->der))
    return std::nullopt;
  path proven;
  for (const unitls_bytes &entry : first.path) {
    const anchor *const trusted = question.anchors.find(view(entry));
    const certificate *const next = trusted ? &trusted->parsed : find_presented(question, view(entry));
    if (!next || proven.full() || (proven.size() > 0 && !may_have_issued(*next, proven.top())))
      return std::nullopt;
    proven.push(*next);
    if (!trusted)
      continue;
    proven.anchored = true;
    return proven;
  }
  return std::nullopt;
}

unitls_verify_flags name_flags(const chain_question &question) noexcept {
  if (!question.check_name || matches_any(question.names, *question.presented.leaf()))
    return 0;
  return UNITLS_VERIFY_NAME_MISMATCH;
}

verdict refused(unitls_verify_flags flags) {
  verdict answer;
  answer.flags = flags;
  return answer;
}

verdict about(const path &judged, unitls_verify_flags flags) {
  verdict answer;
  answer.flags = flags;
  answer.anchored = judged.anchored;
  answer.path.reserve(judged.size());
  for (const certificate *entry : judged.certificates())
    answer.path.push_back(lend(entry->der));
  return answer;
}

// Nobody has accepted yet: looks for a path, and has the library verify one that the rule accepts.
verdict judge_by_search(const chain_question &question, path_judge &rule, library_verifier &library) {
  const path_search::result found = path_search(question, rule, library).run();
  if (found.flags == UNITLS_VERIFY_CHAIN_TOO_LONG)
    return refused(found.flags);
  verdict answer = about(found.best, found.flags | name_flags(question));
  if (answer.flags != 0)
    return answer;
  answer.accepted = library.accepts(answer.path);
  answer.flags = answer.accepted ? 0 : UNITLS_VERIFY_OTHER;
  return answer;
}

} // namespace

verdict judge(const chain_question &question, const library_verdict &first, library_verifier &library) {
  if (const unitls_verify_flags flags = question.presented.flags(); flags != 0)
    return refused(flags);
  path_judge rule(question, library);
  const std::optional<path> proven = proven_path(question, first);
  if (!proven || rule.flags(*proven) != 0)
    return judge_by_search(question, rule, library);
  verdict answer = about(*proven, name_flags(question));
  answer.accepted = answer.flags == 0;
  return answer;
}

} // namespace unitls::plugin
