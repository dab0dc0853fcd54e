// Input and output: U-26 to U-35.
#include "case.hpp"
#include "expect.hpp"
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

} // namespace
} // namespace unitls::conformance
