// What judge() makes of the library's verdict, with signatures that a test decides.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "der_writer.hpp"

#include <unitls/plugin/evaluator.hpp>

#include <doctest/doctest.h>

#include <algorithm>

namespace unitls::test {

using namespace plugin;

namespace {

constexpr int64_t now = 1780272000;

// A library whose every answer is set.
struct scripted_library final : library_verifier {
  bool signature_holds(const signature_question &) override {
    ++signature_checks;
    return signatures_hold;
  }
  bool accepts(std::span<const unitls_bytes> path) override {
    ++verdicts;
    path_size = path.size();
    return accepting;
  }

  bool signatures_hold = true;
  bool accepting = true;
  size_t signature_checks = 0;
  size_t verdicts = 0;
  size_t path_size = 0;
};

blob root(const std::string &name, uint8_t key) {
  certificate_plan plan;
  plan.subject = plan.issuer = name;
  plan.key = key;
  plan.ca = true;
  return make_certificate(plan);
}

blob intermediate(const std::string &name, const std::string &issuer, uint8_t key) {
  certificate_plan plan;
  plan.subject = name;
  plan.issuer = issuer;
  plan.key = key;
  plan.ca = true;
  return make_certificate(plan);
}

blob leaf(const std::string &issuer, const std::vector<blob> &extensions = {}) {
  certificate_plan plan;
  plan.subject = "leaf";
  plan.issuer = issuer;
  plan.key = 100;
  plan.names = {dns_entry("www.example")};
  plan.extensions = extensions;
  return make_certificate(plan);
}

// A question, a library and what they borrow.
struct scene {
  scene(std::vector<blob> sent, std::vector<blob> trusted)
      : chain(std::move(sent)), store(std::move(trusted)), entries(lend_all(chain)), presented(entries),
        anchors(anchor_store::create(lend_all(store), nullptr)) {}

  verdict judge_after(const library_verdict &first) {
    const chain_question question{.presented = presented,
                                  .anchors = *anchors,
                                  .crls = {},
                                  .crls_asked = false,
                                  .time = time,
                                  .peer = peer,
                                  .names = names,
                                  .check_name = check_name};
    return judge(question, first, library);
  }
  verdict judge_refused() { return judge_after({}); }
  verdict judge_accepted(const std::vector<blob> &path) {
    const auto lent = lend_all(path);
    return judge_after({true, lent});
  }

  std::vector<blob> chain;
  std::vector<blob> store;
  std::vector<unitls_bytes> entries;
  presented_chain presented;
  std::shared_ptr<const anchor_store> anchors;
  scripted_library library;
  std::vector<reference_name> names;
  bool check_name = false;
  int64_t time = now;
  purpose peer = purpose::server;
};

blob extended_key_usage(uint8_t last) {
  const blob oid{0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, last};
  return extension({0x55, 0x1d, 0x25}, false, sequence({tlv(der::tag_oid, oid)}));
}

constexpr uint8_t server_auth = 1;
constexpr uint8_t client_auth = 2;

} // namespace

TEST_CASE("accepting takes both: the library's path is judged without signature checks") {
  scene s({leaf("root")}, {root("root", 1)});
  const verdict result = s.judge_accepted({s.chain[0], s.store[0]});
  CHECK(result.accepted);
  CHECK(result.flags == 0);
  CHECK(result.anchored);
  CHECK(result.path.size() == 2);
  CHECK(s.library.signature_checks == 0);
  CHECK(s.library.verdicts == 0);
}

TEST_CASE("the rule refuses what the library accepted") {
  scene s({leaf("root")}, {root("root", 1)});
  s.time = 4102444800;
  const verdict result = s.judge_accepted({s.chain[0], s.store[0]});
  CHECK_FALSE(result.accepted);
  CHECK(result.flags == UNITLS_VERIFY_EXPIRED);
  CHECK(s.library.verdicts == 0);
}

TEST_CASE("the library refuses what the rule accepts: other, alone") {
  scene s({leaf("root")}, {root("root", 1)});
  s.library.accepting = false;
  const verdict result = s.judge_refused();
  CHECK_FALSE(result.accepted);
  CHECK(result.flags == UNITLS_VERIFY_OTHER);
  CHECK(s.library.verdicts == 1);
  CHECK(s.library.path_size == 2);
}

TEST_CASE("a refused chain is accepted when the library takes the path that the rule found") {
  scene s({leaf("int"), intermediate("other", "root", 3), intermediate("int", "root", 2)}, {root("root", 1)});
  const verdict result = s.judge_refused();
  CHECK(result.accepted);
  CHECK(result.path.size() == 3);
  CHECK(s.library.verdicts == 1);
  CHECK(s.library.path_size == 3);
}

TEST_CASE("the library is not asked about a path that has a flag") {
  scene s({leaf("root")}, {root("root", 1)});
  s.library.signatures_hold = false;
  const verdict result = s.judge_refused();
  CHECK(result.flags == UNITLS_VERIFY_BAD_SIGNATURE);
  CHECK(s.library.verdicts == 0);
}

TEST_CASE("a path that does not lead from this leaf to an anchor of ours does not count as accepted") {
  const std::vector<blob> chain{leaf("int"), intermediate("int", "root", 2)};
  const blob trusted = root("root", 1);
  const blob foreign = root("root", 9);
  const std::vector<std::vector<blob>> paths{
      {},
      {chain[0]},
      {chain[0], chain[1]},
      {chain[0], chain[1], foreign},
      {chain[1], trusted},
      {chain[0], trusted},
      {chain[0], intermediate("int", "root", 8), trusted},
      {trusted},
  };
  for (const std::vector<blob> &path : paths) {
    scene s(chain, {trusted});
    s.library.signatures_hold = false;
    const verdict result = s.judge_accepted(path);
    CHECK_FALSE(result.accepted);
    CHECK(result.flags == UNITLS_VERIFY_BAD_SIGNATURE);
    CHECK(s.library.signature_checks > 0);
  }
}

TEST_CASE("a longer path than the rule's is cut at its first anchor") {
  scene s({leaf("int"), intermediate("int", "root", 2)}, {root("root", 1), intermediate("int", "root", 2)});
  const verdict result = s.judge_accepted({s.chain[0], s.chain[1], s.store[0]});
  CHECK(result.accepted);
  CHECK(result.path.size() == 2);
  CHECK(s.library.signature_checks == 0);
}

TEST_CASE("a better path is looked for when the one that the library took has a flag") {
  certificate_plan old;
  old.subject = "int";
  old.issuer = "root";
  old.key = 2;
  old.ca = true;
  old.not_after = "20250101000000Z";
  scene s({leaf("int"), make_certificate(old), intermediate("int", "root", 3)}, {root("root", 1)});
  const verdict result = s.judge_accepted({s.chain[0], s.chain[1], s.store[0]});
  CHECK(result.accepted);
  CHECK(s.library.verdicts == 1);
  CHECK(view(result.path[1]).data() == s.chain[2].data());
}

TEST_CASE("a leaf that is itself an anchor needs no signature, but the library's word") {
  scene s({leaf("nobody")}, {leaf("nobody")});
  CHECK(s.judge_refused().accepted);
  CHECK(s.library.signature_checks == 0);
  CHECK(s.library.path_size == 1);
  s.library.accepting = false;
  CHECK(s.judge_refused().flags == UNITLS_VERIFY_OTHER);
}

TEST_CASE("names: a mismatch is added to what else is wrong, and the library is not asked again") {
  scene s({leaf("root")}, {root("root", 1)});
  s.check_name = true;
  s.names = {*reference_name::parse("www.example")};
  CHECK(s.judge_accepted({s.chain[0], s.store[0]}).accepted);
  s.names = {*reference_name::parse("other.example")};
  CHECK(s.judge_accepted({s.chain[0], s.store[0]}).flags == UNITLS_VERIFY_NAME_MISMATCH);
  CHECK(s.library.signature_checks == 0);
  CHECK(s.judge_refused().flags == UNITLS_VERIFY_NAME_MISMATCH);
  CHECK(s.library.verdicts == 0);
  s.time = 4102444800;
  CHECK(s.judge_refused().flags == (UNITLS_VERIFY_NAME_MISMATCH | UNITLS_VERIFY_EXPIRED));
  s.names.clear();
  s.time = now;
  CHECK(s.judge_refused().flags == UNITLS_VERIFY_NAME_MISMATCH);
}

TEST_CASE("faults of the list stand alone and end the matter, whatever the library said") {
  const blob critical = extension({0x2a, 0x03}, true, {});
  const auto flags_of = [](std::vector<blob> chain) {
    scene s(std::move(chain), {root("root", 1)});
    s.check_name = true;
    s.time = 4102444800;
    std::vector<blob> path = s.chain;
    path.push_back(s.store[0]);
    const verdict result = s.judge_accepted(path);
    CHECK_FALSE(result.accepted);
    CHECK(result.path.empty());
    CHECK(s.library.signature_checks == 0);
    return result.flags;
  };
  CHECK(flags_of({}) == UNITLS_VERIFY_MALFORMED);
  CHECK(flags_of({leaf("root"), to_blob("garbage")}) == UNITLS_VERIFY_MALFORMED);
  CHECK(flags_of({leaf("root", {critical}), to_blob("garbage")}) == UNITLS_VERIFY_MALFORMED);
  CHECK(flags_of({leaf("root", {critical})}) == UNITLS_VERIFY_UNKNOWN_CRITICAL_EXTENSION);
  CHECK(flags_of({leaf("root"), find_vector("dsa-leaf").chain[0]}) == UNITLS_VERIFY_WEAK_ALGORITHM);
}

TEST_CASE("purpose: a server needs serverAuth, a client clientAuth, or no extended key usage") {
  const auto flags_of = [](purpose peer, const std::vector<blob> &extensions) {
    scene s({leaf("root", extensions)}, {root("root", 1)});
    s.peer = peer;
    return s.judge_refused().flags;
  };
  CHECK(flags_of(purpose::server, {}) == 0);
  CHECK(flags_of(purpose::client, {}) == 0);
  CHECK(flags_of(purpose::server, {extended_key_usage(server_auth)}) == 0);
  CHECK(flags_of(purpose::client, {extended_key_usage(client_auth)}) == 0);
  CHECK(flags_of(purpose::client, {extended_key_usage(server_auth)}) == UNITLS_VERIFY_WRONG_PURPOSE);
  CHECK(flags_of(purpose::server, {extended_key_usage(client_auth)}) == UNITLS_VERIFY_WRONG_PURPOSE);
}

TEST_CASE("names of a form that is not compared are refused as soon as a constraint has their form") {
  const blob email = tlv(0x81, to_blob("a@b.example"));
  const auto constrained = [&](uint8_t list, const blob &base) {
    return extension({0x55, 0x1d, 0x1e}, false, sequence({tlv(list, sequence({base}))}));
  };
  const auto flags_of = [&](const blob &constraints, const std::vector<blob> &names) {
    certificate_plan ca;
    ca.subject = ca.issuer = "root";
    ca.ca = true;
    ca.extensions = {constraints};
    certificate_plan end;
    end.names = names;
    end.key = 7;
    scene s({make_certificate(end)}, {make_certificate(ca)});
    return s.judge_refused().flags;
  };
  const blob other_email = tlv(0x81, to_blob("c.example"));
  CHECK(flags_of(constrained(0xa1, other_email), {dns_entry("a.example")}) == 0);
  CHECK(flags_of(constrained(0xa1, other_email), {email}) == UNITLS_VERIFY_NAME_CONSTRAINT);
  CHECK(flags_of(constrained(0xa0, email), {email}) == UNITLS_VERIFY_NAME_CONSTRAINT);
  CHECK(flags_of(constrained(0xa1, ip_entry({10, 0, 0, 0, 255, 0, 0, 0})), {ip_entry({10, 1, 2, 3})}) ==
        UNITLS_VERIFY_NAME_CONSTRAINT);
  CHECK(flags_of(constrained(0xa1, ip_entry({10, 0, 0, 0, 255, 0, 0, 0})), {ip_entry({11, 1, 2, 3})}) == 0);
  CHECK(flags_of(constrained(0xa1, dns_entry("")), {dns_entry("a.example")}) ==
        UNITLS_VERIFY_NAME_CONSTRAINT);
  CHECK(flags_of(constrained(0xa0, dns_entry("ample")), {dns_entry("a.example")}) ==
        UNITLS_VERIFY_NAME_CONSTRAINT);
}

TEST_CASE("a search without end is cut: many names, keys and levels") {
  constexpr int levels = 8;
  constexpr uint8_t keys = 24;
  std::vector<blob> chain{leaf("level0")};
  for (int level = 0; level < levels; ++level) {
    for (uint8_t key = 0; key < keys; ++key)
      chain.push_back(
          intermediate("level" + std::to_string(level), "level" + std::to_string(level + 1), key));
  }
  scene s(chain, {root("root", 200)});
  const verdict result = s.judge_refused();
  CHECK(result.flags == UNITLS_VERIFY_CHAIN_TOO_LONG);
  CHECK(result.path.empty());
  CHECK(s.library.signature_checks <= limits::signature_checks);
}

TEST_CASE("many copies with one key cost one signature check each way") {
  std::vector<blob> chain{leaf("int")};
  for (uint8_t serial = 1; serial <= 120; ++serial) {
    certificate_plan twin;
    twin.subject = "int";
    twin.issuer = "nobody";
    twin.key = 2;
    twin.serial = serial;
    twin.ca = true;
    chain.push_back(make_certificate(twin));
  }
  scene s(chain, {root("root", 1)});
  CHECK(s.judge_refused().flags == UNITLS_VERIFY_UNKNOWN_ISSUER);
  CHECK(s.library.signature_checks == 1);
}

TEST_CASE("no signature is asked of a key that costs too much") {
  const blob rsa = tlv(der::tag_oid, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01});
  const blob numbers = sequence({tlv(der::tag_integer, blob(4096, 0x7f)), tlv(der::tag_integer, {3})});
  const blob huge = sequence({sequence({rsa}), tlv(der::tag_bit_string, join({{0}, numbers}))});
  certificate_plan plan;
  plan.subject = plan.issuer = "root";
  plan.ca = true;
  plan.public_key = huge;
  scene s({leaf("root")}, {make_certificate(plan)});
  CHECK(s.judge_refused().flags == UNITLS_VERIFY_BAD_SIGNATURE);
  CHECK(s.library.signature_checks == 0);
}

} // namespace unitls::test
