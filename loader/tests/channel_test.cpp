#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <unitls/testing/pipe.hpp>
#include <unitls/unitls.hpp>

#include "allocations.hpp"
#include "mock_pair.hpp"

using namespace unitls::testing;

namespace {

// A client and a server over the mock, the handshake still to do.
struct pair : mock_sides {
  explicit pair(std::size_t limit = 0)
      : link(unitls::channel(mock_sides::client, "server.example", limit),
             unitls::channel(mock_sides::server, limit)) {}

  unitls::channel &client() { return link.client(); }
  unitls::channel &server() { return link.server(); }
  const unitls::client_context &client_context() const { return mock_sides::client; }
  const unitls::server_context &server_context() const { return mock_sides::server; }

  unitls::testing::pipe link;
};

std::string read_text(unitls::channel &from, std::size_t most = 65536) {
  std::string text(most, '\0');
  const auto result = from.read(std::as_writable_bytes(std::span(text)));
  text.resize(result.size);
  return text;
}

} // namespace

TEST_CASE("a channel hands server name and reference name to the backend") {
  pair both;
  unitls::channel named(both.client_context(), "server.example");
  CHECK(both.mock.state.server_name == "server.example");
  CHECK(both.mock.state.reference_names == std::vector<std::string>{"server.example"});
  unitls::channel numbered(both.client_context(), "192.0.2.1");
  CHECK(both.mock.state.server_name.empty());
  CHECK(both.mock.state.reference_names == std::vector<std::string>{"192.0.2.1"});
  unitls::channel colons(both.client_context(), "2001:db8::1");
  CHECK(both.mock.state.server_name.empty());
}

TEST_CASE("two channels shake hands and talk") {
  pair both;
  CHECK(both.client().info().version == std::nullopt);
  both.link.handshake();
  CHECK(both.client().info().version == unitls::version::tls1_3);
  CHECK(both.client().peer_certificates().size() == 2);
  CHECK(both.client().write("hello") == unitls::io_result{5, unitls::status::ok});
  both.link.move();
  CHECK(read_text(both.server()) == "hello");
  std::byte room[8];
  CHECK(both.server().read(room) == unitls::io_result{0, unitls::status::want_read});
}

TEST_CASE("ciphertext may come one byte at a time") {
  pair both;
  for (bool over = false; !over;) {
    const auto client = both.client().handshake();
    const auto server = both.server().handshake();
    over = client == unitls::status::ok && server == unitls::status::ok;
    REQUIRE((both.link.move(1) != 0 || over));
  }
  (void)both.client().write("slow");
  std::byte room[8];
  while (both.server().read(room).status == unitls::status::want_read) {
    REQUIRE(both.link.move(1) == 1);
  }
}

TEST_CASE("a write takes what there is room for and then nothing until something is consumed") {
  pair both;
  both.link.handshake();
  const std::string text(200000, 'a');
  const auto first = both.client().write(text);
  CHECK(first.status == unitls::status::ok);
  CHECK(first.size < text.size());
  const auto held = both.client().outgoing().size();
  CHECK(held >= UNITLS_CHANNEL_LIMIT_DEFAULT);
  CHECK(held < UNITLS_CHANNEL_LIMIT_DEFAULT + 1024);
  CHECK(both.client().write("more") == unitls::io_result{0, unitls::status::want_write});
  CHECK(both.client().outgoing().size() == held);
  both.client().consume(held - UNITLS_CHANNEL_LIMIT_DEFAULT + 10);
  CHECK(both.client().write("0123456789abcdef") == unitls::io_result{10, unitls::status::ok});
}

TEST_CASE("everything arrives in order through the smallest buffers") {
  pair both(UNITLS_CHANNEL_LIMIT_MIN);
  both.link.handshake();
  std::string sent;
  for (int i = 0; i < 100000; ++i) {
    sent += std::to_string(i);
  }
  std::string received;
  for (std::size_t at = 0; received.size() < sent.size();) {
    if (at < sent.size()) {
      at += both.client().write(std::string_view(sent).substr(at)).size;
    }
    both.link.move(7919);
    received += read_text(both.server(), 5000);
  }
  CHECK(received == sent);
}

TEST_CASE("feed says how much it took, and incoming_buffer ends at the limit") {
  pair both(UNITLS_CHANNEL_LIMIT_MIN);
  const std::vector<std::byte> bytes(UNITLS_CHANNEL_LIMIT_MIN - 10);
  CHECK(both.server().feed(bytes) == bytes.size());
  CHECK(both.server().incoming_buffer().size() == 10);
  CHECK(both.server().feed(bytes) == 10);
  CHECK(both.server().feed(bytes) == 0);
  CHECK(both.server().incoming_buffer().empty());
}

TEST_CASE("a commit of more than was offered is refused") {
  pair both;
  unitls::error_info failure;
  const auto room = both.server().incoming_buffer();
  CHECK(both.server().commit(room.size() + 1, failure) == unitls::status::invalid);
  CHECK(both.server().commit(0, failure) == unitls::status::ok);
  CHECK(both.server().commit(1, failure) == unitls::status::invalid);
  CHECK(both.server().consume(1, failure) == unitls::status::invalid);
  CHECK_THROWS_AS(both.server().consume(1), unitls::error);
}

TEST_CASE("bytes that were received in place are read") {
  pair both;
  both.link.handshake();
  (void)both.client().write("in place");
  const auto from = both.client().outgoing();
  const auto room = both.server().incoming_buffer();
  std::copy(from.begin(), from.end(), room.begin());
  both.server().commit(from.size());
  CHECK(read_text(both.server()) == "in place");
}

TEST_CASE("the end of the transport is truncation, after what was received and never silence") {
  pair both;
  both.link.handshake();
  (void)both.client().write("rest");
  both.link.move();
  both.server().feed_eof();
  CHECK(read_text(both.server()) == "rest");
  std::byte room[8];
  unitls::error_info failure;
  CHECK(both.server().read(room, failure).status == unitls::status::truncated);
  CHECK(std::error_code(failure) == unitls::errc::truncated);
  CHECK(both.server().write("x", failure).status == unitls::status::truncated);
  CHECK(both.server().feed(room, failure) == 0);
  CHECK(failure.status() == unitls::status::wrong_state);
}

TEST_CASE("close_notify ends one direction only") {
  pair both;
  both.link.handshake();
  CHECK(both.client().shutdown() == unitls::status::ok);
  both.link.move();
  std::byte room[8];
  CHECK(both.server().read(room).status == unitls::status::closed);
  CHECK(both.server().read(room).status == unitls::status::closed);
  (void)both.server().write("answer");
  both.link.move();
  CHECK(read_text(both.client()) == "answer");
  unitls::error_info failure;
  CHECK(both.client().write("x", failure).status == unitls::status::wrong_state);
}

TEST_CASE("reading goes on while output waits, until the peer does not read at all") {
  pair both;
  both.link.handshake();
  (void)both.server().write(std::string(200000, 'a'));
  CHECK(both.server().write("x").status == unitls::status::want_write);
  const std::string ping = mock_frame(mock_record::ping, "");
  std::byte room[8];
  unitls::error_info failure;
  std::size_t pings = 0;
  while (!failure) {
    REQUIRE(both.server().feed(unitls::as_bytes(ping)) == ping.size());
    (void)both.server().read(room, failure);
    ++pings;
    REQUIRE(pings < 100);
  }
  CHECK(pings > 10);
  CHECK(failure.status() == unitls::status::transport_failed);
  CHECK(failure.text() == "the peer does not read: too much output is waiting for it");
  CHECK(both.server().outgoing().size() <= UNITLS_CHANNEL_LIMIT_DEFAULT + 256 * 1024);
  CHECK(both.server().write("x", failure).status == unitls::status::transport_failed);
}

TEST_CASE("a flight larger than the limit still fits") {
  pair both(UNITLS_CHANNEL_LIMIT_MIN);
  both.mock.state.flight_size = 16384;
  both.link.handshake();
  CHECK(both.server().info().version == unitls::version::tls1_3);
}

TEST_CASE("two handshakes that wait for each other are told") {
  pair both;
  both.client() = unitls::channel(both.server_context());
  unitls::error_info failure;
  CHECK(both.link.handshake(failure) == unitls::status::protocol_error);
}

TEST_CASE("a plugin's impossible answer is an error, not a loop") {
  pair both;
  both.link.handshake();
  both.mock.state.tells_impossible_size = true;
  unitls::error_info failure;
  CHECK(both.client().write("x", failure) == unitls::io_result{0, unitls::status::internal});
}

TEST_CASE("a limit below one record is refused") {
  pair both;
  unitls::error_info failure;
  CHECK_FALSE(
      unitls::channel::create(both.server_context(), UNITLS_CHANNEL_LIMIT_MIN - 1, failure).has_value());
  CHECK(failure.status() == unitls::status::invalid);
  CHECK(failure.field() == "limit");
}

TEST_CASE("a read and a write allocate nothing") {
  pair both;
  both.link.handshake();
  const std::string text(16384, 'a');
  std::vector<std::byte> room(16384);
  const auto turn = [&] {
    (void)both.client().write(text);
    both.link.move();
    (void)both.server().read(room);
  };
  turn();
  const std::size_t before = allocation_count();
  for (int i = 0; i < 100; ++i) {
    turn();
  }
  CHECK(allocation_count() == before);
  if (counts_allocations()) {
    const auto fresh = std::make_unique<int>(1);
    CHECK(allocation_count() != before);
  }
}
