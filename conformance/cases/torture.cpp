// Every point at which a transport can end or keep a session waiting, one after another: U-22, U-28, U-33, U-35.
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "case.hpp"
#include "expect.hpp"
#include "failed_session.hpp"
#include "party.hpp"
#include "plugin_access.hpp"

namespace unitls::conformance {
namespace {

struct torture {
  const char *name_end; // of the case: "-1.2-client"
  std::uint16_t version;
  const char *capability;
  party conversation::*side;
  unitls_status conversation::ends::*end;
  const char *text;
};

constexpr torture tortures[] = {
    {"-1.2-client", UNITLS_TLS_1_2, "tls1.2", &conversation::client, &conversation::ends::client,
     "the client of TLS 1.2"},
    {"-1.2-server", UNITLS_TLS_1_2, "tls1.2", &conversation::server, &conversation::ends::server,
     "the server of TLS 1.2"},
    {"-1.3-client", UNITLS_TLS_1_3, "tls1.3", &conversation::client, &conversation::ends::client,
     "the client of TLS 1.3"},
    {"-1.3-server", UNITLS_TLS_1_3, "tls1.3", &conversation::server, &conversation::ends::server,
     "the server of TLS 1.3"},
};

const torture &torture_of_this_case() {
  for (const torture &each : tortures) {
    if (running_case().ends_with(each.name_end)) {
      return each;
    }
  }
  throw std::logic_error("no torture has this name");
}

client_setup client_of(const torture &chosen) {
  client_setup client;
  client.only_version(chosen.version);
  return client;
}

void end_after_every_byte() {
  // The size of a signature differs from handshake to handshake.
  constexpr std::size_t varying = 16;
  const torture &chosen = torture_of_this_case();
  const client_setup client = client_of(chosen);
  conversation whole(client, server_setup{});
  whole.require_open();
  const std::size_t size = (whole.*chosen.side).transport.bytes_received();
  require("U-42", "bytes of a handshake", size > varying, "a handshake's", std::to_string(size));
  for (std::size_t point = 0; point < size - varying; ++point) {
    const during what("end after byte " + std::to_string(point));
    conversation talk(client, server_setup{});
    party &side = talk.*chosen.side;
    side.transport.plan.end_after = point;
    expect_status("U-33", "handshake", talk.handshake().*chosen.end, UNITLS_E_TRUNCATED);
    expect_failed_for_ever("U-33", side, UNITLS_E_TRUNCATED);
  }
}

void wait_at_every_call() {
  const torture &chosen = torture_of_this_case();
  const client_setup client = client_of(chosen);
  conversation whole(client, server_setup{});
  whole.require_open();
  const std::size_t calls = (whole.*chosen.side).transport.recv_calls();
  const auto data = pattern(500);
  for (std::size_t call = 0; call < calls + 2; ++call) {
    const during what("WANT_READ at recv call " + std::to_string(call));
    conversation talk(client, server_setup{});
    party &side = talk.*chosen.side;
    party &other = &side == &talk.client ? talk.server : talk.client;
    side.transport.plan.want_read_at = call;
    talk.require_open();
    other.write_all(data);
    talk.read_until(side, data.size());
    expect("U-35", "what is read", side.received == data, "what was written", "something else");
  }
}

TEST_CASE("every-end") {
  run_body(end_after_every_byte);
}

TEST_CASE("every-wait") {
  run_body(wait_at_every_call);
}

const bool tortures_are_registered = [] {
  for (const torture &each : tortures) {
    const std::string end = each.name_end;
    const std::string text = each.text;
    case_registration("io/every-end" + end, "An end after any byte of a handshake is a truncation to " + text,
                      "U-22 U-33", needs("client", "server", each.capability), "every-end");
    case_registration("io/every-wait" + end, "A transport may keep waiting at any one call of " + text,
                      "U-28 U-35", needs("client", "server", each.capability), "every-wait");
  }
  return true;
}();

} // namespace
} // namespace unitls::conformance
