// A forked child: U-20.
#include <set>
#include <string>
#include <vector>

#include "attempt.hpp"
#include "case.hpp"
#include "clear_messages.hpp"
#include "expect.hpp"
#include "forked_child.hpp"
#include "party.hpp"
#include "versions.hpp"

namespace unitls::conformance {
namespace {

using bytes = forked_child::bytes;

// Contexts that were used before the fork: whatever they draw random numbers from is there.
struct used_contexts {
  explicit used_contexts(const setups_of_version &chosen)
      : setups(chosen), client(make_context(setups.client)), server(make_context(setups.server)) {
    conversation talk(setups.client, setups.server, client.get(), server.get());
    talk.require_open();
  }

  setups_of_version setups;
  context_handle client;
  context_handle server;
};

void exchange(conversation &talk, std::size_t size) {
  const auto data = pattern(size);
  talk.client.write_all(data);
  talk.server.write_all(data);
  talk.read_until(talk.server, talk.server.received.size() + size);
  talk.read_until(talk.client, talk.client.received.size() + size);
  expect("U-20", "what both sides read", talk.server.received == data && talk.client.received == data,
         "what the other one wrote", "something else");
  talk.server.received.clear();
  talk.client.received.clear();
}

void expect_to_work(const used_contexts &used) {
  conversation talk(used.setups.client, used.setups.server, used.client.get(), used.server.get());
  talk.require_open();
  exchange(talk, 3000);
}

// Without the capability a context must not hang, crash or go on: it says that it is another process's.
void expect_state_error(const used_contexts &used) {
  wire in;
  wire out;
  const memory_transport transport(in, out);
  const native_session client(used.setups.client);
  const native_session server(used.setups.server);
  expect_refusal("U-20", "a client's session",
                 try_session(used.client.get(), &client.config, transport.native()), UNITLS_E_STATE, nullptr);
  expect_refusal("U-20", "a server's session",
                 try_session(used.server.get(), &server.config, transport.native()), UNITLS_E_STATE, nullptr);
}

UNITLS_CASE("fork/context", "A context works in a forked child, or says that it does not", "U-20 U-49",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) {
    const used_contexts used(setups);
    {
      const during what("in the child");
      forked_child child([&] {
        has_capability("fork-safe") ? expect_to_work(used) : expect_state_error(used);
        return bytes{};
      });
      child.result();
    }
    const during what("in the parent, afterwards");
    expect_to_work(used);
  });
}

UNITLS_CASE("fork/both-at-once", "Parent and child use one context at the same time", "U-20",
            needs("client", "server", "fork-safe")) {
  for_each_version([](const setups_of_version &setups) {
    const used_contexts used(setups);
    forked_child child([&] {
      expect_to_work(used);
      return bytes{};
    });
    expect_to_work(used);
    child.result();
    expect_to_work(used);
  });
}

UNITLS_CASE("fork/session-of-the-parent",
            "The parent's session goes on, whatever a child does with the context", "U-20",
            needs("client", "server", "fork-safe")) {
  for_each_version([](const setups_of_version &setups) {
    const used_contexts used(setups);
    conversation talk(setups.client, setups.server, used.client.get(), used.server.get());
    talk.require_open();
    forked_child child([&] {
      expect_to_work(used);
      return bytes{};
    });
    child.result();
    exchange(talk, 3000);
    expect_status("U-25", "shutdown", talk.client.shutdown(), UNITLS_OK);
    expect_status("U-34", "read", talk.server.read(), UNITLS_CLOSED);
  });
}

// As a server does that forks for each connection.
UNITLS_CASE("fork/session-of-the-child", "A session may be made before the fork and used in the child",
            "U-20", needs("client", "server", "fork-safe")) {
  for_each_version([](const setups_of_version &setups) {
    const used_contexts used(setups);
    conversation talk(setups.client, setups.server, used.client.get(), used.server.get());
    forked_child child([&] {
      talk.require_open();
      exchange(talk, 3000);
      return bytes{};
    });
    child.result();
    expect_equal("U-20", "bytes on the parent's side",
                 talk.to_server.sent.size() + talk.to_client.sent.size(), std::size_t{0});
  });
}

UNITLS_CASE("fork/destroyed-in-the-child", "What a child destroys is not gone in its parent", "U-20",
            needs("client", "server", "fork-safe")) {
  used_contexts used({declared_versions().back(), {}, {}});
  forked_child child([&] {
    expect_to_work(used);
    used.client.reset();
    used.server.reset();
    return bytes{};
  });
  child.result();
  expect_to_work(used);
}

UNITLS_CASE("fork/new-contexts", "A child may make contexts of its own, and so may its own child",
            "U-20 U-52", needs("client", "server", "fork-safe")) {
  const used_contexts used({declared_versions().back(), {}, {}});
  const auto with_new_ones = [] {
    const unitls_backend *table = nullptr;
    expect_status("U-52", "open", plugin().descriptor->open(&host(), &table, nullptr), UNITLS_OK);
    expect_to_work(used_contexts({declared_versions().back(), {}, {}}));
  };
  forked_child child([&] {
    with_new_ones();
    forked_child grandchild([&] {
      with_new_ones();
      expect_to_work(used);
      return bytes{};
    });
    return grandchild.result();
  });
  child.result();
}

// What the sides of one new conversation draw, one piece after another with its size before it.
bytes drawn_here(const used_contexts &used) {
  conversation talk(used.setups.client, used.setups.server, used.client.get(), used.server.get());
  talk.require_open();
  std::vector<bytes> all = drawn_by_client(talk.to_server);
  const std::vector<bytes> of_server = drawn_by_server(talk.to_client);
  all.insert(all.end(), of_server.begin(), of_server.end());
  bytes packed;
  for (const bytes &each : all) {
    packed.push_back(static_cast<std::uint8_t>(each.size() >> 8U));
    packed.push_back(static_cast<std::uint8_t>(each.size()));
    packed.insert(packed.end(), each.begin(), each.end());
  }
  return packed;
}

void unpack(const bytes &packed, std::vector<bytes> &all) {
  for (std::size_t at = 0; at + 2 <= packed.size();) {
    const auto size = static_cast<std::ptrdiff_t>(packed[at] << 8 | packed[at + 1]);
    const auto begin = packed.begin() + static_cast<std::ptrdiff_t>(at) + 2;
    all.emplace_back(begin, begin + size);
    at += 2 + static_cast<std::size_t>(size);
  }
}

UNITLS_CASE("fork/random-numbers", "Parent, children and grandchildren draw different random numbers", "U-20",
            needs("client", "server", "fork-safe")) {
  constexpr std::size_t processes = 4;
  constexpr std::size_t least_of_each = 4; // a random value and an ephemeral key of either side
  for_each_version([](const setups_of_version &setups) {
    const used_contexts used(setups);
    const auto draw = [&] { return drawn_here(used); };
    forked_child first([&] {
      bytes all = draw();
      forked_child grandchild(draw);
      const bytes of_grandchild = grandchild.result();
      all.insert(all.end(), of_grandchild.begin(), of_grandchild.end());
      return all;
    });
    forked_child second(draw);
    std::vector<bytes> all;
    unpack(draw(), all);
    unpack(first.result(), all);
    unpack(second.result(), all);
    expect("U-20", "random values and ephemeral keys", all.size() >= processes * least_of_each,
           "at least " + std::to_string(processes * least_of_each), std::to_string(all.size()));
    const std::set<bytes> different(all.begin(), all.end());
    expect_equal("U-20", "different ones among them", different.size(), all.size());
  });
}

} // namespace
} // namespace unitls::conformance
