// Chains of the kinds of the vectors in handshakes, presented by a server and by a client: U-36 to U-38, U-41 to U-45,
// U-58.
#include <stdexcept>
#include <string>

#include "case.hpp"
#include "certificates.hpp"
#include "live_chains.hpp"
#include "party.hpp"
#include "refusal.hpp"
#include "versions.hpp"
#include "watch.hpp"

namespace unitls::conformance {
namespace {

constexpr std::string_view group = "live/";

const live_chain &chain_of_this_case() {
  const std::string_view name = std::string_view(running_case()).substr(group.size());
  for (const live_chain &each : live_chains()) {
    if (each.name == name) {
      return each;
    }
  }
  throw std::logic_error("no live chain has this name");
}

std::string pem_file(std::string_view stem) {
  return std::string(stem) + ".pem";
}

// Presents the chain in place of the identity that a setup named.
void present(native_setup &native, const live_chain &chain, unitls_blob &storage) {
  storage = pem(certificate_text(pem_file(chain.file)));
  native.identity.certificates = &storage;
  native.identity.private_key = pem(certificate_text(std::string(chain.key) + ".key"));
}

// A library that gives up before it hands out the chain has none to tell (U-22).
void expect_presented(const party &judge, const live_chain &chain) {
  const auto presented = judge.peer_certificates();
  const bool may_be_lost = presented.empty() && chain.flags == UNITLS_VERIFY_CHAIN_TOO_LONG;
  expect("U-22", "the peer's certificates",
         may_be_lost || presented == certificates_in(certificate_text(pem_file(chain.file))),
         "those that it presented", std::to_string(presented.size()) + " certificates, not the same");
}

void judge_server(const setups_of_version &plain, const live_chain &chain) {
  const during side("presented by the server");
  setups_of_version setups = plain;
  setups.client.trust = {pem_file(chain.anchors)};
  native_server native(setups.server);
  unitls_blob certificates;
  present(native, chain, certificates);
  conversation talk(setups.client, make_context(setups.client), make_context(native.config));
  if (chain.flags == 0) {
    talk.require_open();
  } else {
    expect_client_refuses(talk, talk.handshake(), chain.flags, setups.version);
  }
  expect_presented(talk.client, chain);
}

void judge_client(const setups_of_version &plain, const live_chain &chain) {
  const during side("presented by the client");
  setups_of_version setups = plain;
  setups.client.identity = "client";
  setups.server.client_auth = UNITLS_CLIENT_AUTH_REQUIRE;
  setups.server.trust = {pem_file(chain.anchors)};
  native_client native(setups.client);
  unitls_blob certificates;
  present(native, chain, certificates);
  conversation talk(setups.client, make_context(native.config), make_context(setups.server));
  if (chain.flags == 0) {
    talk.require_open();
  } else {
    expect_server_refuses(talk, talk.handshake(), chain.flags, setups.version);
  }
  expect_presented(talk.server, chain);
}

void judge_live() {
  const live_chain &chain = chain_of_this_case();
  for_each_version([&](const setups_of_version &setups) {
    judge_server(setups, chain);
    judge_client(setups, chain);
  });
}

TEST_CASE("live") {
  run_body(judge_live);
}

const bool chains_are_registered = [] {
  for (const live_chain &each : live_chains()) {
    std::vector<std::string> needed = needs("client", "server");
    if (!each.needed.empty()) {
      needed.emplace_back(each.needed);
    }
    const char *const end = each.flags == 0 ? ": accepted on both sides" : ": refused on both sides";
    case_registration(std::string(group) + std::string(each.name), std::string(each.sentence) + end,
                      each.flags == 0 ? "U-42 U-43" : "U-22 U-36 U-37 U-38 U-41 U-42 U-43", std::move(needed),
                      "live");
  }
  return true;
}();

} // namespace
} // namespace unitls::conformance
