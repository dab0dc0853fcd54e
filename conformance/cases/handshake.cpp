// What is negotiated, and what must not be: U-15 to U-19, U-24, U-40, U-46.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "attempt.hpp"
#include "case.hpp"
#include "certificates.hpp"
#include "expect.hpp"
#include "party.hpp"
#include "versions.hpp"
#include "watch.hpp"

namespace unitls::conformance {
namespace {

constexpr std::uint16_t tls_1_1 = 0x0302;

std::string alpn_of(const unitls_info &facts) {
  const auto *const text = reinterpret_cast<const char *>(facts.alpn);
  return {text, std::min<std::size_t>(facts.alpn_size, sizeof facts.alpn)};
}

bool is_all_zero(unitls_info facts) {
  facts.struct_size = 0;
  const auto *const begin = reinterpret_cast<const unsigned char *>(&facts);
  return std::all_of(begin, begin + sizeof facts, [](unsigned char each) { return each == 0; });
}

void expect_version(const conversation &talk, std::uint16_t version) {
  expect_equal("U-24", "version of the client", talk.client.info().version, version);
  expect_equal("U-24", "version of the server", talk.server.info().version, version);
}

UNITLS_CASE("handshake/each-version", "Each declared version can be had", "U-15 U-24 U-42",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    talk.require_open();
    expect_version(talk, setups.version);
  });
}

UNITLS_CASE("handshake/highest-version", "Without bounds the highest version is taken", "U-15",
            needs("client", "server")) {
  conversation talk(client_setup{}, server_setup{});
  talk.require_open();
  expect_version(talk, declared_versions().back());
}

UNITLS_CASE("handshake/server-maximum", "A server's maximum is not passed", "U-15",
            needs("client", "server")) {
  for (const std::uint16_t version : declared_versions()) {
    const during what(version_text(version));
    server_setup server;
    server.max_version = version;
    conversation talk(client_setup{}, server);
    talk.require_open();
    expect_version(talk, version);
  }
}

UNITLS_CASE("handshake/maximum-is-a-bound", "A maximum may lie above what the backend has", "U-15",
            needs("client", "server")) {
  client_setup client;
  client.max_version = UNITLS_TLS_1_3;
  conversation talk(client, server_setup{});
  talk.require_open();
  expect_version(talk, declared_versions().back());
}

UNITLS_CASE("handshake/empty-range", "A minimum above the maximum is no range", "U-15", needs()) {
  for_each_side([](auto &native) {
    native.config.min_version = UNITLS_TLS_1_3;
    native.config.max_version = UNITLS_TLS_1_2;
    expect_refused("U-15", "TLS 1.3 to TLS 1.2", native.config, UNITLS_E_INVALID, "min_version");
  });
}

UNITLS_CASE("handshake/below-1.2", "Nothing below TLS 1.2 exists", "U-15", needs()) {
  for_each_side([](auto &native) {
    native.config.min_version = tls_1_1;
    expect_refused("U-15", "minimum TLS 1.1", native.config, UNITLS_E_INVALID, "min_version");
    native.config.min_version = 0;
    native.config.max_version = tls_1_1;
    expect_refused("U-15", "maximum TLS 1.1", native.config, UNITLS_E_INVALID, "max_version");
  });
}

UNITLS_CASE("handshake/no-common-version", "No version in common ends the handshake on both sides",
            "U-36 U-37 U-40", needs("client", "server", "tls1.2", "tls1.3")) {
  const std::vector<std::uint32_t> allowed{alert_protocol_version, alert_handshake_failure};
  for (const bool client_is_older : {true, false}) {
    const during what(client_is_older ? "a client of TLS 1.2 only" : "a server of TLS 1.2 only");
    client_setup client;
    server_setup server;
    client.only_version(client_is_older ? UNITLS_TLS_1_2 : UNITLS_TLS_1_3);
    server.only_version(client_is_older ? UNITLS_TLS_1_3 : UNITLS_TLS_1_2);
    conversation talk(client, server);
    const conversation::ends ends = talk.handshake();
    const bool server_refused = ends.server == UNITLS_E_PROTOCOL;
    party &refusing = server_refused ? talk.server : talk.client;
    party &refused = server_refused ? talk.client : talk.server;
    expect_status("U-40", "the side that refuses", server_refused ? ends.server : ends.client,
                  UNITLS_E_PROTOCOL);
    expect_alert_sent("U-40", "the side that refuses", refusing,
                      server_refused ? talk.to_client : talk.to_server, allowed);
    expect_peer_gave_up("the other side", refused, server_refused ? ends.client : ends.server,
                        refusing.error.alert, UNITLS_TLS_1_3);
  }
}

UNITLS_CASE("handshake/info", "What was negotiated is told at the end, and equally on both sides", "U-24",
            needs("client", "server")) {
  for_each_version([](setups_of_version setups) {
    setups.client.alpn = setups.server.alpn = {"h2"};
    conversation talk(setups.client, setups.server);
    expect("U-24", "info before the handshake",
           is_all_zero(talk.client.info()) && is_all_zero(talk.server.info()), "all zeros", "something");
    require_status("U-28", "the client's first handshake", talk.client.handshake(), UNITLS_WANT_READ);
    require_status("U-28", "the server's first handshake", talk.server.handshake(), UNITLS_WANT_READ);
    expect("U-24", "info within the handshake",
           is_all_zero(talk.client.info()) && is_all_zero(talk.server.info()), "all zeros", "something");
    talk.require_open();
    const unitls_info client = talk.client.info();
    const unitls_info server = talk.server.info();
    expect_version(talk, setups.version);
    expect("U-24", "the cipher suite", client.cipher_suite != 0, "an IANA number", "0");
    expect_equal("U-24", "the cipher suite on the server", server.cipher_suite, client.cipher_suite);
    expect_equal("U-24", "the server name on the server", std::string(server.server_name), "localhost");
    expect_equal("U-24", "the server name on the client", std::string(client.server_name), "localhost");
    expect_equal("U-24", "the protocol on the server", alpn_of(server), "h2");
    expect_equal("U-24", "the protocol on the client", alpn_of(client), "h2");
    expect_equal("U-24", "flags", client.flags & UNITLS_INFO_RESUMED, 0U);
  });
}

UNITLS_CASE("handshake/info-group", "Both sides tell the same group", "U-24 U-49",
            needs("client", "server", "info-group")) {
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    talk.require_open();
    expect("U-49", "the group", talk.client.info().group != 0, "an IANA number", "0");
    expect_equal("U-24", "the group on the server", talk.server.info().group, talk.client.info().group);
  });
}

UNITLS_CASE("handshake/info-signature-scheme", "Both sides tell the same signature scheme", "U-24 U-49",
            needs("client", "server", "info-signature-scheme")) {
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    talk.require_open();
    expect("U-49", "the scheme", talk.client.info().signature_scheme != 0, "an IANA number", "0");
    expect_equal("U-24", "the scheme on the server", talk.server.info().signature_scheme,
                 talk.client.info().signature_scheme);
  });
}

UNITLS_CASE("handshake/info-fips",
            "FIPS mode is told by those alone who can know it, and equally on both sides", "U-24 U-49",
            needs("client", "server")) {
  conversation talk(client_setup{}, server_setup{});
  talk.require_open();
  const std::uint32_t client = talk.client.info().flags & UNITLS_INFO_FIPS;
  expect("U-49", "the flag without the capability", has_capability("fips") || client == 0, "not set", "set");
  expect_equal("U-24", "the flag on the server", talk.server.info().flags & UNITLS_INFO_FIPS, client);
}

bool sends_server_name(const conversation &talk) {
  const std::vector<std::uint16_t> sent = client_hello_extensions(talk.to_server);
  return std::find(sent.begin(), sent.end(), extension_server_name) != sent.end();
}

UNITLS_CASE("handshake/server-name", "The SNI is the server_name, not a reference name", "U-24 U-46",
            needs("client", "server")) {
  for_each_version([](setups_of_version setups) {
    setups.client.server_name = "virtual.example";
    conversation talk(setups.client, setups.server);
    talk.require_open();
    expect("U-46", "server_name in the ClientHello", sends_server_name(talk), "present", "absent");
    expect_equal("U-24", "the server name on the server", std::string(talk.server.info().server_name),
                 "virtual.example");
  });
}

UNITLS_CASE("handshake/no-server-name", "Without a server_name no SNI is sent", "U-46",
            needs("client", "server")) {
  for_each_version([](setups_of_version setups) {
    setups.client.server_name.reset();
    conversation talk(setups.client, setups.server);
    talk.require_open();
    expect("U-46", "server_name in the ClientHello", !sends_server_name(talk), "absent", "present");
    expect_equal("U-24", "the server name on the server", std::string(talk.server.info().server_name), "");
  });
}

UNITLS_CASE("handshake/address-as-server-name", "An IP address is never sent as SNI", "U-46",
            needs("client")) {
  wire in;
  wire out;
  memory_transport transport(in, out);
  const context_handle context = make_context(client_setup{});
  for (const char *address : {"127.0.0.1", "::1"}) {
    const during what(address);
    client_setup setup;
    setup.server_name = address;
    const native_session native(setup);
    expect_refusal("U-46", "session_create", try_session(context.get(), &native.config, transport.native()),
                   UNITLS_E_INVALID, "server_name");
  }
}

UNITLS_CASE("handshake/no-reference-name", "A verifying client needs a reference name", "U-09",
            needs("client")) {
  wire in;
  wire out;
  memory_transport transport(in, out);
  const context_handle context = make_context(client_setup{});
  client_setup setup;
  setup.reference_names.clear();
  const native_session native(setup);
  expect_refusal("U-09", "session_create", try_session(context.get(), &native.config, transport.native()),
                 UNITLS_E_INVALID, "reference_names");
}

// Both sides' protocol; empty when there is none.
void expect_alpn(std::vector<std::string> client, std::vector<std::string> server,
                 const std::string &expected) {
  for_each_version([&](setups_of_version setups) {
    setups.client.alpn = client;
    setups.server.alpn = server;
    conversation talk(setups.client, setups.server);
    talk.require_open();
    expect_equal("U-24", "protocol on the client", alpn_of(talk.client.info()), expected);
    expect_equal("U-24", "protocol on the server", alpn_of(talk.server.info()), expected);
  });
}

UNITLS_CASE("handshake/alpn-order", "The server's order of protocols decides", "U-24",
            needs("client", "server")) {
  expect_alpn({"http/1.1", "h2"}, {"h2", "http/1.1"}, "h2");
  expect_alpn({"h2", "http/1.1"}, {"spdy/3", "http/1.1", "h2"}, "http/1.1");
}

UNITLS_CASE("handshake/alpn-one-side", "When one side names no protocols, none is chosen", "U-24",
            needs("client", "server")) {
  expect_alpn({"h2"}, {}, "");
  expect_alpn({}, {"h2"}, "");
}

UNITLS_CASE("handshake/alpn-mismatch", "No protocol in common ends the handshake on both sides",
            "U-36 U-37 U-40", needs("client", "server")) {
  for_each_version([](setups_of_version setups) {
    setups.client.alpn = {"h2"};
    setups.server.alpn = {"http/1.1"};
    conversation talk(setups.client, setups.server);
    const conversation::ends ends = talk.handshake();
    expect_status("U-40", "the server's handshake", ends.server, UNITLS_E_PROTOCOL);
    expect_alert_sent("U-40", "the server", talk.server, talk.to_client, {alert_no_application_protocol});
    expect_peer_gave_up("the client's handshake", talk.client, ends.client, alert_no_application_protocol,
                        setups.version);
  });
}

UNITLS_CASE("handshake/no-tickets", "No ticket is issued and none is offered", "U-19",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    talk.require_open();
    expect_equal("U-19", "bytes after the handshake", talk.to_client.waiting(), std::size_t{0});
    const std::vector<std::uint8_t> messages = clear_handshake_types(talk.to_client);
    expect("U-19", "NewSessionTicket within the handshake",
           std::find(messages.begin(), messages.end(), message_new_session_ticket) == messages.end(),
           "absent", "present");
    const std::vector<std::uint16_t> sent = client_hello_extensions(talk.to_server);
    expect("U-19", "pre_shared_key in the ClientHello",
           std::find(sent.begin(), sent.end(), extension_pre_shared_key) == sent.end(), "absent", "present");
  });
}

UNITLS_CASE("handshake/rsa-identity", "A server may have an RSA key", "U-42", needs("client", "server")) {
  for_each_version([](setups_of_version setups) {
    setups.server.identity = "server-rsa";
    conversation talk(setups.client, setups.server);
    talk.require_open();
    expect("U-43", "the server's certificates",
           talk.client.peer_certificates() == certificates_in(certificate_text("server-rsa.pem")),
           "those of the RSA identity", "others");
  });
}

UNITLS_CASE("handshake/no-identity", "A server needs an identity", "U-17", needs("server")) {
  server_setup setup;
  setup.identity.reset();
  expect_refused("U-17", "a server without identities", native_server(setup).config, UNITLS_E_INVALID,
                 "identities");
}

UNITLS_CASE("handshake/other-key", "A key that does not fit its certificate is refused", "U-17", needs()) {
  for_each_side([](auto &native) {
    for (const char *other : {"wrong-name.key", "server-rsa.key"}) {
      const during what(other);
      native.identity.private_key = pem(certificate_text(other));
      expect_refusal("U-17", "create", try_context(native.config), UNITLS_E_INVALID,
                     "identities[0].private_key");
    }
  });
}

UNITLS_CASE("handshake/encrypted-key", "An encrypted key is refused as not possible", "U-17", needs()) {
  std::string text = certificate_text("server.key");
  for (std::size_t at = text.find("PRIVATE KEY"); at != std::string::npos;
       at = text.find("PRIVATE KEY", at + std::string_view("ENCRYPTED PRIVATE KEY").size())) {
    text.insert(at, "ENCRYPTED ");
  }
  for_each_side([&](auto &native) {
    native.identity.private_key = pem(text);
    expect_refusal("U-17", "create", try_context(native.config), UNITLS_E_UNSUPPORTED,
                   "identities[0].private_key");
  });
}

UNITLS_CASE("handshake/key-beside-certificate", "The key may stand among the certificates", "U-17",
            needs("client", "server")) {
  const std::string both = certificate_text("server.pem") + certificate_text("server.key");
  const unitls_blob blob = pem(both);
  const server_setup setup;
  native_server native(setup);
  native.identity.certificates = &blob;
  native.identity.private_key = {};
  conversation talk(client_setup{}, make_context(client_setup{}), make_context(native.config));
  talk.require_open();
}

UNITLS_CASE("handshake/garbage-credentials", "Certificates and keys that cannot be read are named", "U-09",
            needs()) {
  const std::string text = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n";
  const unitls_blob garbage = pem(text);
  for_each_side([&](auto &native) {
    const unitls_blob *const good = native.identity.certificates;
    native.identity.certificates = &garbage;
    expect_refusal("U-09", "a garbage certificate", try_context(native.config), UNITLS_E_INVALID,
                   "identities[0].certificates[0]");
    native.identity.certificates = good;
    native.identity.private_key = garbage;
    expect_refusal("U-09", "a garbage key", try_context(native.config), UNITLS_E_INVALID,
                   "identities[0].private_key");
  });
}

UNITLS_CASE("handshake/no-trust", "A verifying client needs anchors", "U-16", needs("client")) {
  client_setup setup;
  setup.trust.clear();
  native_client native(setup);
  expect_refused("U-16", "no trust", native.config, UNITLS_E_INVALID, "trust");
  native.config.trust = &native.trust;
  expect_refused("U-16", "trust without anchors", native.config, UNITLS_E_INVALID, "trust");
}

} // namespace
} // namespace unitls::conformance
