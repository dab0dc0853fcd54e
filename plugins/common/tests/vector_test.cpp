// The 252 chains of conformance/vectors, through the evaluator alone.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "chain_vectors.hpp"
#include "crypto_verifier.hpp"

#include <unitls/plugin/evaluator.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <vector>

namespace unitls::test {

namespace {

// Everything that a question borrows.
struct posed {
  explicit posed(const chain_vector &source, plugin::library_abilities abilities = {})
      : entries(lend_all(source.chain)), presented(entries, abilities),
        store(plugin::anchor_store::create(lend_all(source.store), nullptr)) {
    for (const blob &der : source.crls) {
      if (const auto list = plugin::revocation_list::parse(der))
        crls.push_back(*list);
    }
  }

  plugin::chain_question question(const chain_vector &source) const {
    return {.presented = presented,
            .anchors = *store,
            .crls = crls,
            .crls_asked = source.crls_asked,
            .time = source.time,
            .peer = plugin::purpose::server,
            .names = {},
            .check_name = false};
  }

  std::vector<unitls_bytes> entries;
  plugin::presented_chain presented;
  std::shared_ptr<const plugin::anchor_store> store;
  std::vector<plugin::revocation_list> crls;
};

} // namespace

TEST_CASE("all vectors are there and every CRL of them parses") {
  CHECK(chain_vectors().size() == 252);
  for (const chain_vector &source : chain_vectors()) {
    CAPTURE(source.id);
    CHECK(posed(source).crls.size() == source.crls.size());
  }
}

TEST_CASE("every vector has its flags, whatever the library said first") {
  for (const chain_vector &source : chain_vectors()) {
    CAPTURE(source.id);
    CAPTURE(source.description);
    const posed setup(source);
    crypto_verifier library(true);
    const plugin::verdict result = plugin::judge(setup.question(source), {}, library);
    CHECK(result.flags == source.expected);
    CHECK(result.accepted == (source.expected == 0));
    CHECK(library.verdicts == (source.expected == 0 ? 1 : 0));
  }
}

TEST_CASE("no vector is accepted when the library refuses every path") {
  for (const chain_vector &source : chain_vectors()) {
    CAPTURE(source.id);
    const posed setup(source);
    crypto_verifier library(false);
    const plugin::verdict result = plugin::judge(setup.question(source), {}, library);
    CHECK_FALSE(result.accepted);
    CHECK(result.flags ==
          (source.expected == 0 ? unitls_verify_flags{UNITLS_VERIFY_OTHER} : source.expected));
  }
}

TEST_CASE("a path that the library verified is judged without a signature check") {
  for (const chain_vector &source : chain_vectors()) {
    if (source.expected != 0 || source.crls_asked)
      continue;
    CAPTURE(source.id);
    const posed setup(source);
    crypto_verifier searching(true);
    const plugin::verdict searched = plugin::judge(setup.question(source), {}, searching);
    crypto_verifier library(false);
    const plugin::verdict result = plugin::judge(setup.question(source), {true, searched.path}, library);
    CHECK(result.accepted);
    CHECK(result.flags == 0);
    CHECK(library.signature_checks == 0);
    CHECK(library.verdicts == 0);
  }
}

TEST_CASE("the search stays within its signature checks") {
  for (const chain_vector &source : chain_vectors()) {
    CAPTURE(source.id);
    const posed setup(source);
    crypto_verifier library(true);
    plugin::judge(setup.question(source), {}, library);
    CHECK(library.signature_checks <=
          plugin::limits::signature_checks + plugin::limits::crl_signature_checks);
  }
}

TEST_CASE("what a library cannot judge is refused") {
  plugin::library_abilities few;
  few.critical_name_constraints = false;
  few.eddsa = false;
  const posed constrained(find_vector("nc-perm-ok"), few);
  CHECK(constrained.presented.flags() == UNITLS_VERIFY_UNKNOWN_CRITICAL_EXTENSION);
  const posed constrained_anchor(find_vector("nc-root-ok"), few);
  CHECK(constrained_anchor.presented.flags() == 0);
  const posed not_critical(find_vector("nc-perm-ok-nc"), few);
  CHECK(not_critical.presented.flags() == 0);
  const posed eddsa_key(find_vector("ed25519-leaf"), few);
  CHECK(eddsa_key.presented.flags() == UNITLS_VERIFY_WEAK_ALGORITHM);
  const posed eddsa_signature(find_vector("ed448-root"), few);
  CHECK(eddsa_signature.presented.flags() == UNITLS_VERIFY_WEAK_ALGORITHM);
}

} // namespace unitls::test
