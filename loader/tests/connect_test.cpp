#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <unitls/unitls.hpp>

#include "mock_pair.hpp"

using namespace unitls::testing;
using namespace std::chrono_literals;
using unitls::status;

namespace {

// Listens on a free port of loopback.
class listener {
public:
  listener() : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    REQUIRE(bind(descriptor_, reinterpret_cast<sockaddr *>(&at), sizeof at) == 0);
    REQUIRE(listen(descriptor_, 4) == 0);
    REQUIRE(getsockname(descriptor_, reinterpret_cast<sockaddr *>(&at), &size) == 0);
    port_ = ntohs(at.sin_port);
  }
  ~listener() { close(descriptor_); }
  listener(const listener &) = delete;
  listener &operator=(const listener &) = delete;

  std::uint16_t port() const noexcept { return port_; }
  int accept() const { return ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC); }

private:
  int descriptor_;
  std::uint16_t port_ = 0;
};

std::uint16_t closed_port() {
  const listener gone;
  return gone.port();
}

} // namespace

TEST_CASE("connect resolves, connects and shakes hands") {
  mock_sides sides;
  const listener at;
  std::thread server([&] {
    auto peer = unitls::stream::adopt(sides.server, at.accept());
    (void)peer.handshake(10s);
    peer.write_all("welcome", 10s);
    (void)peer.close(10s);
  });
  auto stream = sides.client.connect("localhost", at.port());
  CHECK(stream.read_all(100, 10s) == "welcome");
  (void)stream.shutdown(10s);
  server.join();
  int on = 0;
  socklen_t size = sizeof on;
  REQUIRE(getsockopt(stream.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, &size) == 0);
  CHECK(on != 0);
}

TEST_CASE("server name and reference name are the host, whatever the address") {
  mock_sides sides;
  const auto port = closed_port();
  unitls::error_info failure;
  CHECK_FALSE(sides.client.connect("server.example", port, {.address = "127.0.0.1"}, failure).has_value());
  CHECK(sides.mock.state.server_name == "server.example");
  CHECK(sides.mock.state.reference_names == std::vector<std::string>{"server.example"});
  CHECK_FALSE(sides.client.connect("127.0.0.1", port, failure).has_value());
  CHECK(sides.mock.state.server_name.empty());
  CHECK(sides.mock.state.reference_names == std::vector<std::string>{"127.0.0.1"});
  const unitls::session_config own{.server_name = "a.example", .reference_names = {"b.example", "c.example"}};
  CHECK_FALSE(sides.client.connect("127.0.0.1", port, {.session = own}, failure).has_value());
  CHECK(sides.mock.state.server_name == "a.example");
  CHECK(sides.mock.state.reference_names == own.reference_names);
}

TEST_CASE("a refused connection names host, port, address and reason") {
  mock_sides sides;
  const auto port = closed_port();
  unitls::error_info failure;
  CHECK_FALSE(sides.client.connect("127.0.0.1", port, failure).has_value());
  CHECK(failure.status() == status::transport_failed);
  CHECK(failure.native_code() == ECONNREFUSED);
  CHECK(failure.text() ==
        "no connection to 127.0.0.1 port " + std::to_string(port) + ": 127.0.0.1: Connection refused");
}

TEST_CASE("a silent server is told from a missing one") {
  mock_sides sides;
  const listener at;
  unitls::error_info failure;
  CHECK_FALSE(sides.client.connect("127.0.0.1", at.port(), {.handshake_timeout = 50ms}, failure).has_value());
  CHECK(failure.status() == status::timed_out);
  CHECK(failure.text() ==
        "no answer to the TLS handshake with 127.0.0.1 port " + std::to_string(at.port()) + " within 50 ms");
}

TEST_CASE("a name that does not exist is named") {
  mock_sides sides;
  unitls::error_info failure;
  CHECK_FALSE(sides.client.connect("no such host", 443, {.connect_timeout = 10s}, failure).has_value());
  CHECK((failure.status() == status::transport_failed || failure.status() == status::timed_out));
  CHECK(failure.text().find("the name no such host ") == 0);
}

TEST_CASE("wrong arguments are named") {
  mock_sides sides;
  unitls::error_info failure;
  CHECK_FALSE(sides.client.connect("", 443, failure).has_value());
  CHECK(failure.field() == "host");
  CHECK_FALSE(sides.client.connect("localhost", 0, failure).has_value());
  CHECK(failure.field() == "port");
  CHECK_FALSE(sides.client.connect("localhost", 1, {.address = "example.org"}, failure).has_value());
  CHECK(failure.field() == "address");
  CHECK_FALSE(sides.client.connect("localhost", 1, {.connect_timeout = -1s}, failure).has_value());
  CHECK(failure.field() == "connect_timeout");
}

TEST_CASE("a peer that ends the handshake is truncation") {
  mock_sides sides;
  const listener at;
  std::thread server([&] { close(at.accept()); });
  unitls::error_info failure;
  CHECK_FALSE(sides.client.connect("127.0.0.1", at.port(), failure).has_value());
  CHECK((failure.status() == status::truncated || failure.status() == status::transport_failed));
  server.join();
}

TEST_CASE("connect cannot wait for an undecided callback and says what to do") {
  mock_sides sides;
  const listener at;
  std::thread server([&] {
    auto peer = unitls::stream::adopt(sides.server, at.accept());
    (void)peer.handshake(10s);
  });
  const unitls::client_context waiting(
      sides.backend,
      {.trust = mock_sides::anchors(), .verify_callback = unitls::verify_callback([](const auto &) {
                                         return unitls::verify_answer::pending();
                                       })});
  unitls::error_info failure;
  CHECK_FALSE(waiting.connect("127.0.0.1", at.port(), failure).has_value());
  CHECK(failure.status() == status::wrong_state);
  CHECK(failure.text().find("adopt a connected socket") != std::string::npos);
  server.join();
}
