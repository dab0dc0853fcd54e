// The chain vectors through unitls.verify-chain/1, one case each, and what else that extension is asked: U-43, U-45,
// U-57, U-61.
#include <algorithm>
#include <array>
#include <stdexcept>

#include "case.hpp"
#include "certificates.hpp"
#include "chain_question.hpp"
#include "configuration.hpp"
#include "plugin_access.hpp"
#include "vectors.hpp"
#include "watch.hpp"

namespace unitls::conformance {
namespace {

constexpr std::string_view group = "chains/";

std::vector<unitls_blob> as_der(std::span<const unitls_bytes> structures) {
  std::vector<unitls_blob> blobs;
  for (const unitls_bytes &each : structures) {
    blobs.push_back({UNITLS_FORMAT_DER, 0, each.data, each.size});
  }
  return blobs;
}

template <std::size_t Size>
bool any_has(std::span<const unitls_bytes> chain, const std::array<std::uint8_t, Size> &pattern) {
  return std::any_of(chain.begin(), chain.end(), [&](const unitls_bytes &der) {
    const std::uint8_t *const end = der.data + der.size;
    return std::search(der.data, end, pattern.begin(), pattern.end()) != end;
  });
}

bool has_critical_name_constraints(std::span<const unitls_bytes> chain) {
  constexpr std::array<std::uint8_t, 8> extension_begin = {0x06, 0x03, 0x55, 0x1d, 0x1e, 0x01, 0x01, 0xff};
  return any_has(chain, extension_begin);
}

bool has_eddsa(std::span<const unitls_bytes> chain) {
  constexpr std::array<std::uint8_t, 5> ed25519 = {0x06, 0x03, 0x2b, 0x65, 0x70};
  constexpr std::array<std::uint8_t, 5> ed448 = {0x06, 0x03, 0x2b, 0x65, 0x71};
  return any_has(chain, ed25519) || any_has(chain, ed448);
}

// What a certificate feature that cannot be judged without a capability comes to: a flag that stands alone (U-45).
unitls_verify_flags flags_for_this_plugin(const chain_vector &vector) {
  const bool stands_alone = vector.expected == UNITLS_VERIFY_MALFORMED;
  if (!stands_alone && !has_capability("name-constraints") && has_critical_name_constraints(vector.chain)) {
    return UNITLS_VERIFY_UNKNOWN_CRITICAL_EXTENSION;
  }
  if (!stands_alone && !has_capability("eddsa-certificates") && has_eddsa(vector.chain)) {
    return UNITLS_VERIFY_WEAK_ALGORITHM;
  }
  return vector.expected;
}

const chain_vector &vector_of_this_case() {
  const std::string_view id = std::string_view(running_case()).substr(group.size());
  for (const chain_vector &each : chain_vectors()) {
    if (each.id == id) {
      return each;
    }
  }
  throw std::logic_error("no vector has this name");
}

// An accepted path goes from the leaf to an anchor.
void expect_whole_path(const chain_vector &vector, const chain_answer &answer) {
  const auto same = [](const std::vector<std::uint8_t> &one, const unitls_bytes &other) {
    return std::equal(one.begin(), one.end(), other.data, other.data + other.size);
  };
  require("U-61", "certificates of the path", !answer.path.empty(), "at least one", "none");
  expect("U-61", "the first certificate of the path", same(answer.path.front(), vector.chain.front()),
         "the leaf", "another one");
  expect("U-61", "the last certificate of the path",
         std::any_of(vector.store.begin(), vector.store.end(),
                     [&](const unitls_bytes &anchor) { return same(answer.path.back(), anchor); }),
         "an anchor", "none");
}

void judge_vector() {
  const chain_vector &vector = vector_of_this_case();
  chain_question question;
  question.chain = as_der(vector.chain);
  question.anchors = as_der(vector.store);
  question.time = vector.time;
  if (vector.crls_asked) {
    question.crls = as_der(vector.crls);
  }
  const chain_answer answer = ask(question);
  expect_verdict("U-61", "the chain", answer, flags_for_this_plugin(vector));
  if (answer.status == UNITLS_OK) {
    expect_whole_path(vector, answer);
  }
}

TEST_CASE("chains") {
  run_body(judge_vector);
}

const bool vectors_are_registered = [] {
  for (const chain_vector &each : chain_vectors()) {
    case_registration(std::string(group) + std::string(each.id), std::string(each.description), "U-43 U-61",
                      needs(verify_chain_id), "chains");
  }
  return true;
}();

UNITLS_CASE("verify-chain/time", "A chain is judged at the time that is asked for, the last second included",
            "U-61", needs(verify_chain_id)) {
  chain_question question = question_about("dated.pem", "dated-ca.pem");
  constexpr std::int64_t not_before = 1614834367; // 2021-03-04T05:06:07Z
  constexpr std::int64_t not_after = 1775368987;  // 2026-04-05T06:03:07Z
  struct moment {
    std::int64_t time;
    unitls_verify_flags flags;
  };
  for (const moment &each : {moment{not_before - 1, UNITLS_VERIFY_NOT_YET_VALID},
                             {not_before, 0},
                             {not_after, 0},
                             {not_after + 1, UNITLS_VERIFY_EXPIRED}}) {
    question.time = each.time;
    expect_verdict("U-61", std::to_string(each.time), ask(question), each.flags);
  }
}

UNITLS_CASE("verify-chain/purpose", "A certificate is judged for the purpose that is asked for", "U-04 U-61",
            needs(verify_chain_id)) {
  chain_question question = question_about("client.pem", "client-ca.pem");
  question.purpose = UNITLS_PURPOSE_CLIENT;
  expect_verdict("U-61", "a client's certificate for a client", ask(question), 0);
  question.purpose = UNITLS_PURPOSE_SERVER;
  expect_verdict("U-61", "a client's certificate for a server", ask(question), UNITLS_VERIFY_WRONG_PURPOSE);
  question.purpose = 99;
  const chain_answer answer = ask(question);
  expect_status("U-04", "an unknown purpose", answer.status, UNITLS_E_UNSUPPORTED);
  expect_equal("U-04", "an unknown purpose: field", std::string(answer.error.field), "purpose");
}

UNITLS_CASE("verify-chain/names", "One of the names must fit, and no name is no question", "U-44 U-61",
            needs(verify_chain_id)) {
  chain_question question = question_about("server.pem", "ca.pem");
  expect_verdict("U-61", "no name", ask(question), 0);
  question.names = {"other.example", "LOCALHOST"};
  expect_verdict("U-61", "one that fits and one that does not", ask(question), 0);
  question.names = {"other.example", "127.0.0.2"};
  expect_verdict("U-61", "none that fits", ask(question), UNITLS_VERIFY_NAME_MISMATCH);
  question.names.assign(UNITLS_REFERENCE_NAMES_MAX + 1, "localhost");
  const chain_answer answer = ask(question);
  expect_status("U-09", "nine names", answer.status, UNITLS_E_INVALID);
  expect_equal("U-09", "nine names: field", std::string(answer.error.field), "reference_names");
}

UNITLS_CASE("verify-chain/no-anchors", "Without anchors every issuer is unknown", "U-61",
            needs(verify_chain_id)) {
  chain_question question = question_about("server.pem", "ca.pem");
  question.anchors.clear();
  expect_verdict("U-61", "no anchor", ask(question), UNITLS_VERIFY_UNKNOWN_ISSUER);
}

UNITLS_CASE("verify-chain/path", "The path is told, also a refused one", "U-61", needs(verify_chain_id)) {
  std::vector<std::vector<std::uint8_t>> whole = certificates_in(certificate_text("server.pem"));
  whole.push_back(certificates_in(certificate_text("ca.pem")).front());
  expect("U-61", "the path of a good chain", ask(question_about("server.pem", "ca.pem")).path == whole,
         "leaf, issuer, anchor", "another one");
  const chain_answer expired = ask(question_about("expired.pem", "ca.pem"));
  expect_verdict("U-61", "an expired leaf", expired, UNITLS_VERIFY_EXPIRED);
  expect_equal("U-61", "certificates in the path of an expired leaf", expired.path.size(), std::size_t{3});
}

UNITLS_CASE("verify-chain/path-sink", "The sink's answer ends the telling and comes back", "U-61",
            needs(verify_chain_id)) {
  constexpr unitls_status stop = -4242;
  const auto refuse = [](void *user, unitls_bytes) -> unitls_status {
    ++*static_cast<int *>(user);
    return stop;
  };
  const chain_question question = question_about("server.pem", "ca.pem");
  const native_question native(question);
  int calls = 0;
  expect_status("U-61", "verify",
                extension<unitls_verify_chain>(verify_chain_id)
                    .verify(plugin().table, &native.request, refuse, &calls, nullptr),
                stop);
  expect_equal("U-61", "calls of the sink", calls, 1);
}

UNITLS_CASE("verify-chain/formats", "PEM gives every certificate, DER one, in any mixture", "U-61",
            needs(verify_chain_id)) {
  const auto presented = certificates_in(certificate_text("server.pem"));
  const auto anchor = certificates_in(certificate_text("ca.pem"));
  chain_question question = question_about("server.pem", "ca.pem");
  question.chain = {der(presented.at(0)), der(presented.at(1))};
  expect_verdict("U-61", "two in DER", ask(question), 0);
  question.chain = {der(presented.at(0)), pem(certificate_text("intermediate.pem"))};
  question.anchors = {der(anchor.at(0))};
  expect_verdict("U-61", "DER and PEM", ask(question), 0);
  question.chain = {der(presented.at(0))};
  expect_verdict("U-61", "the leaf alone", ask(question), UNITLS_VERIFY_UNKNOWN_ISSUER);
}

UNITLS_CASE("verify-chain/malformed", "What is no certificate is judged, not refused", "U-45 U-61",
            needs(verify_chain_id)) {
  const std::vector<std::uint8_t> garbage = {0x30, 0x03, 0x02, 0x01, 0x05};
  const std::vector<std::uint8_t> text = {'h', 'e', 'l', 'l', 'o'};
  const auto good = certificates_in(certificate_text("server.pem"));
  chain_question question = question_about("server.pem", "ca.pem");
  for (const std::vector<std::uint8_t> &bytes : {garbage, text}) {
    question.chain = {der(bytes)};
    expect_verdict("U-61", "garbage", ask(question), UNITLS_VERIFY_MALFORMED);
    question.chain = {der(good.at(0)), der(good.at(1)), der(bytes)};
    expect_verdict("U-61", "garbage behind a good chain", ask(question), UNITLS_VERIFY_MALFORMED);
  }
}

UNITLS_CASE("verify-chain/request", "A question is a REQUEST: what is unknown in it is refused by name",
            "U-03 U-04 U-09", needs(verify_chain_id)) {
  const chain_question question = question_about("server.pem", "ca.pem");
  const auto refused = [&](const std::string &what, unitls_status status, const char *field, auto change) {
    native_question native(question);
    change(native);
    const chain_answer answer = ask(native.request);
    expect_status("U-04", what, answer.status, status);
    expect_equal("U-04", what + ": field", std::string(answer.error.field), field);
  };
  refused("an unknown flag", UNITLS_E_UNSUPPORTED, "flags", [](auto &it) { it.request.flags = 1U << 31U; });
  refused("a reserved member", UNITLS_E_UNSUPPORTED, "reserved_0",
          [](auto &it) { it.request.reserved_0 = 1; });
  refused("a size of 0", UNITLS_E_INVALID, "struct_size", [](auto &it) { it.request.struct_size = 0; });
  refused("an unknown flag of the trust", UNITLS_E_UNSUPPORTED, "trust.flags",
          [](auto &it) { it.trust.flags |= 1U << 31U; });
  refused("no trust", UNITLS_E_INVALID, "trust", [](auto &it) { it.request.trust = nullptr; });
  refused("an unknown flag of the lists", UNITLS_E_UNSUPPORTED, "crls.flags", [](auto &it) {
    it.request.crls = &it.crls;
    it.crls.flags = 1;
  });
  refused("no chain", UNITLS_E_INVALID, "chain", [](auto &it) { it.request.chain_count = 0; });
  refused("NULL for a chain", UNITLS_E_INVALID, "chain", [](auto &it) { it.request.chain = nullptr; });
  refused("NULL for names", UNITLS_E_INVALID, "reference_names", [](auto &it) {
    it.request.reference_names = nullptr;
    it.request.reference_name_count = 1;
  });
}

UNITLS_CASE("verify-chain/no-lists", "Asked for without any list, revocation is unknown", "U-57 U-61",
            needs(verify_chain_id)) {
  chain_question question = question_about("server.pem", "ca.pem");
  question.crls.emplace();
  expect_verdict("U-61", "no list", ask(question), UNITLS_VERIFY_REVOCATION_UNKNOWN);
}

} // namespace
} // namespace unitls::conformance
