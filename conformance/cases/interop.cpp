// Two sides over TCP, also of two plugins: U-30, U-33 to U-37, U-42, U-43.
#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "case.hpp"
#include "certificates.hpp"
#include "expect.hpp"
#include "tcp_conversation.hpp"
#include "versions.hpp"
#include "watch.hpp"

namespace unitls::conformance {
namespace {

// Reads what is there; the last status.
unitls_status drain(party &side) {
  unitls_status status = UNITLS_OK;
  while (status == UNITLS_OK) {
    status = side.read();
  }
  return status;
}

// Writes a piece of the data and reads what is there. Whether all of both is through.
bool exchange_step(party &side, std::span<const std::uint8_t> data, std::size_t expected) {
  constexpr std::size_t piece = 50000;
  if (side.written < data.size()) {
    side.write_all(data.subspan(side.written, std::min(piece, data.size() - side.written)));
  }
  const unitls_status status = drain(side);
  require("U-35", "read over TCP", status == UNITLS_WANT_READ, status_text(UNITLS_WANT_READ),
          status_text(status) + ": " + side.error.message);
  return side.written == data.size() && side.received.size() >= expected;
}

UNITLS_CASE("interop/tcp-transfer", "A megabyte in each direction at once, over TCP", "U-30 U-35 U-42",
            needs("client", "server")) {
  constexpr std::size_t size = 1024 * 1024;
  for_each_version([](const setups_of_version &setups) {
    tcp_conversation talk(setups.client, setups.server);
    talk.require_open();
    const auto to_server = pattern(size, 1);
    const auto to_client = pattern(size, 101);
    talk.run([&] { return exchange_step(talk.client, to_server, size); },
             [&] { return exchange_step(talk.server, to_client, size); });
    expect("U-30", "what the server reads", talk.server.received == to_server, "what the client wrote",
           "something else");
    expect("U-30", "what the client reads", talk.client.received == to_client, "what the server wrote",
           "something else");
  });
}

// Reads until something else than data or a wait comes; that is kept in `end`.
auto reads_to_the_end(party &side, unitls_status &end) {
  return [&] { return (end = drain(side)) != UNITLS_WANT_READ; };
}

UNITLS_CASE("interop/tcp-close", "Each side's close_notify reaches the other over TCP, after all data",
            "U-25 U-30 U-34", needs("client", "server")) {
  const auto data = pattern(100000);
  for_each_version([&](const setups_of_version &setups) {
    tcp_conversation talk(setups.client, setups.server);
    talk.require_open();
    for (party *const side : {&talk.client, &talk.server}) {
      side->write_all(data);
      expect_status("U-25", "shutdown", side->shutdown(), UNITLS_OK);
    }
    unitls_status client_end = UNITLS_WANT_READ;
    unitls_status server_end = UNITLS_WANT_READ;
    talk.run(reads_to_the_end(talk.client, client_end), reads_to_the_end(talk.server, server_end));
    expect_status("U-34", "the client's last read", client_end, UNITLS_CLOSED);
    expect_status("U-34", "the server's last read", server_end, UNITLS_CLOSED);
    expect("U-30", "what the server reads", talk.server.received == data, "what the client wrote",
           "something else");
    expect("U-30", "what the client reads", talk.client.received == data, "what the server wrote",
           "something else");
  });
}

UNITLS_CASE("interop/tcp-truncated", "A TCP connection that ends without close_notify is a truncation",
            "U-30 U-33", needs("client", "server")) {
  const auto data = pattern(30000);
  for_each_version([&](const setups_of_version &setups) {
    tcp_conversation talk(setups.client, setups.server);
    talk.require_open();
    talk.server.write_all(data);
    talk.end_sending(talk.server);
    unitls_status end = UNITLS_WANT_READ;
    talk.run(reads_to_the_end(talk.client, end), [] { return true; });
    expect_status("U-33", "the client's last read", end, UNITLS_E_TRUNCATED);
    expect("U-30", "what came before the end", talk.client.received == data, "all of it", "something else");
  });
}

UNITLS_CASE("interop/tcp-client-certificate", "Both sides present a certificate, of two kinds of keys",
            "U-42 U-43", needs("client", "server")) {
  for_each_version([](setups_of_version setups) {
    setups.client.identity = "client";
    setups.server.identity = "server-rsa";
    setups.server.client_auth = UNITLS_CLIENT_AUTH_REQUIRE;
    setups.server.trust = {"client-ca.pem"};
    setups.client.alpn = setups.server.alpn = {"h2", "http/1.1"};
    tcp_conversation talk(setups.client, setups.server);
    talk.require_open();
    expect("U-43", "the client's certificates, on the server",
           talk.server.peer_certificates() == certificates_in(certificate_text("client.pem")),
           "those that it presented", "others");
    expect("U-43", "the server's certificates, on the client",
           talk.client.peer_certificates() == certificates_in(certificate_text("server-rsa.pem")),
           "those that it presented", "others");
    const unitls_info client = talk.client.info();
    const unitls_info server = talk.server.info();
    expect_equal("U-24", "the cipher suite on the server", server.cipher_suite, client.cipher_suite);
    expect_equal("U-24", "the version on the server", server.version, client.version);
    expect_equal("U-24", "the size of the protocol's name on the server", server.alpn_size, client.alpn_size);
  });
}

UNITLS_CASE("interop/tcp-refused", "A server that the client refuses learns it by an alert over TCP",
            "U-36 U-37 U-38 U-42", needs("client", "server")) {
  for_each_version([](setups_of_version setups) {
    setups.server.identity = "wrong-name";
    tcp_conversation talk(setups.client, setups.server);
    unitls_status client_end = UNITLS_WANT_READ;
    unitls_status server_end = UNITLS_WANT_READ;
    talk.run([&] { return (client_end = talk.client.handshake()) != UNITLS_WANT_READ; },
             [&] { return (server_end = talk.server.handshake()) != UNITLS_WANT_READ; });
    expect_status("U-42", "the client's handshake", client_end, UNITLS_E_CERTIFICATE);
    expect_flags("U-44", "the client's flags", talk.client.error.verify_flags, UNITLS_VERIFY_NAME_MISMATCH);
    expect_equal("U-38", "the client's alert", talk.client.error.alert, std::uint32_t{alert_bad_certificate});
    expect_peer_gave_up("the server's handshake", talk.server, server_end, alert_bad_certificate,
                        setups.version);
  });
}

} // namespace
} // namespace unitls::conformance
