// Capabilities both ways: what is declared works over a handshake, what is not is refused by name. U-09, U-15 to U-18,
// U-49.
#include <algorithm>
#include <initializer_list>

#include "attempt.hpp"
#include "case.hpp"
#include "certificates.hpp"
#include "expect.hpp"
#include "party.hpp"
#include "versions.hpp"

namespace unitls::conformance {
namespace {

// Refused on both sides as far as the plugin has them.
template <class Change>
void expect_refused_everywhere(const char *clause, const std::string &what, unitls_status status,
                               const char *field, Change change) {
  for_each_side([&](auto &native) {
    change(native);
    expect_refused(clause, what, native.config, status, field);
  });
}

UNITLS_CASE("capability/tls1.3",
            "TLS 1.3 is negotiated where it is declared, and refused as a minimum elsewhere", "U-15 U-49",
            needs("client", "server")) {
  if (!has_capability("tls1.3")) {
    expect_refused_everywhere("U-15", "minimum TLS 1.3", UNITLS_E_UNSUPPORTED, "min_version",
                              [](auto &native) { native.config.min_version = UNITLS_TLS_1_3; });
    return;
  }
  client_setup client;
  server_setup server;
  client.min_version = UNITLS_TLS_1_3;
  server.min_version = UNITLS_TLS_1_3;
  conversation talk(client, server);
  talk.require_open();
  expect_equal("U-15", "the client's version", talk.client.info().version, std::uint16_t{UNITLS_TLS_1_3});
  expect_equal("U-15", "the server's version", talk.server.info().version, std::uint16_t{UNITLS_TLS_1_3});
}

UNITLS_CASE("capability/highest-version", "Without bounds the highest declared version is negotiated",
            "U-15 U-49", needs("client", "server")) {
  conversation talk({}, {});
  talk.require_open();
  expect_equal("U-15", "version", talk.client.info().version, declared_versions().back());
}

UNITLS_CASE("capability/maximum-is-a-bound", "A maximum is kept, and accepted also by who lacks it", "U-15",
            needs("client", "server")) {
  for (const std::uint16_t maximum : std::initializer_list<std::uint16_t>{UNITLS_TLS_1_2, UNITLS_TLS_1_3}) {
    if (maximum < declared_versions().front()) {
      continue; // nothing is left below it
    }
    const during what("at most " + version_text(maximum));
    for_each_side([&](auto &native) {
      native.config.max_version = maximum;
      expect_accepted("U-15", "maximum", native.config);
    });
    client_setup client;
    client.max_version = maximum;
    conversation talk(client, {});
    talk.require_open();
    expect_equal("U-15", "version", talk.server.info().version,
                 std::min(maximum, declared_versions().back()));
  }
}

UNITLS_CASE("capability/version-window", "A window that is turned around or lies below TLS 1.2 is refused",
            "U-15", needs()) {
  expect_refused_everywhere("U-15", "minimum above the maximum", UNITLS_E_INVALID, nullptr, [](auto &native) {
    native.config.min_version = UNITLS_TLS_1_3;
    native.config.max_version = UNITLS_TLS_1_2;
  });
  for (const std::uint16_t version : std::initializer_list<std::uint16_t>{0x0302, 0x0300, 1}) {
    expect_refused_everywhere("U-15", "minimum below TLS 1.2", UNITLS_E_INVALID, "min_version",
                              [&](auto &native) { native.config.min_version = version; });
    expect_refused_everywhere("U-15", "maximum below TLS 1.2", UNITLS_E_INVALID, "max_version",
                              [&](auto &native) { native.config.max_version = version; });
  }
}

// The client offers all of the names, the server the last one alone.
void negotiate_last(const std::vector<std::string> &names) {
  for_each_version([&](const setups_of_version &setups) {
    client_setup client = setups.client;
    server_setup server = setups.server;
    client.alpn = names;
    server.alpn = {names.back()};
    conversation talk(client, server);
    talk.require_open();
    for (const party *const side : {&talk.client, &talk.server}) {
      const unitls_info facts = side->info();
      expect("U-49", "protocol", names.back() == std::string(facts.alpn, facts.alpn + facts.alpn_size),
             printable(names.back()),
             printable({reinterpret_cast<const char *>(facts.alpn), facts.alpn_size}));
    }
    // A server takes them all, too.
    server.alpn = names;
    client.alpn = {names.back()};
    conversation turned(client, server);
    turned.require_open();
    expect_equal("U-49", "size of the protocol", turned.client.info().alpn_size,
                 static_cast<std::uint32_t>(names.back().size()));
  });
}

std::vector<unitls_bytes> views_of(const std::vector<std::string> &names) {
  std::vector<unitls_bytes> views;
  for (const std::string &each : names) {
    views.push_back({reinterpret_cast<const std::uint8_t *>(each.data()), each.size()});
  }
  return views;
}

void refuse_names(const char *clause, const std::vector<std::string> &names, unitls_status status,
                  const char *field) {
  const std::vector<unitls_bytes> views = views_of(names);
  expect_refused_everywhere(clause, "ALPN names", status, field, [&](auto &native) {
    native.config.alpn = views.data();
    native.config.alpn_count = views.size();
  });
}

// Works where the capability is declared; is refused on `field` where it is not.
void check_names(const char *capability, const std::vector<std::string> &names, const char *field) {
  const during what(capability);
  if (has_capability(capability)) {
    negotiate_last(names);
  } else {
    refuse_names("U-49", names, UNITLS_E_UNSUPPORTED, field);
  }
}

std::vector<std::string> numbered_names(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    names.push_back("protocol-" + std::to_string(i));
  }
  return names;
}

UNITLS_CASE("capability/alpn", "Every backend carries 8 names of up to 31 bytes without NUL", "U-49",
            needs("client", "server")) {
  std::vector<std::string> names;
  std::uint8_t value = 1;
  for (int i = 0; i < 8; ++i) { // 248 of the 255 values that are not NUL
    names.emplace_back();
    while (names.back().size() < 31) {
      names.back().push_back(static_cast<char>(value++));
    }
  }
  negotiate_last(names);
  negotiate_last({"x"});
}

UNITLS_CASE("capability/alpn-long", "Names of up to 255 bytes work where declared", "U-49",
            needs("client", "server")) {
  check_names("alpn-long", {"h2", std::string(32, 'a')}, "alpn[1]");
  check_names("alpn-long", {"h2", std::string(255, 'b')}, "alpn[1]");
}

UNITLS_CASE("capability/alpn-many", "More than 8 names work where declared", "U-49",
            needs("client", "server")) {
  check_names("alpn-many", numbered_names(9), "alpn[8]");
  check_names("alpn-many", numbered_names(32), "alpn[8]");
}

UNITLS_CASE("capability/alpn-binary", "Names with NUL work where declared", "U-49",
            needs("client", "server")) {
  check_names("alpn-binary", {std::string("a\0b", 3)}, "alpn[0]");
  check_names("alpn-binary", {"h2", std::string(1, '\0')}, "alpn[1]");
}

UNITLS_CASE("capability/alpn-sizes", "An ALPN name has 1 to 255 bytes", "U-09", needs()) {
  refuse_names("U-09", {"h2", ""}, UNITLS_E_INVALID, "alpn[1]");
  refuse_names("U-09", {"h2", std::string(256, 'a')}, UNITLS_E_INVALID, "alpn[1]");
}

void refuse_option(const std::string &name) {
  const unitls_option option{name.c_str(), "1"};
  expect_refused_everywhere("U-18", "option " + name, UNITLS_E_UNSUPPORTED, ("options[" + name + "]").c_str(),
                            [&](auto &native) {
                              native.config.options = &option;
                              native.config.option_count = 1;
                            });
}

unitls_status UNITLS_CALL count_item(void *user, const unitls_item *) {
  ++*static_cast<std::size_t *>(user);
  return UNITLS_OK;
}

UNITLS_CASE("capability/options", "Options are listed exactly where declared, and others refused by name",
            "U-18 U-49", needs()) {
  std::size_t count = 0;
  expect_status("U-49", "list of options",
                plugin().table->list(plugin().table, UNITLS_LIST_OPTIONS, count_item, &count), UNITLS_OK);
  expect("U-49", "options", (count != 0) == has_capability("options"),
         has_capability("options") ? "at least one" : "none", std::to_string(count));
  refuse_option("nobody.nothing");
  refuse_option(std::string(plugin().descriptor->id) + ".no-such-option");
  refuse_option(std::string(plugin().descriptor->id));
}

UNITLS_CASE("capability/identity-set", "A second identity of a server works where declared", "U-49",
            needs("server")) {
  const server_setup setup;
  const native_server native(setup);
  const unitls_identity *const two[] = {&native.identity, &native.identity};
  unitls_server_config config = native.config;
  config.identities = two;
  config.identity_count = 2;
  if (has_capability("identity-set")) {
    expect_accepted("U-49", "two identities", config);
  } else {
    expect_refused("U-49", "two identities", config, UNITLS_E_UNSUPPORTED, "identities[1]");
  }
}

UNITLS_CASE("capability/one-client-identity", "A client has one identity at most", "U-09", needs("client")) {
  client_setup setup;
  setup.identity = "client";
  const native_client native(setup);
  const unitls_identity *const two[] = {&native.identity, &native.identity};
  unitls_client_config config = native.config;
  config.identities = two;
  config.identity_count = 2;
  expect_refused("U-09", "two identities", config, UNITLS_E_INVALID, "identities[1]");
}

UNITLS_CASE("capability/identifiers", "An identifier of a scheme that is not declared is refused", "U-49",
            needs()) {
  const std::string text = "no-such-scheme:object=key";
  const unitls_blob id{UNITLS_FORMAT_ID, 0, reinterpret_cast<const std::uint8_t *>(text.data()), text.size()};
  expect_refused_everywhere("U-49", "key by identifier", UNITLS_E_UNSUPPORTED, "identities[0].private_key",
                            [&](auto &native) { native.identity.private_key = id; });
  expect_refused_everywhere("U-49", "certificate by identifier", UNITLS_E_UNSUPPORTED,
                            "identities[0].certificates[0]",
                            [&](auto &native) { native.identity.certificates = &id; });
  expect_refused_everywhere("U-49", "anchor by identifier", UNITLS_E_UNSUPPORTED, "trust.blobs[0]",
                            [&](auto &native) {
                              native.trust.blobs = &id;
                              native.trust.blob_count = 1;
                            });
}

UNITLS_CASE("capability/trust-needed", "Who verifies needs anchors", "U-16", needs()) {
  expect_refused_everywhere("U-16", "no trust", UNITLS_E_INVALID, "trust",
                            [](auto &native) { native.config.trust = nullptr; });
  expect_refused_everywhere("U-16", "trust without anchors", UNITLS_E_INVALID, "trust",
                            [](auto &native) { native.trust.blob_count = 0; });
}

UNITLS_CASE("capability/identity-needed", "A server needs an identity, and every identity its own key",
            "U-17", needs()) {
  if (has_capability("server")) {
    server_setup setup;
    setup.identity.reset();
    expect_refused("U-17", "server without identity", native_server(setup).config, UNITLS_E_INVALID,
                   "identities");
  }
  expect_refused_everywhere("U-17", "identity without certificate", UNITLS_E_INVALID,
                            "identities[0].certificates",
                            [](auto &native) { native.identity.certificate_count = 0; });
}

// Only create can see this: it is the library that compares.
UNITLS_CASE("capability/key-mismatch", "A key of another certificate is refused by name", "U-17", needs()) {
  for_each_side([](auto &native) {
    native.identity.private_key = pem(certificate_text("ca.key"));
    expect_refusal("U-17", "another key", try_context(native.config), UNITLS_E_INVALID,
                   "identities[0].private_key");
  });
}

UNITLS_CASE("capability/encrypted-key", "An encrypted key is refused by name", "U-17", needs()) {
  // EncryptedPrivateKeyInfo (RFC 5958, 3) with PBES2 and no real content.
  const std::string text = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                           "MBUwCwYJKoZIhvcNAQUNBAYAAAAAAAA=\n"
                           "-----END ENCRYPTED PRIVATE KEY-----\n";
  expect_refused_everywhere("U-17", "encrypted key", UNITLS_E_UNSUPPORTED, "identities[0].private_key",
                            [&](auto &native) { native.identity.private_key = pem(text); });
}

} // namespace
} // namespace unitls::conformance
