// unitls.verify-chain/1: requests, and the verdicts of the vectors.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "der_writer.hpp"
#include "fake_backend.hpp"
#include "pem_writer.hpp"

#include <unitls/plugin/chain_inquiry.hpp>

#include <doctest/doctest.h>

namespace unitls::test {

using namespace plugin;

namespace {

constexpr int64_t now = 1780272000;

std::vector<unitls_blob> lend_as_der(const std::vector<blob> &all) {
  std::vector<unitls_blob> out;
  out.reserve(all.size());
  for (const blob &der : all)
    out.push_back(as_der(der));
  return out;
}

unitls_status UNITLS_CALL keep_bytes(void *user, unitls_bytes given) {
  static_cast<std::vector<blob> *>(user)->emplace_back(given.data, given.data + given.size);
  return UNITLS_OK;
}

// A request with what it borrows, and the answer.
struct inquiry {
  inquiry() {
    request.struct_size = sizeof request;
    request.trust = &trust;
    request.time = now;
    trust.struct_size = sizeof trust;
    trust.flags = UNITLS_TRUST_ANCHORS;
    crls.struct_size = sizeof crls;
  }
  explicit inquiry(const chain_vector &source) : inquiry() {
    chain = lend_as_der(source.chain);
    anchors = lend_as_der(source.store);
    lists = lend_as_der(source.crls);
    request.time = source.time;
    if (source.crls_asked)
      request.crls = &crls;
  }
  inquiry(const inquiry &) = delete;
  inquiry &operator=(const inquiry &) = delete;

  void lend() {
    request.chain = chain.data();
    request.chain_count = chain.size();
    request.reference_names = names.data();
    request.reference_name_count = names.size();
    trust.blobs = anchors.data();
    trust.blob_count = anchors.size();
    crls.blobs = lists.data();
    crls.blob_count = lists.size();
  }
  unitls_status judge(fake_verifier &library, unitls_bytes_sink sink = keep_bytes) {
    lend();
    error = {};
    error.struct_size = sizeof error;
    path.clear();
    const chain_inquiry made(request, backend.instance);
    return made.judge(library, sink, &path, &error);
  }
  unitls_status judge() {
    fake_verifier library;
    return judge(library);
  }
  // What is wrong with the request.
  std::string fault() {
    return thrown_by([&] { judge(); });
  }

  std::vector<unitls_blob> chain;
  std::vector<unitls_blob> anchors;
  std::vector<unitls_blob> lists;
  std::vector<const char *> names;
  unitls_trust trust{};
  unitls_crls crls{};
  unitls_verify_chain_request request{};
  fake_backend backend;
  std::vector<blob> path;
  unitls_error error{};
};

blob root_certificate() {
  certificate_plan plan;
  plan.subject = plan.issuer = "root";
  plan.key = 2;
  plan.ca = true;
  return make_certificate(plan);
}

blob leaf_for(uint8_t last_arc) {
  certificate_plan plan;
  plan.names = {dns_entry("www.example"), ip_entry({192, 0, 2, 1})};
  plan.extensions = {
      extension({0x55, 0x1d, 0x25}, false,
                sequence({tlv(der::tag_oid, {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, last_arc})}))};
  return make_certificate(plan);
}

// A server's leaf and the root that issued it.
struct good_inquiry : inquiry {
  good_inquiry() {
    chain = {as_der(leaf)};
    anchors = {as_der(root)};
  }
  blob leaf = leaf_for(1);
  blob root = root_certificate();
};

} // namespace

TEST_CASE("every vector has its verdict and flags through an inquiry") {
  for (const chain_vector &source : chain_vectors()) {
    CAPTURE(source.id);
    CAPTURE(source.description);
    inquiry asked(source);
    fake_verifier library(fake_verifier::signatures::checked);
    const unitls_status status = asked.judge(library);
    CHECK(status == (source.expected == 0 ? UNITLS_OK : UNITLS_E_CERTIFICATE));
    CHECK(asked.error.verify_flags == source.expected);
    if (source.expected == 0) {
      CHECK(asked.error.status == UNITLS_OK); // left as it was
      CHECK_FALSE(asked.path.empty());
      CHECK(asked.path.front() == source.chain.front());
    } else {
      CHECK(asked.error.status == UNITLS_E_CERTIFICATE);
      CHECK(asked.error.message[0] != '\0');
    }
  }
}

TEST_CASE("the library can refuse what the rule accepts") {
  good_inquiry asked;
  fake_verifier library(fake_verifier::signatures::all_hold, false);
  CHECK(asked.judge(library) == UNITLS_E_CERTIFICATE);
  CHECK(asked.error.verify_flags == UNITLS_VERIFY_OTHER);
}

TEST_CASE("the path is given also when it is refused") {
  good_inquiry asked;
  CHECK(asked.judge() == UNITLS_OK);
  CHECK(asked.path == std::vector<blob>{asked.leaf, asked.root});
  asked.request.time = 4102444800; // 2100
  CHECK(asked.judge() == UNITLS_E_CERTIFICATE);
  CHECK(asked.error.verify_flags == UNITLS_VERIFY_EXPIRED);
  CHECK(asked.path == std::vector<blob>{asked.leaf, asked.root});
  CHECK(std::string(asked.error.message) == "certificate of \"www.example\" expired on 2040-01-01");
}

TEST_CASE("the path is not needed, and its sink may refuse") {
  good_inquiry asked;
  fake_verifier library;
  CHECK(asked.judge(library, nullptr) == UNITLS_OK);
  const unitls_bytes_sink stop = [](void *, unitls_bytes) -> unitls_status { return UNITLS_E_NOMEM; };
  fake_verifier again;
  CHECK(asked.judge(again, stop) == UNITLS_E_NOMEM);
}

TEST_CASE("time is the request's alone") {
  good_inquiry asked;
  asked.request.time = 0;
  CHECK(asked.judge() == UNITLS_E_CERTIFICATE);
  CHECK(asked.error.verify_flags == UNITLS_VERIFY_NOT_YET_VALID);
  asked.request.time = INT64_MIN;
  CHECK(asked.judge() == UNITLS_E_CERTIFICATE);
  asked.request.time = INT64_MAX;
  CHECK(asked.judge() == UNITLS_E_CERTIFICATE);
  CHECK(asked.error.verify_flags == UNITLS_VERIFY_EXPIRED);
}

TEST_CASE("names are asked for only when there are any") {
  good_inquiry asked;
  asked.names = {"www.example"};
  CHECK(asked.judge() == UNITLS_OK);
  asked.names = {"other.example", "192.0.2.1"};
  CHECK(asked.judge() == UNITLS_OK);
  asked.names = {"other.example"};
  CHECK(asked.judge() == UNITLS_E_CERTIFICATE);
  CHECK(asked.error.verify_flags == UNITLS_VERIFY_NAME_MISMATCH);
}

TEST_CASE("names that are none are named") {
  good_inquiry asked;
  asked.names = {"www.example", "a..b"};
  CHECK(asked.fault() == "E_INVALID reference_names[1]: \"a..b\" has an empty label");
  asked.names = {nullptr};
  CHECK(asked.fault() == "E_INVALID reference_names[0]: \"\" is empty");
  asked.names = {"a\x1b[m"};
  CHECK(asked.fault().find('\x1b') == std::string::npos);
  asked.names.assign(9, "www.example");
  CHECK(asked.fault() == "E_INVALID reference_names: more than 8 names");
}

TEST_CASE("the purpose decides about extended key usage") {
  good_inquiry servers;
  servers.request.purpose = UNITLS_PURPOSE_CLIENT;
  CHECK(servers.judge() == UNITLS_E_CERTIFICATE);
  CHECK(servers.error.verify_flags == UNITLS_VERIFY_WRONG_PURPOSE);
  good_inquiry clients;
  clients.leaf = leaf_for(2);
  clients.chain = {as_der(clients.leaf)};
  CHECK(clients.judge() == UNITLS_E_CERTIFICATE);
  clients.request.purpose = UNITLS_PURPOSE_CLIENT;
  CHECK(clients.judge() == UNITLS_OK);
  clients.request.purpose = 2;
  CHECK(clients.fault() == "E_UNSUPPORTED purpose: an unknown value");
}

TEST_CASE("without any anchor every issuer is unknown") {
  good_inquiry asked;
  asked.anchors.clear();
  CHECK(asked.judge() == UNITLS_E_CERTIFICATE);
  CHECK(asked.error.verify_flags == UNITLS_VERIFY_UNKNOWN_ISSUER);
}

TEST_CASE("revocation that is asked for without any list is unknown") {
  good_inquiry asked;
  asked.request.crls = &asked.crls;
  CHECK(asked.judge() == UNITLS_E_CERTIFICATE);
  CHECK(asked.error.verify_flags == UNITLS_VERIFY_REVOCATION_UNKNOWN);
}

TEST_CASE("revocation lists may come in PEM") {
  const chain_vector &revoked = find_vector("crl-revoked");
  inquiry asked(revoked);
  std::string text;
  for (const blob &der : revoked.crls)
    text += pem("X509 CRL", der);
  asked.lists = {as_pem(text)};
  fake_verifier library(fake_verifier::signatures::checked);
  CHECK(asked.judge(library) == UNITLS_E_CERTIFICATE);
  CHECK(asked.error.verify_flags == revoked.expected);
}

TEST_CASE("a revocation list that is malformed is a fault of the request") {
  good_inquiry asked;
  const blob malformed = sequence({});
  asked.lists = {as_der(malformed)};
  asked.request.crls = &asked.crls;
  CHECK(asked.fault() == "E_INVALID crls.blobs[0]: holds a malformed revocation list");
}

TEST_CASE("DER that is no certificate is judged, not refused") {
  for (const blob &entry : {to_blob("nonsense"), blob{}, blob{0x30, 0x80}}) {
    good_inquiry asked;
    const blob kept = entry;
    const uint8_t somewhere = 0;
    asked.chain.push_back({UNITLS_FORMAT_DER, 0, kept.empty() ? &somewhere : kept.data(), kept.size()});
    CHECK(asked.judge() == UNITLS_E_CERTIFICATE);
    CHECK(asked.error.verify_flags == UNITLS_VERIFY_MALFORMED);
    CHECK(std::string(asked.error.message).starts_with("certificate 2 of the peer's list is not DER"));
  }
}

TEST_CASE("of PEM every certificate counts") {
  const chain_vector &source = find_vector("good-2int");
  inquiry asked(source);
  std::string text = "leaf and intermediates\n";
  for (const blob &der : source.chain)
    text += pem("CERTIFICATE", der);
  asked.chain = {as_pem(text)};
  fake_verifier library(fake_verifier::signatures::checked);
  CHECK(asked.judge(library) == UNITLS_OK);
  CHECK(asked.path.size() == 4);
}

TEST_CASE("PEM that cannot be read is a fault of the request") {
  good_inquiry asked;
  const std::string text = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
  asked.chain = {as_der(asked.leaf), as_pem(text)};
  CHECK(asked.fault() == "E_INVALID chain[1]: line 2: not base64");
  const std::string none = "nothing";
  asked.chain = {as_pem(none)};
  CHECK(asked.fault() == "E_INVALID chain[0]: holds no certificate in PEM");
}

TEST_CASE("a chain without certificates is a fault of the request") {
  good_inquiry asked;
  asked.chain.clear();
  CHECK(asked.fault() == "E_INVALID chain: holds no certificate");
}

TEST_CASE("requests of another shape are named") {
  good_inquiry asked;
  asked.request.struct_size = 8;
  CHECK(asked.fault() == "E_INVALID struct_size: smaller than the struct's first version");
  asked.request.struct_size = sizeof asked.request;
  asked.request.flags = 1;
  CHECK(asked.fault() == "E_UNSUPPORTED flags: unknown bits are set");
  asked.request.flags = 0;
  asked.request.reserved_0 = 1;
  CHECK(asked.fault() == "E_UNSUPPORTED reserved_0: must be zero");
  asked.request.reserved_0 = 0;
  asked.request.trust = nullptr;
  CHECK(asked.fault() == "E_INVALID trust: must not be NULL");
  asked.request.trust = &asked.trust;
  asked.trust.flags = 8;
  CHECK(asked.fault() == "E_UNSUPPORTED trust.flags: unknown bits are set");
  asked.trust.flags = 0;
  asked.chain = {{UNITLS_FORMAT_ID, 0, asked.leaf.data(), asked.leaf.size()}};
  CHECK(asked.fault() == "E_UNSUPPORTED chain[0]: this backend resolves no identifiers");
  asked.chain = {{UNITLS_FORMAT_DER, 7, asked.leaf.data(), asked.leaf.size()}};
  CHECK(asked.fault() == "E_UNSUPPORTED chain[0].reserved_0: must be zero");
}

TEST_CASE("an inquiry keeps nothing of the request") {
  good_inquiry asked;
  std::string name = "www.example";
  asked.names = {name.c_str()};
  asked.lend();
  const chain_inquiry made(asked.request, asked.backend.instance);
  name.assign(name.size(), 'x');
  asked.leaf.assign(asked.leaf.size(), 0);
  asked.root.assign(asked.root.size(), 0);
  fake_verifier library;
  CHECK(made.judge(library, nullptr, nullptr, nullptr) == UNITLS_OK);
}

TEST_CASE("what a library cannot judge is refused as in a handshake") {
  const chain_vector &source = find_vector("nc-perm-ok");
  inquiry asked(source);
  asked.backend.facts.certificates.critical_name_constraints = false;
  fake_verifier library(fake_verifier::signatures::checked);
  CHECK(asked.judge(library) == UNITLS_E_CERTIFICATE);
  CHECK(asked.error.verify_flags == UNITLS_VERIFY_UNKNOWN_CRITICAL_EXTENSION);
  CHECK(library.calls == 0);
}

TEST_CASE("what a library throws comes through") {
  good_inquiry asked;
  fake_verifier library;
  library.throws = fake_verifier::fault::error;
  CHECK_THROWS_AS(asked.judge(library), std::runtime_error);
}

} // namespace unitls::test
