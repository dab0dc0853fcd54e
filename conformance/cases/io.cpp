// Input and output: U-26 to U-35.
#include <algorithm>
#include <optional>

#include "case.hpp"
#include "expect.hpp"
#include "failed_session.hpp"
#include "party.hpp"
#include "versions.hpp"

namespace unitls::conformance {
namespace {

// Sends bytes both ways and compares them.
void exchange(conversation &talk, std::size_t size) {
  const auto to_server = pattern(size, 1);
  const auto to_client = pattern(size, 101);
  talk.client.write_all(to_server);
  talk.server.write_all(to_client);
  talk.read_until(talk.server, size);
  talk.read_until(talk.client, size);
  expect("U-30", "what the server reads", talk.server.received == to_server, "what the client wrote",
         std::to_string(talk.server.received.size()) + " bytes, not the same");
  expect("U-30", "what the client reads", talk.client.received == to_client, "what the server wrote",
         std::to_string(talk.client.received.size()) + " bytes, not the same");
}

UNITLS_CASE("io/echo", "Bytes come out as they went in, both ways", "U-30 U-31 U-42",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    talk.require_open();
    exchange(talk, 1000);
  });
}

UNITLS_CASE("io/one-byte-at-a-time", "A transport may give one byte at a time", "U-35",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    talk.client.transport.plan.most_per_recv = 1;
    talk.server.transport.plan.most_per_recv = 1;
    talk.require_open();
    exchange(talk, 3000);
  });
}

// Both sides of a conversation by name.
struct side_name {
  const char *text;
  party conversation::*side;
};
constexpr side_name both_sides[] = {{"client", &conversation::client}, {"server", &conversation::server}};

UNITLS_CASE("io/want-read-at-every-call", "A transport may keep a session waiting at any call", "U-28 U-35",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    for (const std::size_t every : {2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 10U}) {
      const during what("WANT_READ at every recv of " + std::to_string(every));
      conversation talk(setups.client, setups.server);
      talk.client.transport.plan.want_read_every = every;
      talk.server.transport.plan.want_read_every = every;
      talk.require_open();
      exchange(talk, 1000);
    }
  });
}

UNITLS_CASE("io/one-byte-and-want-read", "One byte at a time, each after a wait", "U-28 U-35",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    for (party *const side : {&talk.client, &talk.server}) {
      side->transport.plan.most_per_recv = 1;
      side->transport.plan.want_read_every = 2;
    }
    talk.require_open();
    exchange(talk, 500);
  });
}

// The status of a side's handshake.
unitls_status end_of(const conversation::ends &ends, const side_name &side) {
  return side.side == &conversation::client ? ends.client : ends.server;
}

UNITLS_CASE("io/end-in-handshake", "A transport that ends inside the handshake is told as truncation",
            "U-22 U-33", needs("client", "server")) {
  // The size of a signature differs from handshake to handshake.
  constexpr std::size_t varying = 16;
  for_each_version([](const setups_of_version &setups) {
    for (const side_name &each : both_sides) {
      conversation whole(setups.client, setups.server);
      whole.require_open();
      const std::size_t size = (whole.*each.side).transport.bytes_received();
      require("U-42", "bytes of a handshake", size > varying, "a handshake's", std::to_string(size));
      for (const std::size_t point : seeded_points(size - varying, 32)) {
        const during what(std::string(each.text) + ", end after byte " + std::to_string(point));
        conversation talk(setups.client, setups.server);
        party &side = talk.*each.side;
        side.transport.plan.end_after = point;
        expect_status("U-33", "handshake", end_of(talk.handshake(), each), UNITLS_E_TRUNCATED);
        expect_failed_for_ever("U-33", side, UNITLS_E_TRUNCATED);
      }
    }
  });
}

constexpr unitls_status own_failure = -4242;

// A handshake in which one call of one side's transport fails.
void fail_in_handshake(const setups_of_version &setups, const side_name &each,
                       std::optional<std::size_t> trouble::*failing, std::size_t call) {
  conversation talk(setups.client, setups.server);
  party &side = talk.*each.side;
  side.transport.plan.*failing = call;
  side.transport.plan.failure = own_failure;
  expect_status("U-27", "handshake", end_of(talk.handshake(), each), own_failure);
  expect_failed_for_ever("U-27", side, own_failure);
}

UNITLS_CASE("io/failing-transport-in-handshake", "A transport's error comes back unchanged, for ever",
            "U-22 U-27", needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    for (const side_name &each : both_sides) {
      conversation whole(setups.client, setups.server);
      whole.require_open();
      const memory_transport &clean = (whole.*each.side).transport;
      for (std::size_t call = 0; call < clean.recv_calls(); ++call) {
        const during what(std::string(each.text) + ", recv call " + std::to_string(call));
        fail_in_handshake(setups, each, &trouble::fail_recv, call);
      }
      for (std::size_t call = 0; call < clean.send_calls(); ++call) {
        const during what(std::string(each.text) + ", send call " + std::to_string(call));
        fail_in_handshake(setups, each, &trouble::fail_send, call);
      }
    }
  });
}

UNITLS_CASE("io/failing-recv", "An error of recv comes back unchanged from read, with nothing false before",
            "U-22 U-27 U-30", needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    for (std::size_t call = 0; call < 8; ++call) {
      const during what("recv call " + std::to_string(call));
      conversation talk(setups.client, setups.server);
      talk.require_open();
      const auto data = pattern(600);
      talk.server.write_all(std::span(data).first(300));
      talk.server.write_all(std::span(data).last(300));
      trouble &plan = talk.client.transport.plan;
      plan.most_per_recv = 100;
      plan.fail_recv = talk.client.transport.recv_calls() + call;
      plan.failure = own_failure;
      expect_status("U-27", "read", talk.read_until(talk.client, data.size() + 1), own_failure);
      const auto &received = talk.client.received;
      expect("U-30", "bytes before the failure",
             received.size() <= data.size() && std::equal(received.begin(), received.end(), data.begin()),
             "a prefix of what was written", "something else");
      expect_failed_for_ever("U-27", talk.client, own_failure);
    }
  });
}

UNITLS_CASE("io/failing-send", "An error of send comes back unchanged from write and shutdown", "U-22 U-27",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    const auto data = pattern(100000);
    for (std::size_t call = 0; call < 4; ++call) {
      const during what("send call " + std::to_string(call));
      conversation talk(setups.client, setups.server);
      talk.require_open();
      party &side = talk.client;
      side.transport.plan.fail_send = side.transport.send_calls() + call;
      side.transport.plan.failure = own_failure;
      unitls_status status = UNITLS_OK;
      for (std::size_t calls = 0; status == UNITLS_OK && calls < 100; ++calls) {
        status = side.write(data);
      }
      expect_status("U-27", "write", status, own_failure);
      expect_failed_for_ever("U-27", side, own_failure);
    }
    conversation talk(setups.client, setups.server);
    talk.require_open();
    talk.server.transport.plan.fail_send = talk.server.transport.send_calls();
    talk.server.transport.plan.failure = own_failure;
    expect_status("U-27", "shutdown", talk.server.shutdown(), own_failure);
    expect_failed_for_ever("U-27", talk.server, own_failure);
  });
}

UNITLS_CASE("io/sizes", "Any size goes through, also around the greatest record", "U-30",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    for (const std::size_t size : {1U, 2U, 16383U, 16384U, 16385U, 32769U, 1024U * 1024U}) {
      const during what(std::to_string(size) + " bytes");
      conversation talk(setups.client, setups.server);
      talk.require_open();
      exchange(talk, size);
    }
  });
}

UNITLS_CASE("io/many-small-writes", "Many small writes arrive in order", "U-30", needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    talk.require_open();
    const auto data = pattern(2000);
    for (const std::uint8_t &byte : data) {
      talk.client.write_all({&byte, 1});
    }
    talk.read_until(talk.server, data.size());
    expect("U-30", "what the server reads", talk.server.received == data, "what the client wrote",
           "something else");
  });
}

void expect_zero_lengths(party &side) {
  const std::uint8_t byte = 0;
  const std::size_t sends = side.transport.send_calls();
  const std::size_t recvs = side.transport.recv_calls();
  expect_status("U-23", "write of length 0", side.write({&byte, 0}), UNITLS_OK);
  expect_status("U-23", "read of length 0", side.read(0), UNITLS_E_INVALID);
  expect_equal("U-23", "calls of send", side.transport.send_calls() - sends, std::size_t{0});
  expect_equal("U-23", "calls of recv", side.transport.recv_calls() - recvs, std::size_t{0});
}

UNITLS_CASE("io/zero-length", "Length 0 is nothing to write and an error to read", "U-11 U-23",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    talk.require_open();
    expect_zero_lengths(talk.client);
    expect_zero_lengths(talk.server);
    const auto data = pattern(5000);
    talk.server.write_all(data);
    expect_status("U-30", "read", talk.client.read(10), UNITLS_OK);
    expect_zero_lengths(talk.client); // with bytes pending
    talk.read_until(talk.client, data.size());
    expect("U-23", "what the client reads", talk.client.received == data, "what the server wrote",
           "something else");
  });
}

UNITLS_CASE("io/full-duplex", "Both sides write and read in turns", "U-30 U-35", needs("client", "server")) {
  constexpr std::size_t size = 200000;
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    talk.require_open();
    const auto to_server = pattern(size, 1);
    const auto to_client = pattern(size, 101);
    const auto step = [](party &side, const std::vector<std::uint8_t> &data) {
      const std::size_t piece = 1 + random_numbers()() % 20000;
      side.transport.plan.most_per_recv = 1 + random_numbers()() % 3000;
      if (side.written < data.size()) {
        side.write(std::span(data).subspan(side.written).first(std::min(piece, data.size() - side.written)));
      }
      side.read(1 + random_numbers()() % 20000);
    };
    const auto moved = [&] { return talk.client.received.size() + talk.server.received.size(); };
    for (int idle = 0; idle < 4 && moved() < 2 * size;) {
      const std::size_t before = moved();
      step(talk.client, to_server);
      step(talk.server, to_client);
      idle = moved() == before ? idle + 1 : 0;
    }
    expect("U-30", "what the server reads", talk.server.received == to_server, "what the client wrote",
           std::to_string(talk.server.received.size()) + " bytes, not the same");
    expect("U-30", "what the client reads", talk.client.received == to_client, "what the server wrote",
           std::to_string(talk.client.received.size()) + " bytes, not the same");
  });
}

// One read, held against what `pending` said before it.
unitls_status read_by_pending(party &side, std::size_t size) {
  const std::size_t pending = side.pending();
  const std::size_t calls = side.transport.recv_calls();
  const std::size_t before = side.received.size();
  const unitls_status status = side.read(size);
  const std::size_t given = side.received.size() - before;
  const bool called = side.transport.recv_calls() != calls;
  if (pending != 0) {
    expect("U-32", "read with " + std::to_string(pending) + " bytes pending", !called, "no call of recv",
           "a call");
  }
  if (!called && status == UNITLS_OK) {
    expect("U-32", "bytes without a call of recv", given <= pending, "at most " + std::to_string(pending),
           std::to_string(given));
    expect_equal("U-32", "bytes pending afterwards", side.pending(), pending - given);
  }
  return status;
}

UNITLS_CASE("io/pending", "pending is what read gives without calling recv", "U-32",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    for (const std::size_t size : {1U, 7U, 999U, 20000U}) {
      const during what("read of " + std::to_string(size));
      conversation talk(setups.client, setups.server);
      expect_equal("U-32", "bytes pending before the handshake", talk.client.pending(), std::size_t{0});
      talk.require_open();
      expect_equal("U-32", "bytes pending before any came", talk.client.pending(), std::size_t{0});
      const auto data = pattern(3000);
      for (const std::size_t piece : {1U, 999U, 2000U}) {
        talk.server.write_all(std::span(data).first(piece));
      }
      while (read_by_pending(talk.client, size) == UNITLS_OK) {
      }
      expect_equal("U-31", "bytes in all", talk.client.received.size(), std::size_t{3000});
      expect_equal("U-32", "bytes pending at the end", talk.client.pending(), std::size_t{0});
    }
  });
}

UNITLS_CASE("io/nothing-held", "When read wants more, no complete record is held", "U-29 U-35",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    for (const side_name &each : both_sides) {
      const during what(each.text);
      conversation talk(setups.client, setups.server);
      talk.require_open();
      party &reader = talk.*each.side;
      const bool is_client = each.side == &conversation::client;
      party &writer = is_client ? talk.server : talk.client;
      std::vector<std::uint8_t> &line = (is_client ? talk.to_client : talk.to_server).sent;
      std::size_t whole = 0;
      for (const std::size_t size : {1U, 100U, 16384U, 5U, 40000U}) {
        writer.write_all(pattern(size));
        const std::uint8_t last = line.back();
        line.pop_back();
        while (reader.read(1000) == UNITLS_OK) {
        }
        expect("U-30", "bytes of records that are not whole", reader.received.size() < whole + size,
               "not given", "given");
        line.push_back(last);
        whole += size;
        while (reader.read(1000) == UNITLS_OK) {
        }
        expect_equal("U-29", "bytes given before WANT_READ", reader.received.size(), whole);
      }
    }
  });
}

UNITLS_CASE("io/small-reads", "A great record is read in small pieces", "U-30 U-31",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    for (const std::size_t size : {1U, 13U, 1000U, 16383U}) {
      conversation talk(setups.client, setups.server);
      talk.require_open();
      const auto data = pattern(16384);
      talk.client.write_all(data);
      while (talk.server.read(size) == UNITLS_OK) {
      }
      expect("U-30", "read by " + std::to_string(size), talk.server.received == data, "what was written",
             std::to_string(talk.server.received.size()) + " bytes, not the same");
    }
  });
}

// How a session lies there when it is destroyed. party's destructor holds its transport to U-26.
UNITLS_CASE("io/silent-destroy", "Neither create nor destroy touches the transport", "U-26",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    {
      const during what("new");
      const conversation talk(setups.client, setups.server);
      expect_equal("U-26", "calls of the transport by session_create",
                   talk.client.transport.recv_calls() + talk.client.transport.send_calls(), std::size_t{0});
    }
    {
      const during what("inside the handshake");
      conversation talk(setups.client, setups.server);
      talk.client.handshake();
      talk.server.handshake();
    }
    {
      const during what("open, with data to read");
      conversation talk(setups.client, setups.server);
      talk.require_open();
      talk.server.write_all(pattern(2000));
      talk.client.read(10);
    }
    {
      const during what("half closed");
      conversation talk(setups.client, setups.server);
      talk.require_open();
      talk.client.shutdown();
      talk.server.read();
    }
    {
      const during what("failed");
      conversation talk(setups.client, setups.server);
      talk.client.transport.plan.end_after = 0;
      talk.client.handshake();
    }
  });
}

} // namespace
} // namespace unitls::conformance
