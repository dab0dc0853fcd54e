#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/socket.h>

#include <unitls/insecure.hpp>
#include <unitls/testing/pipe.hpp>
#include <unitls/unitls.hpp>

#include "mock_pair.hpp"

using namespace unitls::testing;
using namespace std::chrono_literals;
using unitls::status;
using unitls::verify_answer;
using unitls::verify_request;

namespace {

unitls::spki_pin pin_of(const std::string &certificate) {
  const std::string digest = mock_digest(certificate);
  return unitls::spki_pin(std::span<const std::byte, 32>(unitls::as_bytes(digest)));
}

std::string text_of(const unitls::certificate &certificate) {
  return {reinterpret_cast<const char *>(certificate.bytes().data()), certificate.bytes().size()};
}

unitls::client_config config_with(std::vector<unitls::spki_pin> pins,
                                  std::optional<unitls::verify_callback> callback = std::nullopt) {
  return {.trust = mock_sides::anchors(), .verify_callback = std::move(callback), .pins = std::move(pins)};
}

unitls::verify_callback answering(verify_answer answer) {
  return unitls::verify_callback([answer](const verify_request &) { return answer; });
}

// A handshake of such a client with a server of the mock.
unitls::error_info shake_hands(const mock_sides &sides, const unitls::client_context &client) {
  unitls::testing::pipe link(unitls::channel(client, "server.example"), unitls::channel(sides.server));
  unitls::error_info failure;
  (void)link.handshake(failure);
  return failure;
}
unitls::error_info shake_hands(const mock_sides &sides, const unitls::client_config &config) {
  return shake_hands(sides, unitls::client_context(sides.backend, config));
}

constexpr unitls_verify_flags pin_mismatch = UNITLS_VERIFY_PIN_MISMATCH;

} // namespace

TEST_CASE("the callback sees the peer and its session, and what it accepts stands") {
  mock_sides sides;
  int session_user = 0;
  bool called = false;
  const unitls::verify_callback callback([&](const verify_request &peer) {
    called = true;
    CHECK(peer.user() == &session_user);
    CHECK(peer.purpose() == unitls::purpose::server);
    CHECK_FALSE(peer.flags().any());
    CHECK(peer.chain().size() == 2);
    CHECK(text_of(peer.path().back()) == "root");
    return verify_answer::accept();
  });
  const unitls::client_context client(sides.backend, config_with({}, callback));
  const unitls::session_config session{.reference_names = {"server.example"}, .user = &session_user};
  unitls::testing::pipe link(unitls::channel(client, session), unitls::channel(sides.server));
  link.handshake();
  CHECK(called);
}

TEST_CASE("the callback can only tighten") {
  mock_sides sides;
  const auto refused = shake_hands(
      sides, config_with({}, answering(verify_answer::refuse(unitls::verify_flags{UNITLS_VERIFY_WEAK_KEY}))));
  CHECK(refused.status() == status::certificate_rejected);
  CHECK(refused.flags().bits() == UNITLS_VERIFY_WEAK_KEY);
  CHECK(shake_hands(sides, config_with({}, answering(verify_answer::refuse()))).flags().bits() ==
        UNITLS_VERIFY_OTHER);
  sides.mock.state.verify_flags = UNITLS_VERIFY_EXPIRED;
  CHECK(shake_hands(sides, config_with({}, answering(verify_answer::accept()))).flags().bits() ==
        UNITLS_VERIFY_EXPIRED);
}

TEST_CASE("a callback that throws refuses") {
  mock_sides sides;
  const unitls::verify_callback throwing(
      [](const verify_request &) -> verify_answer { throw std::runtime_error("a fault of the program"); });
  CHECK(shake_hands(sides, config_with({}, throwing)).status() == status::certificate_rejected);
  CHECK(shake_hands(sides, config_with({pin_of("leaf")}, throwing)).flags().bits() == UNITLS_VERIFY_OTHER);
}

TEST_CASE("a channel keeps the callback alive when context and configuration are gone") {
  mock_sides sides;
  const auto token = std::make_shared<int>(0);
  std::optional<unitls::channel> client;
  {
    const unitls::client_context context(
        sides.backend, config_with({}, unitls::verify_callback([token](const verify_request &) {
                                     return verify_answer::accept();
                                   })));
    client.emplace(context, "server.example");
  }
  CHECK(token.use_count() == 2);
  unitls::testing::pipe link(std::move(*client), unitls::channel(sides.server));
  link.handshake();
  client.reset();
  link =
      unitls::testing::pipe(unitls::channel(sides.client, "server.example"), unitls::channel(sides.server));
  CHECK(token.use_count() == 1);
}

TEST_CASE("one pinned key anywhere in the verified path is enough") {
  mock_sides sides;
  CHECK_FALSE(shake_hands(sides, config_with({pin_of("leaf")})));
  CHECK_FALSE(shake_hands(sides, config_with({pin_of("other"), pin_of("root")})));
  CHECK_FALSE(sides.mock.state.config.has_pins); // towards a plugin there are none
  const auto refused = shake_hands(sides, config_with({pin_of("other")}));
  CHECK(refused.status() == status::certificate_rejected);
  CHECK(refused.flags().bits() == pin_mismatch);
}

TEST_CASE("what was presented and not verified holds no pin") {
  mock_sides sides;
  sides.mock.state.chain = {"leaf", "appended"};
  sides.mock.state.path = {"leaf", "root"};
  CHECK(shake_hands(sides, config_with({pin_of("appended")})).flags().bits() == pin_mismatch);
  sides.mock.state.path.clear();
  CHECK(shake_hands(sides, config_with({pin_of("leaf")})).flags().bits() == pin_mismatch);
}

TEST_CASE("a malformed certificate holds no pin and hides none") {
  mock_sides sides;
  sides.mock.state.path = {"!bad", "root"};
  CHECK(shake_hands(sides, config_with({pin_of("!bad")})).flags().bits() == pin_mismatch);
  CHECK_FALSE(shake_hands(sides, config_with({pin_of("root")})));
}

TEST_CASE("pins and the callback both judge, and their reasons are joined") {
  mock_sides sides;
  int calls = 0;
  const unitls::verify_callback counting([&calls](const verify_request &) {
    ++calls;
    return verify_answer::refuse(unitls::verify_flags{UNITLS_VERIFY_WEAK_KEY});
  });
  CHECK(shake_hands(sides, config_with({pin_of("other")}, counting)).flags().bits() ==
        (pin_mismatch | UNITLS_VERIFY_WEAK_KEY));
  CHECK(shake_hands(sides, config_with({pin_of("leaf")}, counting)).flags().bits() == UNITLS_VERIFY_WEAK_KEY);
  CHECK(calls == 2);
  CHECK(
      shake_hands(sides, config_with({pin_of("other")}, answering(verify_answer::accept()))).flags().bits() ==
      pin_mismatch);
  CHECK(shake_hands(sides, config_with({pin_of("other")}, answering(verify_answer::pending())))
            .flags()
            .bits() == pin_mismatch);
}

TEST_CASE("pins need a backend that shows chains and tells digests") {
  mock_sides sides;
  sides.mock.state.capabilities = {nullptr};
  unitls::error_info failure;
  CHECK_FALSE(unitls::client_context::create(sides.backend, config_with({pin_of("leaf")}), failure));
  CHECK(failure.status() == status::unsupported);
  CHECK(failure.field() == "pins");
  CHECK(failure.text().find("verify-callback") != std::string::npos);

  const mock_backend poor(mock_backend::extensions::absent);
  CHECK_FALSE(
      unitls::client_context::create(mock_sides::take(poor.ref), config_with({pin_of("leaf")}), failure));
  CHECK(failure.status() == status::unsupported);
  CHECK(failure.text().find("unitls.certificate-info/1") != std::string::npos);
}

TEST_CASE("a pin of another size and a callback without a function are invalid, by name") {
  const mock_backend mock;
  const std::string digest = mock_digest("leaf");
  const auto *const data = reinterpret_cast<const std::uint8_t *>(digest.data());
  const unitls_bytes pins[] = {{data, 32}, {data, 31}};
  unitls_client_config config{};
  config.struct_size = sizeof config;
  config.verify = UNITLS_INSECURE_NO_VERIFICATION;
  config.pins = pins;
  config.pin_count = 2;
  unitls_context *context = nullptr;
  unitls_error error{};
  error.struct_size = sizeof error;
  CHECK(unitls_client_context_create(mock.ref, &config, &context, &error) == UNITLS_E_INVALID);
  CHECK(std::string(error.field) == "pins[1]");
  config.pins = nullptr;
  CHECK(unitls_client_context_create(mock.ref, &config, &context, &error) == UNITLS_E_INVALID);
  CHECK(std::string(error.field) == "pins");
  unitls_verify_callback callback{};
  callback.struct_size = sizeof callback;
  config.pins = pins;
  config.pin_count = 1;
  config.verify_callback = &callback;
  CHECK(unitls_client_context_create(mock.ref, &config, &context, &error) == UNITLS_E_INVALID);
  CHECK(std::string(error.field) == "verify_callback");
}

TEST_CASE("without verification the leaf alone holds pins: anybody can append certificates") {
  mock_sides sides;
  sides.mock.state.chain = {"leaf", "appended"};
  sides.mock.state.path = {"leaf", "appended"};
  sides.mock.state.verify_flags = UNITLS_VERIFY_UNKNOWN_ISSUER;
  const auto weak = [&](const std::string &pinned) {
    return unitls::insecure::make_client_context(sides.backend, {.pins = {pin_of(pinned)}},
                                                 unitls::insecure::weakness::no_verification);
  };
  CHECK_FALSE(shake_hands(sides, weak("leaf")));
  CHECK(shake_hands(sides, weak("appended")).flags().bits() == pin_mismatch);
  sides.mock.state.chain.clear();
  CHECK(shake_hands(sides, weak("leaf")).flags().bits() == pin_mismatch);
}

namespace {

// A client whose callback is undecided until the test says so.
struct undecided : mock_sides {
  undecided()
      : waiting(backend, config_with({}, unitls::verify_callback([this](const verify_request &) {
                                       ++calls;
                                       return decided ? verify_answer::accept() : verify_answer::pending();
                                     }))) {}

  bool decided = false;
  int calls = 0;
  unitls::client_context waiting;
};

} // namespace

TEST_CASE("a channel says that the callback is undecided and asks again") {
  undecided sides;
  unitls::testing::pipe link(unitls::channel(sides.waiting, "server.example"), unitls::channel(sides.server));
  unitls::error_info failure;
  CHECK(link.handshake(failure) == status::want_callback);
  CHECK(link.client().handshake() == status::want_callback);
  CHECK_THROWS_AS(link.handshake(), unitls::error);
  std::byte room[8];
  CHECK(link.client().read(room, failure).status == status::wrong_state);
  sides.decided = true;
  const int before = sides.calls;
  CHECK(link.handshake(failure) == status::ok);
  CHECK(sides.calls == before + 1);
}

TEST_CASE("a stream says so too, blocking or not, and waits for no descriptor") {
  undecided sides;
  int ends[2] = {-1, -1};
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  auto near =
      unitls::stream::adopt(sides.waiting, ends[0], unitls::session_config::for_host("server.example"));
  auto far = unitls::stream::adopt(sides.server, ends[1]);
  CHECK(near.handshake(unitls::no_wait) == status::want_read);
  CHECK(near.poll_events() == UNITLS_POLL_READ);
  CHECK(far.handshake(10s) == status::ok);
  CHECK(near.handshake(unitls::no_wait) == status::want_callback);
  CHECK(near.poll_events() == 0);
  CHECK(near.handshake(10s) == status::want_callback);
  sides.decided = true;
  CHECK(near.handshake(10s) == status::ok);
}

TEST_CASE("verified certificates are the path") {
  mock_sides sides;
  unitls::testing::pipe link(unitls::channel(sides.client, "server.example"), unitls::channel(sides.server));
  link.handshake();
  CHECK(link.client().verified_certificates().size() == 3);
  CHECK(text_of(link.client().verified_certificates().back()) == "root");
  CHECK(link.client().peer_certificates().size() == 2);
}
