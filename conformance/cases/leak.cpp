// What is destroyed leaves nothing behind, and a process is as it was: U-06.
#include <functional>
#include <string>

#include "attempt.hpp"
#include "case.hpp"
#include "certificates.hpp"
#include "chain_question.hpp"
#include "expect.hpp"
#include "listing.hpp"
#include "party.hpp"
#include "process_state.hpp"
#include "sides.hpp"
#include "versions.hpp"

namespace unitls::conformance {
namespace {

// A round that keeps one block, or the place for one pointer in a growing list, is seen; a cache that settles is not.
void expect_no_growth(long rounds, const std::function<void()> &round) {
  const auto repeat = [&](long count) {
    for (long i = 0; i < count; ++i) {
      round();
    }
  };
  repeat(rounds / 4); // libraries fill their caches
  const process_resources before = resources_now();
  repeat(rounds);
  const process_resources after = resources_now();
  const std::string times = " after " + std::to_string(rounds) + " times";
  const long blocks = after.memory_blocks - before.memory_blocks;
  const long bytes = after.memory_bytes - before.memory_bytes;
  expect("U-06", "blocks of memory that stay" + times, blocks < rounds / 2,
         "fewer than " + std::to_string(rounds / 2), std::to_string(blocks));
  expect("U-06", "bytes of memory that stay" + times, bytes < rounds * 8,
         "fewer than " + std::to_string(rounds * 8), std::to_string(bytes));
  expect_equal("U-06", "open descriptors" + times, after.descriptors, before.descriptors);
  expect_equal("U-06", "threads" + times, after.threads, before.threads);
}

UNITLS_CASE("leak/client-contexts", "A client's context leaves nothing behind", "U-06 U-13",
            needs("client")) {
  client_setup setup;
  setup.alpn = {"h2", "http/1.1"};
  const native_client native(setup);
  expect_no_growth(1000, [&] { make_context(native.config); });
}

UNITLS_CASE("leak/server-contexts", "A server's context leaves nothing behind", "U-06 U-13",
            needs("server")) {
  server_setup setup;
  setup.trust = {"ca.pem"};
  setup.client_auth = UNITLS_CLIENT_AUTH_REQUEST;
  const native_server native(setup);
  expect_no_growth(200, [&] { make_context(native.config); });
}

// What a create refuses, soon and late.
UNITLS_CASE("leak/refused-contexts", "A context that is refused leaves nothing behind", "U-06 U-11",
            needs()) {
  for_each_side([](auto &native) {
    const auto right = native.config;
    const unitls_blob key = native.identity.private_key;
    expect_no_growth(60, [&] {
      native.config = right;
      native.config.min_version = 0x0301;
      try_context(native.config);
      native.config = right;
      native.identity.private_key = pem(certificate_text("wrong-name.key"));
      try_context(native.config);
      native.identity.private_key = pem(certificate_text("server.pem")); // no key at all
      try_context(native.config);
      native.identity.private_key = key;
    });
  });
}

UNITLS_CASE("leak/checks", "Checks, lists and questions leave nothing behind", "U-06 U-09", needs()) {
  for_each_side([](auto &native) {
    expect_no_growth(200, [&] {
      findings_of(native.config);
      auto wrong = native.config;
      wrong.min_version = 0x0301;
      findings_of(wrong);
      for (const std::int32_t kind :
           {UNITLS_LIST_CIPHER_SUITES, UNITLS_LIST_GROUPS, UNITLS_LIST_SIGNATURE_SCHEMES}) {
        listed(kind);
      }
      plugin().table->get_extension(plugin().table, "org.example.none/1");
    });
  });
}

UNITLS_CASE("leak/open", "Opening a plugin again leaves nothing behind", "U-06 U-52", needs()) {
  expect_no_growth(1000, [] {
    const unitls_backend *table = nullptr;
    expect_status("U-52", "open", plugin().descriptor->open(&host(), &table, nullptr), UNITLS_OK);
  });
}

UNITLS_CASE("leak/sessions", "A session that was never used leaves nothing behind", "U-06",
            needs("client", "server")) {
  const client_setup client_side;
  const server_setup server_side;
  const context_handle client = make_context(client_side);
  const context_handle server = make_context(server_side);
  expect_no_growth(1000,
                   [&] { const conversation talk(client_side, server_side, client.get(), server.get()); });
}

// One context of each side for all rounds.
template <class Body>
void repeat_conversations(const setups_of_version &setups, long rounds, Body body) {
  const context_handle client = make_context(setups.client);
  const context_handle server = make_context(setups.server);
  expect_no_growth(rounds, [&] {
    conversation talk(setups.client, setups.server, client.get(), server.get());
    body(talk);
  });
}

UNITLS_CASE("leak/conversations", "A whole conversation leaves nothing behind", "U-06",
            needs("client", "server")) {
  const auto data = pattern(20000);
  for_each_version([&](const setups_of_version &setups) {
    repeat_conversations(setups, 40, [&](conversation &talk) {
      talk.require_open();
      talk.client.write_all(data);
      talk.read_until(talk.server, data.size());
      talk.server.write_all(data);
      talk.read_until(talk.client, data.size());
      talk.client.peer_certificates();
      talk.client.shutdown();
      talk.server.read();
    });
  });
}

UNITLS_CASE("leak/unfinished-conversations",
            "A session that is destroyed in the middle leaves nothing behind", "U-06 U-26",
            needs("client", "server")) {
  for_each_version([&](const setups_of_version &setups) {
    int round = 0;
    repeat_conversations(setups, 40, [&](conversation &talk) {
      talk.client.handshake();
      if (++round % 3 == 0) {
        return;
      }
      talk.server.handshake();
      if (round % 3 == 1) {
        return;
      }
      talk.require_open();
      talk.server.write_all(pattern(5000));
      talk.client.read(10);
    });
  });
}

UNITLS_CASE("leak/refused-handshakes", "A handshake that fails leaves nothing behind", "U-06 U-22 U-43 U-44",
            needs("client", "server")) {
  for_each_version([&](const setups_of_version &plain) {
    setups_of_version setups = plain;
    setups.client.reference_names = {"other.example"};
    repeat_conversations(setups, 40, [&](conversation &talk) {
      expect_status("U-43", "the client's handshake", talk.handshake().client, UNITLS_E_CERTIFICATE);
      talk.read_until(talk.server, 1);
    });
  });
}

UNITLS_CASE("leak/broken-conversations", "A connection that breaks leaves nothing behind", "U-06 U-22 U-33",
            needs("client", "server")) {
  for_each_version([&](const setups_of_version &setups) {
    repeat_conversations(setups, 40, [&](conversation &talk) {
      talk.require_open();
      talk.client.write_all(pattern(3000));
      talk.to_server.sent.back() ^= 1U;
      expect_status("U-36", "read of a record that was changed", talk.server.read(), UNITLS_E_PROTOCOL);
      talk.to_client.sent.resize(talk.to_client.taken);
      talk.to_client.ended = true;
      expect_status("U-33", "read at the end of the transport", talk.client.read(), UNITLS_E_TRUNCATED);
    });
  });
}

UNITLS_CASE("leak/long-conversation", "A session that lives long does not grow", "U-06 U-30",
            needs("client", "server")) {
  const auto data = pattern(1000);
  for_each_version([&](const setups_of_version &setups) {
    for_each_open_side(setups, [&](sides talk) {
      expect_no_growth(400, [&] {
        talk.near.write_all(data);
        while (talk.far.received.size() < data.size() && talk.far.read() == UNITLS_OK) {
        }
        expect("U-30", "what the other side reads", talk.far.received == data, "what was written",
               std::to_string(talk.far.received.size()) + " bytes, not the same");
        talk.far.received.clear();
        talk.to_far.sent.clear();
        talk.to_far.taken = 0;
      });
    });
  });
}

UNITLS_CASE("leak/chains", "Chains that are judged and certificates that are told leave nothing behind",
            "U-06 U-61", needs("client", verify_chain_id)) {
  const chain_question good = question_about("server.pem", "ca.pem");
  chain_question bad = question_about("expired.pem", "ca.pem");
  bad.names = {"other.example"};
  expect_no_growth(40, [&] {
    ask(good);
    ask(bad);
  });
}

void expect_same_settings(const std::string &when, const process_settings &before,
                          const process_settings &after) {
  const during what(when);
  for (const auto &[name, value] : before) {
    const auto found = after.find(name);
    expect_equal("U-06", name, found == after.end() ? std::string("nothing") : found->second, value);
  }
}

// A library sets what it needs for itself and not for the program that it was loaded into.
UNITLS_CASE("leak/settings", "Signals, environment, umask, locale, folder and arithmetic stay as they are",
            "U-06", needs("client", "server")) {
  expect_same_settings("loading and opening the plugin", settings_before_plugins(), settings_with_plugin());
  const process_settings before = settings_now();
  for_each_version([](const setups_of_version &setups) {
    conversation talk(setups.client, setups.server);
    talk.require_open();
    talk.client.write_all(pattern(1000));
    talk.server.read();
    talk.client.transport.plan.end_after = 0;
    talk.client.read();
  });
  for_each_side([](auto &native) {
    native.config.min_version = 0x0301;
    try_context(native.config);
  });
  expect_same_settings("conversations and refusals", before, settings_now());
}

} // namespace
} // namespace unitls::conformance
