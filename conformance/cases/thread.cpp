// Contexts and functions that are [thread-safe], used by many threads at once: U-09, U-13, U-49, U-52, U-55, U-61.
#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "attempt.hpp"
#include "case.hpp"
#include "chain_question.hpp"
#include "expect.hpp"
#include "listing.hpp"
#include "on_threads.hpp"
#include "party.hpp"
#include "versions.hpp"

namespace unitls::conformance {
namespace {

// One of each side, for all threads.
struct shared_contexts {
  explicit shared_contexts(const setups_of_version &chosen)
      : setups(chosen), client(make_context(setups.client)), server(make_context(setups.server)) {}

  setups_of_version setups;
  context_handle client;
  context_handle server;
};

// A whole conversation over contexts that others use too. What each side says differs from thread to thread.
void talk_once(const shared_contexts &shared, std::size_t thread) {
  conversation talk(shared.setups.client, shared.setups.server, shared.client.get(), shared.server.get());
  talk.require_open();
  const auto to_server = pattern(20000, static_cast<std::uint8_t>(1 + 2 * thread));
  const auto to_client = pattern(20000, static_cast<std::uint8_t>(2 + 2 * thread));
  talk.client.write_all(to_server);
  talk.server.write_all(to_client);
  talk.read_until(talk.server, to_server.size());
  talk.read_until(talk.client, to_client.size());
  expect("U-13", "what the server of a thread reads", talk.server.received == to_server,
         "what its client wrote", std::to_string(talk.server.received.size()) + " bytes, not the same");
  expect("U-13", "what the client of a thread reads", talk.client.received == to_client,
         "what its server wrote", std::to_string(talk.client.received.size()) + " bytes, not the same");
  expect_status("U-25", "shutdown", talk.client.shutdown(), UNITLS_OK);
  expect_status("U-34", "read after the peer's shutdown", talk.server.read(), UNITLS_CLOSED);
}

UNITLS_CASE("thread/shared-contexts", "Eight threads talk over one context of each side", "U-13 U-30",
            needs("client", "server")) {
  constexpr int rounds = 3;
  for_each_version([](const setups_of_version &setups) {
    const shared_contexts shared(setups);
    on_threads(thread_count, [&](std::size_t thread) {
      for (int i = 0; i < rounds; ++i) {
        talk_once(shared, thread);
      }
    });
  });
}

// One thread's share of what others wait for; given back also when it fails.
class share {
public:
  explicit share(std::atomic<std::size_t> &of) noexcept : of_(of) {}
  ~share() { --of_; }
  share(const share &) = delete;
  share &operator=(const share &) = delete;

private:
  std::atomic<std::size_t> &of_;
};

UNITLS_CASE("thread/contexts-come-and-go",
            "Contexts are made and destroyed while other threads talk over others", "U-13",
            needs("client", "server")) {
  constexpr int rounds = 3;
  for_each_version([](const setups_of_version &setups) {
    const shared_contexts shared(setups);
    std::atomic<std::size_t> talking = thread_count / 2;
    on_threads(thread_count, [&](std::size_t thread) {
      if (thread % 2 == 0) {
        const share own(talking);
        for (int i = 0; i < rounds; ++i) {
          talk_once(shared, thread);
        }
        return;
      }
      do {
        const shared_contexts own(setups);
      } while (talking != 0);
    });
  });
}

// Equal generations of a trust allow a plugin to parse it once (unitls_trust): whoever comes first, and the others.
UNITLS_CASE("thread/created-together", "Contexts with the same trust are made by many threads at once",
            "U-13", needs("client", "server")) {
  constexpr std::uint64_t generation = 0x5eed;
  const client_setup client_side;
  const server_setup server_side;
  native_client client(client_side);
  client.trust.generation = generation;
  const native_server server(server_side);
  std::array<context_handle, thread_count> clients;
  std::array<context_handle, thread_count> servers;
  on_threads(thread_count, [&](std::size_t thread) {
    clients[thread] = make_context(client.config);
    servers[thread] = make_context(server.config);
  });
  for (std::size_t i = 0; i < thread_count; ++i) {
    const during what("the contexts of thread " + std::to_string(i));
    conversation talk(client_side, server_side, clients[i].get(), servers[thread_count - 1 - i].get());
    talk.require_open();
  }
}

UNITLS_CASE("thread/sessions", "Sessions of one context are made and destroyed by many threads at once",
            "U-13 U-26", needs("client", "server")) {
  constexpr int rounds = 100;
  const client_setup client_side;
  const server_setup server_side;
  const context_handle client = make_context(client_side);
  const context_handle server = make_context(server_side);
  on_threads(thread_count, [&](std::size_t) {
    for (int i = 0; i < rounds; ++i) {
      const conversation talk(client_side, server_side, client.get(), server.get());
    }
  });
}

UNITLS_CASE("thread/refusals", "What one thread does wrong is no error of another's", "U-08 U-13 U-43 U-44",
            needs("client", "server")) {
  constexpr int rounds = 3;
  for_each_version([](const setups_of_version &setups) {
    const shared_contexts shared(setups);
    client_setup distrustful = setups.client;
    distrustful.reference_names = {"other.example"};
    on_threads(thread_count, [&](std::size_t thread) {
      for (int i = 0; i < rounds; ++i) {
        if (thread % 2 == 0) {
          talk_once(shared, thread);
          continue;
        }
        conversation talk(distrustful, setups.server, shared.client.get(), shared.server.get());
        expect_status("U-43", "the handshake with a peer of another name", talk.handshake().client,
                      UNITLS_E_CERTIFICATE);
        expect_flags("U-43", "its flags", talk.client.error.verify_flags, UNITLS_VERIFY_NAME_MISMATCH);
      }
    });
  });
}

// [session] means one thread at a time, and not the same one for ever.
UNITLS_CASE("thread/handed-over", "A session goes on on another thread, also when its first one has ended",
            "U-13 U-30", needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    std::unique_ptr<conversation> talk;
    const auto elsewhere = [](const std::function<void()> &step) {
      on_threads(1, [&](std::size_t) { step(); });
    };
    elsewhere([&] { talk = std::make_unique<conversation>(setups.client, setups.server); });
    require("U-13", "contexts and sessions of another thread", talk != nullptr, "there", "not there");
    elsewhere([&] {
      talk->client.handshake();
      talk->server.handshake();
    });
    elsewhere([&] { talk->require_open(); });
    const auto data = pattern(50000);
    elsewhere([&] { talk->client.write_all(data); });
    elsewhere([&] { talk->read_until(talk->server, data.size()); });
    expect("U-30", "what the server reads", talk->server.received == data, "what the client wrote",
           std::to_string(talk->server.received.size()) + " bytes, not the same");
    elsewhere([&] { expect_status("U-25", "shutdown", talk->server.shutdown(), UNITLS_OK); });
    elsewhere([&] { expect_status("U-34", "read", talk->client.read(), UNITLS_CLOSED); });
    elsewhere([&] { talk.reset(); });
  });
}

// What a backend says of itself, in one text.
std::string answers() {
  const unitls_backend &table = *plugin().table;
  std::string text;
  for (const char *const *each = table.capabilities(&table); *each != nullptr; ++each) {
    text += std::string(*each) + " ";
  }
  for (const std::int32_t kind :
       {UNITLS_LIST_CIPHER_SUITES, UNITLS_LIST_GROUPS, UNITLS_LIST_SIGNATURE_SCHEMES}) {
    text += numbers_text(numbers_of(listed(kind))) + "; ";
  }
  text += table.get_extension(&table, "org.example.none/1") == nullptr ? "no extension" : "an extension";
  return text;
}

UNITLS_CASE("thread/questions", "Questions to a backend have one answer on all threads",
            "U-09 U-13 U-49 U-52", needs()) {
  constexpr int rounds = 10;
  const std::string expected = answers();
  std::size_t findings = 0;
  for_each_side([&](auto &native) {
    native.config.min_version = 0x0301;
    findings = findings_of(native.config).size();
    on_threads(thread_count, [&](std::size_t) {
      for (int i = 0; i < rounds; ++i) {
        expect_equal("U-13", "what the backend says", answers(), expected);
        expect_equal("U-09", "findings of a check", findings_of(native.config).size(), findings);
        const unitls_backend *table = nullptr;
        expect_status("U-52", "open", plugin().descriptor->open(&host(), &table, nullptr), UNITLS_OK);
      }
    });
  });
}

// Which session a thread drives, for callbacks on it.
thread_local const void *driven_session = nullptr;

struct callback_record {
  std::atomic<std::size_t> calls = 0;
  std::atomic<std::size_t> strangers = 0;
};

unitls_status UNITLS_CALL note_call(void *user, const unitls_verify_request *request, unitls_verify_flags *) {
  auto &record = *static_cast<callback_record *>(user);
  ++record.calls;
  if (request->session_user != driven_session) {
    ++record.strangers;
  }
  return UNITLS_OK;
}

UNITLS_CASE("thread/verify-callback", "A verify callback is called on the thread that drives its session",
            "U-13 U-55", needs("client", "server", "verify-callback")) {
  constexpr std::size_t rounds = 3;
  for_each_version([](const setups_of_version &setups) {
    callback_record record;
    const unitls_verify_callback callback{sizeof callback, 0, &record, note_call};
    setups_of_version watched = setups;
    watched.client.verify_callback = &callback;
    const shared_contexts shared(watched);
    on_threads(thread_count, [&](std::size_t) {
      for (std::size_t i = 0; i < rounds; ++i) {
        client_setup mine = watched.client;
        mine.user = &mine;
        driven_session = &mine;
        conversation talk(mine, watched.server, shared.client.get(), shared.server.get());
        talk.require_open();
      }
    });
    expect_equal("U-55", "calls of the callback", record.calls.load(), thread_count * rounds);
    expect_equal("U-55", "calls for a session of another thread", record.strangers.load(), std::size_t{0});
  });
}

UNITLS_CASE("thread/verify-chain", "Chains are judged by many threads at once", "U-13 U-61",
            needs("client", verify_chain_id)) {
  constexpr int rounds = 5;
  const chain_question good = question_about("server.pem", "ca.pem");
  chain_question bad = good;
  bad.names = {"other.example"};
  on_threads(thread_count, [&](std::size_t thread) {
    for (int i = 0; i < rounds; ++i) {
      if (thread % 2 == 0) {
        expect_verdict("U-61", "a good chain", ask(good), 0);
      } else {
        expect_verdict("U-61", "a chain of another name", ask(bad), UNITLS_VERIFY_NAME_MISMATCH);
      }
    }
  });
}

} // namespace
} // namespace unitls::conformance
