// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "verdict_promises.hpp"

#include "fuzz.hpp"

#include <unitls/plugin/verdict_text.hpp>

#include <algorithm>
#include <numeric>

namespace unitls::fuzz {

namespace {

using namespace plugin;

class scripted_library final : public library_verifier {
public:
  explicit scripted_library(const library_script &script) noexcept : script_(script) {}

  bool holds(const signature_question &question) const noexcept {
    if (script_.hold != library_script::signatures::some)
      return script_.hold == library_script::signatures::all;
    const auto sum = [](plugin::bytes part) { return std::accumulate(part.begin(), part.end(), 0U); };
    return (sum(question.issuer_spki) + sum(question.signed_bytes)) % 4 != 0;
  }
  bool signature_holds(const signature_question &question) override {
    ++signature_checks;
    return holds(question);
  }
  bool accepts(std::span<const unitls_bytes>) override {
    ++paths_shown;
    return script_.accepts;
  }

  size_t signature_checks = 0;
  size_t paths_shown = 0;

private:
  library_script script_;
};

std::vector<unitls_bytes> first_path(const chain_question &question) {
  std::vector<unitls_bytes> path;
  for (const certificate &entry : question.presented.certificates())
    path.push_back(lend(entry.der));
  if (!question.anchors.empty())
    path.push_back(lend(question.anchors.anchors().front().parsed.der));
  return path;
}

std::vector<certificate> read_path(const verdict &answer) {
  std::vector<certificate> path;
  for (const unitls_bytes &entry : answer.path)
    path.push_back(certificate::parse(view(entry)).value());
  return path;
}

void check_path(const chain_question &question, const verdict &answer, const std::vector<certificate> &path) {
  require(path.size() <= limits::path_length, "a path is bounded");
  require(path.empty() || equal(path.front().der, question.presented.leaf()->der),
          "a path begins with the leaf");
  for (size_t i = 1; i < path.size(); ++i)
    require(may_have_issued(path[i], path[i - 1]), "each certificate of a path is named by the one before");
  require(!answer.anchored || (!path.empty() && question.anchors.contains(path.back().der)),
          "an anchored path ends in the store");
}

void check_accepted(const chain_question &question, const verdict &answer,
                    const std::vector<certificate> &path) {
  require(answer.anchored, "what is accepted leads to an anchor");
  require(question.presented.flags() == 0, "a faulty list is never accepted");
  require(!question.check_name || matches_any(question.names, path.front()), "what is accepted has the name");
  for (size_t i = 0; i < path.size(); ++i) {
    require(path[i].valid_at(question.time), "what is accepted is valid now");
    require(path[i].key.strong, "what is accepted has strong keys");
    require(!path[i].has_unknown_critical_extension, "what is accepted is understood");
    require(i == 0 || path[i].is_ca || path[i].version < 3, "what is accepted was issued by CAs");
  }
}

// The library verified its own path, so nobody asks again; any other path has signatures that hold.
void check_signatures(const scripted_library &library, const std::vector<certificate> &path) {
  for (size_t i = 1; library.paths_shown != 0 && i < path.size(); ++i) {
    const certificate &subject = path[i - 1];
    require(library.holds({path[i].spki, subject.signature_algorithm, subject.tbs, subject.signature}),
            "signatures of an accepted path hold");
  }
}

void check_text(const chain_question &question, const verdict &answer) {
  const std::string text =
      describe({answer.flags, answer.path, &question.presented, question.time, question.names});
  require(text.size() < UNITLS_ERROR_MESSAGE_SIZE && is_printable_ascii(text),
          "a sentence fits error.message");
}

} // namespace

library_script library_script::from(uint8_t octet) noexcept {
  return {static_cast<signatures>(octet % 3), (octet & 0x40) == 0, (octet & 0x80) != 0};
}

void check_verdict(const chain_question &question, const library_script &script) {
  scripted_library library(script);
  const std::vector<unitls_bytes> proven = first_path(question);
  const library_verdict first = script.accepted_first ? library_verdict{true, proven} : library_verdict{};
  const verdict answer = judge(question, first, library);
  const std::vector<certificate> path = read_path(answer);
  require(answer.accepted == (answer.flags == 0), "flags are 0 exactly when accepted");
  require(library.signature_checks <= limits::signature_checks + limits::crl_signature_checks,
          "checks are bounded");
  require(!answer.accepted || script.accepted_first || (library.paths_shown == 1 && script.accepts),
          "accepting takes the library");
  check_path(question, answer, path);
  if (!answer.accepted) {
    check_text(question, answer);
    return;
  }
  check_accepted(question, answer, path);
  check_signatures(library, path);
}

} // namespace unitls::fuzz
