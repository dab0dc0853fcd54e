// HelloRetryRequest (RFC 8446, 4.1.4): a server that takes none of the client's key shares asks for another: U-35, U-59.
#include <algorithm>
#include <string>
#include <vector>

#include "attempt.hpp"
#include "case.hpp"
#include "clear_messages.hpp"
#include "expect.hpp"
#include "listing.hpp"
#include "party.hpp"

namespace unitls::conformance {
namespace {

// Client and server of TLS 1.3, the client with all groups and the server with one.
struct retry_setups {
  client_setup client;
  server_setup server;

  retry_setups(std::vector<std::uint16_t> offered, std::uint16_t taken) {
    client.only_version(UNITLS_TLS_1_3);
    client.groups = std::move(offered);
    server.groups = {taken};
  }
};

// RFC 8446, 4.2.7: groups of finite fields, whose keys take long. parameters/each-group has them.
bool is_finite_field(std::uint16_t group) {
  return group >> 8U == 1;
}

// The other groups that TLS 1.3 takes, in the plugin's order.
std::vector<std::uint16_t> curves() {
  std::vector<std::uint16_t> groups;
  for (const std::uint16_t each : numbers_of(listed(UNITLS_LIST_GROUPS))) {
    const retry_setups setups({each}, each);
    if (!is_finite_field(each) && try_context(native_client(setups.client).config).status == UNITLS_OK &&
        try_context(native_server(setups.server).config).status == UNITLS_OK) {
      groups.push_back(each);
    }
  }
  require("U-49", "groups of TLS 1.3", !groups.empty(), "at least one", "none");
  return groups;
}

void expect_retry(conversation &talk, std::uint16_t group) {
  talk.require_open();
  const std::vector<std::uint16_t> shares = shared_groups(first_hello(talk.to_server));
  const bool had_share = std::find(shares.begin(), shares.end(), group) != shares.end();
  expect_equal("U-59", "HelloRetryRequest", is_hello_retry_request(first_hello(talk.to_client)), !had_share);
  if (has_capability("info-group")) {
    expect_equal("U-24", "the client's group", talk.client.info().group, group);
    expect_equal("U-24", "the server's group", talk.server.info().group, group);
  }
  const auto data = pattern(3000);
  talk.client.write_all(data);
  talk.read_until(talk.server, data.size());
  expect("U-30", "what the server reads", talk.server.received == data, "what the client wrote",
         "something else");
}

UNITLS_CASE("handshake/hello-retry", "A group without a key share is asked for once more, and then used",
            "U-24 U-35 U-59", needs("client", "server", "tls1.3", "groups")) {
  const std::vector<std::uint16_t> groups = curves();
  for (const std::uint16_t group : groups) {
    const during what("the server takes " + numbers_text({group}));
    const retry_setups setups(groups, group);
    conversation talk(setups.client, setups.server);
    expect_retry(talk, group);
  }
}

UNITLS_CASE("handshake/hello-retry-in-pieces", "Both hellos may come one byte at a time", "U-28 U-35",
            needs("client", "server", "tls1.3", "groups")) {
  const std::vector<std::uint16_t> groups = curves();
  const retry_setups setups(groups, groups.back());
  conversation talk(setups.client, setups.server);
  for (party *const side : {&talk.client, &talk.server}) {
    side->transport.plan.most_per_recv = 1;
    side->transport.plan.want_read_every = 3;
  }
  expect_retry(talk, groups.back());
}

UNITLS_CASE("handshake/refused-after-hello-retry", "A refused certificate is refused after a retry as well",
            "U-42 U-43 U-44", needs("client", "server", "tls1.3", "groups")) {
  const std::vector<std::uint16_t> groups = curves();
  retry_setups setups(groups, groups.back());
  setups.client.reference_names = {"other.example"};
  conversation talk(setups.client, setups.server);
  expect_status("U-42", "the client's handshake", talk.handshake().client, UNITLS_E_CERTIFICATE);
  expect_flags("U-43", "its flags", talk.client.error.verify_flags, UNITLS_VERIFY_NAME_MISMATCH);
}

} // namespace
} // namespace unitls::conformance
