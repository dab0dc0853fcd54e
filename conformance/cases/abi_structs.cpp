// Structs that cross: U-03 to U-05, U-07 to U-09, U-11, U-13, U-54.
#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>

#include "attempt.hpp"
#include "case.hpp"
#include "certificates.hpp"
#include "party.hpp"
#include "versions.hpp"

namespace unitls::conformance {
namespace {

// A request of a later revision.
template <class Request>
struct longer_request {
  explicit longer_request(const Request &from, std::uint64_t value) : known(from), tail{0, 0, value} {
    known.struct_size = sizeof *this;
  }
  Request known;
  std::uint64_t tail[3];
};

// Runs `use` with the request too short, longer with zeros and longer with a value at its end.
template <class Request, class Use>
void with_sizes(const std::string &what, const Request &request, Use use) {
  Request shorter = request;
  shorter.struct_size = sizeof shorter - 8;
  use(what + " that is too small", shorter, UNITLS_E_INVALID);
  shorter.struct_size = 0;
  use(what + " of size 0", shorter, UNITLS_E_INVALID);
  use(what + " with a tail of zeros", longer_request(request, 0).known, UNITLS_OK);
  use(what + " with an unknown tail", longer_request(request, 1).known, UNITLS_E_UNSUPPORTED);
}

template <class Config>
void expect_outcome(const std::string &what, const Config &config, unitls_status expected) {
  if (expected == UNITLS_OK) {
    expect_accepted("U-03", what, config);
  } else {
    expect_refused("U-03", what, config, expected, nullptr);
  }
}

UNITLS_CASE("abi/unknown-tail", "An unknown tail must be zero, and a struct has its first size", "U-03",
            needs()) {
  for_each_side([](auto &native) {
    with_sizes("configuration", native.config,
               [](const std::string &what, const auto &config, unitls_status expected) {
                 expect_outcome(what, config, expected);
               });
    with_sizes("trust", native.trust,
               [&](const std::string &what, const unitls_trust &trust, unitls_status expected) {
                 auto config = native.config;
                 config.trust = &trust;
                 expect_outcome(what, config, expected);
               });
    with_sizes("identity", native.identity,
               [&](const std::string &what, const unitls_identity &identity, unitls_status expected) {
                 const unitls_identity *const one = &identity;
                 auto config = native.config;
                 config.identities = &one;
                 expect_outcome(what, config, expected);
               });
  });
}

UNITLS_CASE("abi/unknown-tail-session", "So it is for the configuration of a session", "U-03 U-04",
            needs("client")) {
  const client_setup setup;
  const context_handle context = make_context(setup);
  const native_session native(setup);
  wire in;
  wire out;
  const memory_transport transport(in, out);
  with_sizes("session configuration", native.config,
             [&](const std::string &what, const unitls_session_config &config, unitls_status expected) {
               expect_refusal("U-03", what, try_session(context.get(), &config, transport.native()), expected,
                              nullptr);
             });
  unitls_session_config config = native.config;
  config.flags = 1U << 31U;
  expect_refusal("U-04", "unknown flag", try_session(context.get(), &config, transport.native()),
                 UNITLS_E_UNSUPPORTED, "flags");
}

// A client's configuration has none.
void refuse_reserved_member(const unitls_client_config &) {}

void refuse_reserved_member(const unitls_server_config &config) {
  unitls_server_config changed = config;
  changed.reserved_0 = 1;
  expect_refused("U-04", "reserved member", changed, UNITLS_E_UNSUPPORTED, "reserved_0");
}

UNITLS_CASE("abi/unknown-flags", "An unknown flag and a reserved member that is set are refused by name",
            "U-04", needs()) {
  for_each_side([](auto &native) {
    const auto whole = native.config;
    native.config.flags = 1U << 31U;
    expect_refused("U-04", "flag of the configuration", native.config, UNITLS_E_UNSUPPORTED, "flags");
    native.config = whole;
    refuse_reserved_member(native.config);
    native.trust.flags |= 1U << 31U;
    expect_refused("U-04", "flag of the trust", native.config, UNITLS_E_UNSUPPORTED, "trust.flags");
    native.trust.flags = UNITLS_TRUST_ANCHORS;
    native.identity.flags = 1;
    expect_refused("U-04", "flag of the identity", native.config, UNITLS_E_UNSUPPORTED,
                   "identities[0].flags");
    native.identity.flags = 0;
    native.identity.private_key.reserved_0 = 1;
    expect_refused("U-04", "reserved member of a blob", native.config, UNITLS_E_UNSUPPORTED,
                   "identities[0].private_key.reserved_0");
  });
}

void refuse_unknown_mode(const unitls_client_config &config) {
  unitls_client_config changed = config;
  changed.verify = 99;
  expect_refused("U-04", "unknown verification", changed, UNITLS_E_UNSUPPORTED, "verify");
}

void refuse_unknown_mode(const unitls_server_config &config) {
  unitls_server_config changed = config;
  changed.verify = 99;
  expect_refused("U-04", "unknown verification", changed, UNITLS_E_UNSUPPORTED, "verify");
  changed = config;
  changed.trust = nullptr;
  changed.client_auth = 99;
  expect_refused("U-04", "unknown client authentication", changed, UNITLS_E_UNSUPPORTED, "client_auth");
}

UNITLS_CASE("abi/unknown-values", "An unknown value of an enumerated field is refused by name", "U-04",
            needs()) {
  for_each_side([](auto &native) {
    refuse_unknown_mode(native.config);
    auto config = native.config;
    config.max_version = UNITLS_TLS_1_3 + 1;
    expect_refused("U-04", "unknown version", config, UNITLS_E_UNSUPPORTED, "max_version");
    native.identity.private_key.format = 99;
    expect_refused("U-04", "unknown format", native.config, UNITLS_E_UNSUPPORTED,
                   "identities[0].private_key.format");
  });
}

void add_fault(unitls_client_config &config) {
  config.verify = 99;
}
void add_fault(unitls_server_config &config) {
  config.trust = nullptr;
  config.client_auth = 99;
}

bool names_field(const std::vector<unitls_error> &found, const char *field) {
  return std::any_of(found.begin(), found.end(),
                     [&](const unitls_error &each) { return std::strcmp(each.field, field) == 0; });
}

UNITLS_CASE("abi/all-findings", "A check reports all that is wrong, a create the first of it", "U-08 U-09",
            needs()) {
  for_each_side([](auto &native) {
    expect_accepted("U-09", "a right configuration", native.config);
    const unitls_bytes empty_name{nullptr, 0};
    native.config.alpn = &empty_name;
    native.config.alpn_count = 1;
    native.config.min_version = 0x0301;
    add_fault(native.config);
    const std::vector<unitls_error> found = findings_of(native.config);
    expect_equal("U-09", "findings for three faults", found.size(), std::size_t{3});
    expect("U-09", "findings", names_field(found, "alpn[0]"), "one on alpn[0]", "none");
    expect("U-09", "findings", names_field(found, "min_version"), "one on min_version", "none");
    expect("U-09", "findings", names_field(found, "verify") || names_field(found, "client_auth"),
           "one on the unknown value", "none");
    for (const unitls_error &each : found) {
      expect("U-08", "a finding", each.status < 0 && each.message[0] != '\0', "an error with a message",
             status_text(each.status) + ": " + each.message);
    }
    if (!found.empty()) {
      expect_refusal("U-09", "create", try_context(native.config), found.front().status, found.front().field);
    }
  });
}

constexpr std::uint8_t poison = 0xa5;

// A result that says `size`, with poison behind it.
template <class Result>
class bounded_result {
public:
  explicit bounded_result(std::uint32_t size) : size_(size) {
    std::fill(memory_.begin(), memory_.end(), poison);
    std::fill_n(memory_.begin(), size, std::uint8_t{0});
    std::memcpy(memory_.data(), &size, sizeof size);
  }

  Result *get() { return reinterpret_cast<Result *>(memory_.data()); }
  const std::uint8_t *bytes() const { return memory_.data(); }
  bool is_intact_behind() const {
    return std::all_of(memory_.begin() + size_, memory_.end(),
                       [](std::uint8_t each) { return each == poison; });
  }

private:
  std::uint32_t size_;
  alignas(Result) std::array<std::uint8_t, sizeof(Result) + 64> memory_;
};

UNITLS_CASE("abi/smaller-error", "Of an error no byte past its struct_size is written", "U-05", needs()) {
  for_each_side([](auto &native) {
    native.config.flags = 1U << 31U;
    for (std::uint32_t size = 8; size <= sizeof(unitls_error) + 32; size += 8) {
      bounded_result<unitls_error> error(size);
      unitls_backend_context *context = nullptr;
      unitls_status status = UNITLS_OK;
      if constexpr (std::is_same_v<decltype(native.config), unitls_client_config>) {
        status = plugin().table->client_context_create(plugin().table, &native.config, &context, error.get());
      } else {
        status = plugin().table->server_context_create(plugin().table, &native.config, &context, error.get());
      }
      const std::string what = "error of " + std::to_string(size) + " bytes";
      expect_status("U-05", what, status, UNITLS_E_UNSUPPORTED);
      expect_status("U-08", what + ": status in it", error.get()->status, status);
      expect("U-05", what, error.is_intact_behind(), "nothing written behind it", "written behind it");
    }
  });
}

// session is the party's; info is asked past it, with a struct of its own.
void check_info_sizes(unitls_backend_session *session, const unitls_info &whole) {
  for (std::uint32_t size = 8; size <= sizeof(unitls_info) + 32; size += 8) {
    bounded_result<unitls_info> info(size);
    const std::string what = "info of " + std::to_string(size) + " bytes";
    expect_status("U-24", what, plugin().table->info(session, info.get()), UNITLS_OK);
    expect("U-05", what, info.is_intact_behind(), "nothing written behind it", "written behind it");
    constexpr std::size_t header = sizeof whole.struct_size;
    const std::size_t common = std::min<std::size_t>(size, sizeof whole);
    expect("U-05", what,
           std::memcmp(info.bytes() + header, reinterpret_cast<const char *>(&whole) + header,
                       common - header) == 0,
           "the begin of the whole one", "another text");
  }
}

UNITLS_CASE("abi/smaller-info", "Of an info no byte past its struct_size is written", "U-05 U-24",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    const unitls_info nothing{};
    check_info_sizes(talk.client.native(), nothing);
    check_info_sizes(talk.server.native(), nothing);
    talk.require_open();
    check_info_sizes(talk.client.native(), talk.client.info());
    check_info_sizes(talk.server.native(), talk.server.info());
  });
}

UNITLS_CASE("abi/null-error", "Every call of a session takes NULL for its error", "U-07 U-11",
            needs("client", "server")) {
  const unitls_backend &table = *plugin().table;
  conversation talk({}, {});
  for (party *const side : {&talk.client, &talk.server}) {
    std::uint8_t byte = 0;
    std::size_t done = 77;
    expect_status("U-07", "read", table.read(side->native(), &byte, 1, &done, nullptr), UNITLS_E_STATE);
    expect_equal("U-11", "read: *done", done, std::size_t{0});
    done = 77;
    expect_status("U-07", "write", table.write(side->native(), &byte, 1, &done, nullptr), UNITLS_E_STATE);
    expect_equal("U-11", "write: *done", done, std::size_t{0});
    expect_status("U-07", "shutdown", table.shutdown(side->native(), nullptr), UNITLS_E_STATE);
  }
  talk.require_open();
  for (party *const side : {&talk.client, &talk.server}) {
    expect_status("U-07", "handshake", table.handshake(side->native(), nullptr), UNITLS_OK);
    side->transport.plan.fail_recv = side->transport.recv_calls();
    side->transport.begin_call();
    std::uint8_t byte = 0;
    std::size_t done = 77;
    expect_status("U-07", "read", table.read(side->native(), &byte, 1, &done, nullptr), UNITLS_E_TRANSPORT);
    side->transport.end_call();
    expect_equal("U-11", "read: *done", done, std::size_t{0});
    expect_status("U-07", "handshake", table.handshake(side->native(), nullptr), UNITLS_E_TRANSPORT);
  }
}

UNITLS_CASE("abi/session-create", "A session needs its structs and a transport with recv and send",
            "U-11 U-54", needs("client")) {
  const client_setup setup;
  const context_handle context = make_context(setup);
  const native_session native(setup);
  wire in;
  wire out;
  const memory_transport transport(in, out);
  expect_refusal("U-54", "no configuration", try_session(context.get(), nullptr, transport.native()),
                 UNITLS_E_INVALID, nullptr);
  expect_refusal("U-54", "no transport", try_session(context.get(), &native.config, nullptr),
                 UNITLS_E_INVALID, nullptr);
  unitls_transport half = *transport.native();
  half.recv = nullptr;
  expect_refusal("U-54", "no recv", try_session(context.get(), &native.config, &half), UNITLS_E_INVALID,
                 nullptr);
  half = *transport.native();
  half.send = nullptr;
  expect_refusal("U-54", "no send", try_session(context.get(), &native.config, &half), UNITLS_E_INVALID,
                 nullptr);
}

// Refused on one field as wrong.
void refuse_session(unitls_backend_context *context, const std::string &what,
                    const unitls_session_config &config, const char *field) {
  wire in;
  wire out;
  const memory_transport transport(in, out);
  expect_refusal("U-09", what, try_session(context, &config, transport.native()), UNITLS_E_INVALID, field);
}

UNITLS_CASE("abi/too-many-names", "A session has at most 8 reference names", "U-09", needs("client")) {
  const client_setup setup;
  const context_handle context = make_context(setup);
  std::array<const char *, UNITLS_REFERENCE_NAMES_MAX + 1> names{};
  names.fill("localhost");
  unitls_session_config config{};
  config.struct_size = sizeof config;
  config.reference_names = names.data();
  config.reference_name_count = names.size();
  refuse_session(context.get(), "nine reference names", config, "reference_names");
  config.reference_name_count = UNITLS_REFERENCE_NAMES_MAX;
  wire in;
  wire out;
  const memory_transport transport(in, out);
  expect_refusal("U-09", "eight reference names", try_session(context.get(), &config, transport.native()),
                 UNITLS_OK, nullptr);
}

UNITLS_CASE("abi/server-session-names", "A server's session has no names", "U-09", needs("server")) {
  const context_handle context = make_context(server_setup());
  const client_setup names;
  const native_session native(names);
  unitls_session_config config = native_session().config;
  config.server_name = native.config.server_name;
  refuse_session(context.get(), "server_name", config, "server_name");
  config = native.config;
  config.server_name = nullptr;
  refuse_session(context.get(), "reference_names", config, "reference_names");
}

// An offer of a later revision, with something in its tail.
template <class Offer>
struct longer_offer {
  explicit longer_offer(const Offer &from) : known(from) { known.struct_size = sizeof *this; }
  Offer known;
  std::uint64_t tail[4] = {1, 2, 3, ~std::uint64_t{0}};
};

UNITLS_CASE("abi/longer-offer", "The unknown tail of a host and of a transport is ignored", "U-05",
            needs("client")) {
  static const longer_offer later_host(host()); // hosts live for ever
  const unitls_backend *table = nullptr;
  require_status("U-05", "open with a longer host",
                 plugin().descriptor->open(&later_host.known, &table, nullptr), UNITLS_OK);
  const client_setup setup;
  const context_handle context = make_context(setup);
  const native_session native(setup);
  wire in;
  wire out;
  const memory_transport transport(in, out);
  const longer_offer later_transport(*transport.native());
  expect_refusal("U-05", "session_create with a longer transport",
                 try_session(context.get(), &native.config, &later_transport.known), UNITLS_OK, nullptr);
}

// Texts of a configuration that can be spoilt.
struct own_texts {
  std::string anchors = certificate_text("ca.pem");
  std::string chain = certificate_text("server.pem");
  std::string key = certificate_text("server.key");
  std::string protocol = "h2";

  void spoil() {
    for (std::string *each : {&anchors, &chain, &key, &protocol}) {
      std::fill(each->begin(), each->end(), static_cast<char>(poison));
    }
  }
};

template <class Thing>
void spoil(Thing &thing) {
  std::memset(static_cast<void *>(&thing), poison, sizeof thing);
}

// A context whose configuration is overwritten, wherever it lies, as soon as it has been made.
template <class Config>
context_handle make_and_spoil(bool with_trust, bool with_identity) {
  own_texts texts;
  unitls_blob anchors = pem(texts.anchors);
  unitls_blob chain = pem(texts.chain);
  unitls_trust trust{sizeof trust, UNITLS_TRUST_ANCHORS, 0, &anchors, 1};
  unitls_identity identity{sizeof identity, 0, &chain, 1, pem(texts.key)};
  const unitls_identity *identities = &identity;
  unitls_bytes protocol{reinterpret_cast<const std::uint8_t *>(texts.protocol.data()), texts.protocol.size()};
  Config config{};
  config.struct_size = sizeof config;
  config.trust = with_trust ? &trust : nullptr;
  config.identities = &identities;
  config.identity_count = with_identity ? 1 : 0;
  config.alpn = &protocol;
  config.alpn_count = 1;
  context_handle made = make_context(config);
  texts.spoil();
  spoil(anchors);
  spoil(chain);
  spoil(trust);
  spoil(identity);
  spoil(identities);
  spoil(protocol);
  spoil(config);
  return made;
}

UNITLS_CASE("abi/everything-is-copied", "A configuration may go when its context has been made", "U-13",
            needs("client", "server")) {
  const context_handle client_context = make_and_spoil<unitls_client_config>(true, false);
  const context_handle server_context = make_and_spoil<unitls_server_config>(false, true);
  std::string name = "localhost";
  const char *names[] = {name.c_str()};
  unitls_session_config client_config{sizeof client_config, 0, name.c_str(), names, 1, nullptr};
  unitls_session_config server_config{};
  server_config.struct_size = sizeof server_config;
  wire to_client;
  wire to_server;
  party client(role::client, client_context.get(), client_config, to_client, to_server);
  party server(role::server, server_context.get(), server_config, to_server, to_client);
  std::fill(name.begin(), name.end(), static_cast<char>(poison));
  spoil(names);
  spoil(client_config);
  spoil(server_config);
  expect_status("U-13", "the client begins", client.handshake(), UNITLS_WANT_READ);
  for (int flights = 0; flights < 4; ++flights) {
    server.handshake();
    client.handshake();
  }
  expect_status("U-13", "the client's handshake", client.handshake(), UNITLS_OK);
  expect_status("U-13", "the server's handshake", server.handshake(), UNITLS_OK);
  const unitls_info facts = server.info();
  expect_equal("U-13", "ALPN", std::string(reinterpret_cast<const char *>(facts.alpn), facts.alpn_size),
               std::string("h2"));
  expect_equal("U-13", "server_name", std::string(facts.server_name), std::string("localhost"));
}

} // namespace
} // namespace unitls::conformance
