// The verification of a peer in a handshake: modes, callback, and what goes wrong.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "der_writer.hpp"
#include "fake_backend.hpp"

#include <unitls/plugin/peer.hpp>

#include <doctest/doctest.h>

namespace unitls::test {

using namespace plugin;
using answer = peer_verification::answer;

namespace {

blob root_certificate() {
  certificate_plan plan;
  plan.subject = plan.issuer = "root";
  plan.key = 2;
  plan.ca = true;
  return make_certificate(plan);
}

blob leaf_certificate(const std::string &issuer = "root") {
  certificate_plan plan;
  plan.issuer = issuer;
  plan.names = {dns_entry("www.example")};
  return make_certificate(plan);
}

blob client_certificate() {
  certificate_plan plan;
  plan.subject = "client";
  return make_certificate(plan);
}

// The program's callback: answers what it is told to, and keeps what it was asked.
struct scripted_callback {
  unitls_status says = UNITLS_OK;
  unitls_verify_flags adds = 0;
  size_t calls = 0;
  unitls_verify_flags flags_seen = 0;
  unitls_verify_flags flags_before = ~unitls_verify_flags{0};
  std::vector<blob> chain_seen{};
  std::vector<blob> path_seen{};
  void *session_user = nullptr;
  uint32_t purpose = 99;
  uint32_t struct_size = 0;

  unitls_verify_callback as_callback() {
    return {.struct_size = sizeof(unitls_verify_callback),
            .reserved_0 = 0,
            .user = this,
            .verify = answer_request};
  }

private:
  static std::vector<blob> copies(const unitls_bytes *views, size_t size) {
    std::vector<blob> out;
    for (size_t i = 0; i < size; ++i)
      out.emplace_back(views[i].data, views[i].data + views[i].size);
    return out;
  }

  static unitls_status UNITLS_CALL answer_request(void *user, const unitls_verify_request *request,
                                                  unitls_verify_flags *flags) {
    auto &self = *static_cast<scripted_callback *>(user);
    ++self.calls;
    self.flags_seen = request->verify_flags;
    self.flags_before = *flags;
    self.chain_seen = copies(request->chain, request->chain_size);
    self.path_seen = copies(request->path, request->path_size);
    self.session_user = request->session_user;
    self.purpose = request->purpose;
    self.struct_size = request->struct_size;
    *flags = self.adds;
    return self.says;
  }
};

// One connection of a client that trusts one root and expects www.example.
struct connection {
  explicit connection(verification mode = verification::full) {
    config.verify = mode;
    config.peer = peer_certificate::required;
    config.anchors = anchor_store::create(lend_all(trusted), nullptr);
  }

  void be_server() {
    config.is_server = true;
    names.clear();
  }
  void use(scripted_callback &callback) { config.callback = callback.as_callback(); }

  // Made when it is first used: everything before it is set up by then.
  peer_verification &peer() {
    if (!verification_) {
      std::vector<const char *> texts;
      for (const std::string &name : names)
        texts.push_back(name.c_str());
      unitls_session_config session{};
      session.struct_size = sizeof session;
      session.reference_names = texts.data();
      session.reference_name_count = texts.size();
      session.user = this;
      settings_.emplace(session, config);
      verification_.emplace(config, backend.facts, *settings_);
    }
    return *verification_;
  }
  answer judge() { return peer().judge(lend_all(sent), library); }

  unitls_verify_flags flags() {
    REQUIRE(peer().refusal());
    CHECK(peer().refusal()->status == UNITLS_E_CERTIFICATE);
    return peer().refusal()->verify_flags;
  }

  std::vector<blob> trusted{root_certificate()};
  std::vector<blob> sent{leaf_certificate()};
  std::vector<std::string> names{"www.example"};
  fake_backend backend;
  fake_verifier library;
  configuration config;

private:
  std::optional<session_settings> settings_;
  std::optional<peer_verification> verification_;
};

std::vector<blob> copies_of(const std::vector<unitls_bytes> &entries) {
  std::vector<blob> out;
  out.reserve(entries.size());
  for (const unitls_bytes &entry : entries)
    out.emplace_back(entry.data, entry.data + entry.size);
  return out;
}

std::vector<blob> copies_of(const certificate_list &list) {
  return copies_of(list.views());
}

std::vector<blob> path_of(connection &client) {
  std::vector<unitls_bytes> presented;
  for (const blob &der : client.sent)
    presented.push_back({der.data(), der.size()});
  return copies_of(client.peer().path().views(presented));
}

} // namespace

TEST_CASE("a peer whose chain and name are right is accepted, and its path kept") {
  connection client;
  CHECK(client.peer().current() == answer::none);
  CHECK(client.judge() == answer::accepted);
  CHECK(client.peer().current() == answer::accepted);
  CHECK(client.peer().refusal() == nullptr);
  CHECK(path_of(client) == std::vector<blob>{leaf_certificate(), root_certificate()});
  CHECK(client.peer().presented().empty());
}

TEST_CASE("a refusal has flags, a sentence, its alert, and keeps what was presented") {
  connection client;
  client.sent = {leaf_certificate("stranger")};
  CHECK(client.judge() == answer::refused);
  CHECK(client.flags() == UNITLS_VERIFY_UNKNOWN_ISSUER);
  CHECK(client.peer().refusal()->alert == 48);
  CHECK(std::string(client.peer().refusal()->message) ==
        "certificate of \"www.example\" comes from \"stranger\", which is not trusted");
  CHECK(copies_of(client.peer().presented()) == client.sent);
  CHECK(client.peer().path().empty());
}

TEST_CASE("once decided, the answer stays") {
  connection good;
  CHECK(good.judge() == answer::accepted);
  good.sent = {leaf_certificate("stranger")};
  CHECK(good.judge() == answer::accepted);
  CHECK(good.peer().ask_again() == answer::accepted);
  CHECK(good.library.calls == 1);
  connection bad;
  bad.sent = {leaf_certificate("stranger")};
  CHECK(bad.judge() == answer::refused);
  bad.sent = {leaf_certificate()};
  CHECK(bad.judge() == answer::refused);
  CHECK(bad.peer().ask_again() == answer::refused);
  CHECK(bad.peer().judge_absence() == answer::refused);
  CHECK(bad.flags() == UNITLS_VERIFY_UNKNOWN_ISSUER);
}

TEST_CASE("what the library refuses is refused although the rule accepts") {
  connection client;
  client.library = fake_verifier(fake_verifier::signatures::all_hold, false);
  CHECK(client.judge() == answer::refused);
  CHECK(client.flags() == UNITLS_VERIFY_OTHER);
}

TEST_CASE("a list that is malformed or empty is refused before the library is asked") {
  connection malformed;
  malformed.sent = {to_blob("nonsense")};
  CHECK(malformed.judge() == answer::refused);
  CHECK(malformed.flags() == UNITLS_VERIFY_MALFORMED);
  CHECK(malformed.library.calls == 0);
  connection empty;
  empty.sent = {};
  CHECK(empty.judge() == answer::refused);
  CHECK(empty.flags() == UNITLS_VERIFY_MALFORMED);
}

TEST_CASE("the callback is asked once, with what was found") {
  connection client;
  scripted_callback callback;
  client.use(callback);
  CHECK(client.judge() == answer::accepted);
  CHECK(client.judge() == answer::accepted);
  CHECK(callback.calls == 1);
  CHECK(callback.struct_size == sizeof(unitls_verify_request));
  CHECK(callback.flags_seen == 0);
  CHECK(callback.flags_before == 0);
  CHECK(callback.chain_seen == client.sent);
  CHECK(callback.path_seen == std::vector<blob>{leaf_certificate(), root_certificate()});
  CHECK(callback.session_user == &client);
  CHECK(callback.purpose == UNITLS_PURPOSE_SERVER);
}

TEST_CASE("a server's callback is told that clients are judged") {
  connection server;
  server.be_server();
  server.sent = {client_certificate()};
  scripted_callback callback;
  server.use(callback);
  CHECK(server.judge() == answer::accepted);
  CHECK(callback.purpose == UNITLS_PURPOSE_CLIENT);
}

TEST_CASE("what the callback refuses is refused, with its flags") {
  connection client;
  scripted_callback callback{.says = UNITLS_E_CERTIFICATE, .adds = UNITLS_VERIFY_REVOKED};
  client.use(callback);
  CHECK(client.judge() == answer::refused);
  CHECK(client.flags() == UNITLS_VERIFY_REVOKED);
  CHECK(client.peer().refusal()->alert == 44);
  CHECK(std::string(client.peer().refusal()->message) ==
        "the program's verify callback refuses the peer's certificate");
  CHECK(copies_of(client.peer().presented()) == client.sent);
  CHECK(client.peer().path().empty());
}

TEST_CASE("a callback that names no reason refuses for another one") {
  connection client;
  scripted_callback callback{.says = UNITLS_E_CERTIFICATE};
  client.use(callback);
  CHECK(client.judge() == answer::refused);
  CHECK(client.flags() == UNITLS_VERIFY_OTHER);
  CHECK(client.peer().refusal()->alert == 42);
}

TEST_CASE("a pin that is missed has its own sentence") {
  connection client;
  scripted_callback callback{.says = UNITLS_E_CERTIFICATE, .adds = UNITLS_VERIFY_PIN_MISMATCH};
  client.use(callback);
  CHECK(client.judge() == answer::refused);
  CHECK(client.flags() == UNITLS_VERIFY_PIN_MISMATCH);
  CHECK(std::string(client.peer().refusal()->message) ==
        "the peer's certificate has none of the pinned keys");
}

TEST_CASE("any answer that is none is a refusal") {
  for (const unitls_status status : std::initializer_list<unitls_status>{
           UNITLS_WANT_READ, UNITLS_CLOSED, UNITLS_E_INTERNAL, UNITLS_E_NOMEM, 77, -77}) {
    connection client;
    scripted_callback callback{.says = status};
    client.use(callback);
    CHECK(client.judge() == answer::refused);
    CHECK(client.flags() == UNITLS_VERIFY_OTHER);
  }
}

TEST_CASE("flags without a refusal do not refuse") {
  connection client;
  scripted_callback callback{.adds = UNITLS_VERIFY_OTHER};
  client.use(callback);
  CHECK(client.judge() == answer::accepted);
}

TEST_CASE("the callback cannot loosen, only add") {
  connection client;
  client.sent = {leaf_certificate("stranger")};
  scripted_callback callback;
  client.use(callback);
  CHECK(client.judge() == answer::refused);
  CHECK(callback.calls == 1);
  CHECK(callback.flags_seen == UNITLS_VERIFY_UNKNOWN_ISSUER);
  CHECK(client.flags() == UNITLS_VERIFY_UNKNOWN_ISSUER);

  connection stricter;
  stricter.sent = {leaf_certificate("stranger")};
  scripted_callback adding{.says = UNITLS_E_CERTIFICATE, .adds = UNITLS_VERIFY_REVOKED};
  stricter.use(adding);
  CHECK(stricter.judge() == answer::refused);
  CHECK(stricter.flags() == (UNITLS_VERIFY_UNKNOWN_ISSUER | UNITLS_VERIFY_REVOKED));
  CHECK(stricter.peer().refusal()->alert == 44);
}

TEST_CASE("a callback that puts off its answer is asked again until it decides") {
  connection client;
  scripted_callback callback{.says = UNITLS_WANT_CALLBACK};
  client.use(callback);
  CHECK(client.judge() == answer::pending);
  CHECK(client.peer().current() == answer::pending);
  CHECK(client.peer().refusal() == nullptr);
  CHECK(copies_of(client.peer().presented()) == client.sent);
  CHECK(client.peer().ask_again() == answer::pending);
  CHECK(client.judge() == answer::pending); // however it is called again
  CHECK(callback.calls == 3);
  CHECK(callback.chain_seen == client.sent);
  CHECK(callback.path_seen == std::vector<blob>{leaf_certificate(), root_certificate()});
  callback.says = UNITLS_OK;
  CHECK(client.peer().ask_again() == answer::accepted);
  CHECK(client.library.calls == 1);
  CHECK(path_of(client) == std::vector<blob>{leaf_certificate(), root_certificate()});
  CHECK(client.peer().presented().empty());
  CHECK(client.peer().ask_again() == answer::accepted);
  CHECK(callback.calls == 4);
}

TEST_CASE("a callback may refuse after it put off its answer") {
  connection client;
  scripted_callback callback{.says = UNITLS_WANT_CALLBACK};
  client.use(callback);
  CHECK(client.judge() == answer::pending);
  callback.says = UNITLS_E_CERTIFICATE;
  callback.adds = UNITLS_VERIFY_REVOKED;
  CHECK(client.peer().ask_again() == answer::refused);
  CHECK(client.flags() == UNITLS_VERIFY_REVOKED);
  CHECK(copies_of(client.peer().presented()) == client.sent);
  CHECK(client.peer().path().empty());
}

TEST_CASE("what was presented may be gone while the answer is pending") {
  connection client;
  scripted_callback callback{.says = UNITLS_WANT_CALLBACK};
  client.use(callback);
  const std::vector<blob> original = client.sent;
  CHECK(client.judge() == answer::pending);
  client.sent = {to_blob("something else")};
  callback.says = UNITLS_OK;
  CHECK(client.peer().ask_again() == answer::accepted);
  CHECK(callback.chain_seen == original);
}

TEST_CASE("a peer that is refused anyway is refused at once") {
  connection client;
  client.sent = {leaf_certificate("stranger")};
  scripted_callback callback{.says = UNITLS_WANT_CALLBACK};
  client.use(callback);
  CHECK(client.judge() == answer::refused);
  CHECK(client.flags() == UNITLS_VERIFY_UNKNOWN_ISSUER);
}

TEST_CASE("without the ability to wait, putting off is a refusal") {
  connection client;
  client.backend.facts.async_verify_client = false;
  scripted_callback callback{.says = UNITLS_WANT_CALLBACK};
  client.use(callback);
  CHECK(client.judge() == answer::refused);
  CHECK(client.flags() == UNITLS_VERIFY_OTHER);
  CHECK(std::string(client.peer().refusal()->message) ==
        "the verify callback puts off its answer, which this backend cannot wait for");

  connection server;
  server.be_server();
  server.sent = {client_certificate()};
  server.backend.facts.async_verify_server = false;
  scripted_callback waiting{.says = UNITLS_WANT_CALLBACK};
  server.use(waiting);
  CHECK(server.judge() == answer::refused);
}

TEST_CASE("each side has its own ability to wait") {
  connection client;
  client.backend.facts.async_verify_server = false;
  scripted_callback callback{.says = UNITLS_WANT_CALLBACK};
  client.use(callback);
  CHECK(client.judge() == answer::pending);
  connection server;
  server.be_server();
  server.sent = {client_certificate()};
  server.backend.facts.async_verify_client = false;
  server.use(callback);
  CHECK(server.judge() == answer::pending);
}

TEST_CASE("a certificate that did not come is the callback's to judge") {
  connection quiet;
  quiet.be_server();
  CHECK(quiet.peer().judge_absence() == answer::accepted);
  CHECK(quiet.peer().path().empty());

  connection server;
  server.be_server();
  scripted_callback callback;
  server.use(callback);
  CHECK(server.peer().judge_absence() == answer::accepted);
  CHECK(server.peer().judge_absence() == answer::accepted);
  CHECK(callback.calls == 1);
  CHECK(callback.chain_seen.empty());
  CHECK(callback.path_seen.empty());
  CHECK(callback.flags_seen == 0);
  CHECK(callback.purpose == UNITLS_PURPOSE_CLIENT);

  connection strict;
  strict.be_server();
  scripted_callback refusing{.says = UNITLS_E_CERTIFICATE};
  strict.use(refusing);
  CHECK(strict.peer().judge_absence() == answer::refused);
  CHECK(strict.flags() == UNITLS_VERIFY_OTHER);
}

TEST_CASE("also a certificate that did not come may be put off") {
  connection server;
  server.be_server();
  scripted_callback callback{.says = UNITLS_WANT_CALLBACK};
  server.use(callback);
  CHECK(server.peer().judge_absence() == answer::pending);
  CHECK(server.peer().ask_again() == answer::pending);
  CHECK(server.peer().judge_absence() == answer::pending);
  callback.says = UNITLS_OK;
  CHECK(server.peer().ask_again() == answer::accepted);
  CHECK(callback.calls == 4);
}

TEST_CASE("without a check of the name a mismatch is told and does not count") {
  connection client(verification::no_name_check);
  client.names = {"other.example"};
  scripted_callback callback;
  client.use(callback);
  CHECK(client.judge() == answer::accepted);
  CHECK(callback.flags_seen == UNITLS_VERIFY_NAME_MISMATCH);

  connection nameless(verification::no_name_check);
  nameless.names = {};
  nameless.use(callback);
  CHECK(nameless.judge() == answer::accepted);
  CHECK(callback.flags_seen == 0);

  connection unknown(verification::no_name_check);
  unknown.names = {"other.example"};
  unknown.sent = {leaf_certificate("stranger")};
  CHECK(unknown.judge() == answer::refused);
  CHECK(unknown.flags() == UNITLS_VERIFY_UNKNOWN_ISSUER);

  connection full;
  full.names = {"other.example"};
  CHECK(full.judge() == answer::refused);
  CHECK(full.flags() == UNITLS_VERIFY_NAME_MISMATCH);
}

TEST_CASE("without a check of the name the library's refusal counts") {
  connection client(verification::no_name_check);
  client.names = {"other.example"};
  client.library = fake_verifier(fake_verifier::signatures::all_hold, false);
  CHECK(client.judge() == answer::refused);
  CHECK((client.flags() & UNITLS_VERIFY_OTHER) != 0);
}

TEST_CASE("without any verification nothing counts and everything is told") {
  connection client(verification::none);
  client.names = {"other.example"};
  client.sent = {leaf_certificate("stranger")};
  scripted_callback callback;
  client.use(callback);
  CHECK(client.judge() == answer::accepted);
  CHECK(callback.flags_seen == (UNITLS_VERIFY_UNKNOWN_ISSUER | UNITLS_VERIFY_NAME_MISMATCH));
  CHECK(callback.chain_seen == client.sent);

  connection malformed(verification::none);
  malformed.sent = {to_blob("nonsense")};
  malformed.use(callback);
  CHECK(malformed.judge() == answer::accepted);
  CHECK(callback.flags_seen == UNITLS_VERIFY_MALFORMED);

  connection without_anchors(verification::none);
  without_anchors.config.anchors = anchor_store::create({}, nullptr);
  CHECK(without_anchors.judge() == answer::accepted);
}

TEST_CASE("in every mode the callback can refuse") {
  for (const verification mode : {verification::no_name_check, verification::none}) {
    connection client(mode);
    client.sent = {mode == verification::none ? leaf_certificate("stranger") : leaf_certificate()};
    scripted_callback callback{.says = UNITLS_E_CERTIFICATE, .adds = UNITLS_VERIFY_PIN_MISMATCH};
    client.use(callback);
    CHECK(client.judge() == answer::refused);
    CHECK((client.flags() & UNITLS_VERIFY_PIN_MISMATCH) != 0);
  }
}

// A path of which every certificate is its own: more than the limit of intermediates.
TEST_CASE("the flags are those of full verification in every mode") {
  std::vector<blob> long_chain{leaf_certificate("ca0")};
  for (int i = 0; i < 12; ++i) {
    certificate_plan plan;
    plan.subject = "ca" + std::to_string(i);
    plan.issuer = i == 11 ? "root" : "ca" + std::to_string(i + 1);
    plan.key = static_cast<uint8_t>(10 + i);
    plan.ca = true;
    long_chain.push_back(make_certificate(plan));
  }
  std::vector<unitls_verify_flags> seen;
  for (const verification mode : {verification::full, verification::no_name_check, verification::none}) {
    connection client(mode);
    client.names = {"other.example"};
    client.sent = long_chain;
    scripted_callback callback;
    client.use(callback);
    client.judge();
    seen.push_back(callback.flags_seen);
  }
  CHECK(seen[0] == UNITLS_VERIFY_CHAIN_TOO_LONG);
  CHECK(seen[1] == seen[0]);
  CHECK(seen[2] == seen[0]);
}

TEST_CASE("revocation is asked for only with lists") {
  connection client;
  size_t position = 0;
  client.config.crls = std::make_shared<const revocation_set>(*revocation_set::create({}, position));
  CHECK(client.judge() == answer::refused);
  CHECK(client.flags() == UNITLS_VERIFY_REVOCATION_UNKNOWN);
}

TEST_CASE("a server checks no name and reads the client's purpose") {
  connection server;
  server.be_server();
  server.sent = {client_certificate()};
  CHECK(server.judge() == answer::accepted);

  certificate_plan plan;
  plan.extensions = {extension(
      {0x55, 0x1d, 0x25}, false,
      sequence({tlv(der::tag_oid, {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01})}))}; // serverAuth alone
  connection wrong;
  wrong.be_server();
  wrong.sent = {make_certificate(plan)};
  CHECK(wrong.judge() == answer::refused);
  CHECK(wrong.flags() == UNITLS_VERIFY_WRONG_PURPOSE);
}

TEST_CASE("whatever a library throws is a refusal") {
  const auto refused_after = [](fake_verifier::fault fault) {
    connection client;
    client.library.throws = fault;
    CHECK(client.judge() == answer::refused);
    REQUIRE(client.peer().refusal());
    CHECK(client.peer().refusal()->verify_flags == 0);
    CHECK(client.peer().refusal()->alert == 80);
    CHECK(client.peer().path().empty());
    return client.peer().refusal()->status;
  };
  CHECK(refused_after(fake_verifier::fault::memory) == UNITLS_E_NOMEM);
  CHECK(refused_after(fake_verifier::fault::error) == UNITLS_E_INTERNAL);
  CHECK(refused_after(fake_verifier::fault::foreign) == UNITLS_E_INTERNAL);
}

TEST_CASE("whatever a library throws is a refusal, also without verification") {
  connection client(verification::none);
  client.library.throws = fake_verifier::fault::error;
  CHECK(client.judge() == answer::refused);
}

TEST_CASE("a backend can refuse for a reason of its own") {
  connection client;
  CHECK(client.judge() == answer::accepted);
  CHECK(client.peer().refuse(missing_client_certificate()) == answer::refused);
  CHECK(client.peer().refusal()->status == UNITLS_E_CERTIFICATE);
  CHECK(client.peer().refusal()->verify_flags == 0);
  CHECK(client.peer().path().empty());
}

} // namespace unitls::test
