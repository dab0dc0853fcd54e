// Revocation lists in handshakes and in questions: U-09, U-38, U-57, U-61.
#include <ctime>
#include <string>
#include <vector>

#include "attempt.hpp"
#include "case.hpp"
#include "certificates.hpp"
#include "chain_question.hpp"
#include "expect.hpp"
#include "party.hpp"
#include "refusal.hpp"
#include "versions.hpp"
#include "watch.hpp"

namespace unitls::conformance {
namespace {

constexpr char root[] = "crl-root.pem";

std::vector<std::string> list_files(const std::vector<std::string> &stems) {
  std::vector<std::string> files;
  for (const std::string &stem : stems) {
    files.push_back(stem + ".crl.pem");
  }
  return files;
}

void judge_server(const setups_of_version &plain, const std::string &identity,
                  const std::vector<std::string> &lists, unitls_verify_flags flags) {
  const during side("presented by the server");
  setups_of_version setups = plain;
  setups.client.trust = {root};
  setups.client.crls = list_files(lists);
  setups.server.identity = identity;
  conversation talk(setups.client, setups.server);
  if (flags == 0) {
    talk.require_open();
  } else {
    expect_client_refuses(talk, talk.handshake(), flags, setups.version);
  }
}

void judge_client(const setups_of_version &plain, const std::string &identity,
                  const std::vector<std::string> &lists, unitls_verify_flags flags) {
  const during side("presented by the client");
  setups_of_version setups = plain;
  setups.client.identity = identity;
  setups.server.client_auth = UNITLS_CLIENT_AUTH_REQUIRE;
  setups.server.trust = {root};
  setups.server.crls = list_files(lists);
  conversation talk(setups.client, setups.server);
  if (flags == 0) {
    talk.require_open();
  } else {
    expect_server_refuses(talk, talk.handshake(), flags, setups.version);
  }
}

// The same verdict on both sides of a handshake, in every version, and without one.
void expect_verdict_with(const std::string &identity, const std::vector<std::string> &lists,
                         unitls_verify_flags flags) {
  const during presented(identity);
  for_each_version([&](const setups_of_version &setups) {
    judge_server(setups, identity, lists, flags);
    judge_client(setups, identity, lists, flags);
  });
  if (!has_capability(verify_chain_id)) {
    return;
  }
  chain_question question = question_about(identity + ".pem", root);
  question.crls.emplace();
  for (const std::string &file : list_files(lists)) {
    question.crls->push_back(pem(certificate_text(file)));
  }
  expect_verdict("U-61", "verify", ask(question), flags);
}

UNITLS_CASE("revocation/good", "With a good list of every issuer a peer is accepted", "U-57 U-61",
            needs("client", "server", "crl")) {
  expect_verdict_with("crl-good", {"of-root", "of-int"}, 0);
  expect_verdict_with("crl-good", {"of-int", "of-upper", "of-root"}, 0);
}

UNITLS_CASE("revocation/leaf", "A revoked certificate is refused with certificate_revoked",
            "U-36 U-37 U-38 U-57 U-61", needs("client", "server", "crl")) {
  expect_verdict_with("crl-revoked", {"of-root", "of-int"}, UNITLS_VERIFY_REVOKED);
}

UNITLS_CASE("revocation/issuer", "A certificate below a revoked one is refused", "U-38 U-57 U-61",
            needs("client", "server", "crl")) {
  expect_verdict_with("crl-below-revoked", {"of-root", "of-int-revoked"}, UNITLS_VERIFY_REVOKED);
}

UNITLS_CASE("revocation/both-reasons", "One certificate revoked, of the other nothing known: both are told",
            "U-38 U-57 U-61", needs("client", "server", "crl")) {
  expect_verdict_with("crl-revoked", {"of-int"}, UNITLS_VERIFY_REVOKED | UNITLS_VERIFY_REVOCATION_UNKNOWN);
  expect_verdict_with("crl-below-revoked", {"of-root"},
                      UNITLS_VERIFY_REVOKED | UNITLS_VERIFY_REVOCATION_UNKNOWN);
}

UNITLS_CASE("revocation/missing", "Without a list of every issuer revocation is unknown", "U-38 U-57 U-61",
            needs("client", "server", "crl")) {
  expect_verdict_with("crl-good", {"of-root"}, UNITLS_VERIFY_REVOCATION_UNKNOWN);
  expect_verdict_with("crl-good", {"of-int"}, UNITLS_VERIFY_REVOCATION_UNKNOWN);
  expect_verdict_with("crl-good", {"of-upper"}, UNITLS_VERIFY_REVOCATION_UNKNOWN);
}

UNITLS_CASE("revocation/out-of-date", "A list that is not current does not say that a certificate is good",
            "U-57 U-61", needs("client", "server", "crl")) {
  for (const char *const list : {"of-int-old", "of-int-early", "of-int-endless"}) {
    const during with(list);
    expect_verdict_with("crl-good", {"of-root", list}, UNITLS_VERIFY_REVOCATION_UNKNOWN);
  }
  expect_verdict_with("crl-good", {"of-root", "of-int-old", "of-int"}, 0);
}

UNITLS_CASE("revocation/badly-signed", "A badly signed list is no list, whatever it says", "U-57 U-61",
            needs("client", "server", "crl")) {
  expect_verdict_with("crl-good", {"of-root", "of-int-corrupt"}, UNITLS_VERIFY_REVOCATION_UNKNOWN);
  expect_verdict_with("crl-good", {"of-root", "of-int-corrupt-revoked"}, UNITLS_VERIFY_REVOCATION_UNKNOWN);
  expect_verdict_with("crl-good", {"of-root", "of-int-corrupt-revoked", "of-int"}, 0);
}

UNITLS_CASE("revocation/not-asked", "Without lists a revoked certificate is accepted: nobody asked", "U-57",
            needs("client", "server")) {
  for_each_version([](const setups_of_version &setups) { judge_server(setups, "crl-revoked", {}, 0); });
}

// The DER of the lists in a PEM text.
std::string der_of_list(const std::string &file) {
  const std::vector<std::vector<std::uint8_t>> lists = pem_structures(certificate_text(file), "X509 CRL");
  require("U-57", file, lists.size() == 1, "one list", std::to_string(lists.size()));
  return {lists.front().begin(), lists.front().end()};
}

UNITLS_CASE("revocation/formats", "Lists come as PEM, several in one text, or one in DER", "U-57",
            needs("client", "server", "crl")) {
  const std::string both =
      "Lists of the test.\n" + certificate_text("of-root.crl.pem") + certificate_text("of-int.crl.pem");
  const std::string of_root = der_of_list("of-root.crl.pem");
  const std::string of_int = der_of_list("of-int.crl.pem");
  const std::vector<std::vector<unitls_blob>> kinds = {
      {pem(both)}, {der(of_root), der(of_int)}, {der(of_int), pem(certificate_text("of-root.crl.pem"))}};
  for (const std::vector<unitls_blob> &blobs : kinds) {
    for (const bool is_revoked : {false, true}) {
      client_setup client;
      client.trust = {root};
      client.crls = list_files({"of-root"});
      native_client native(client);
      native.crls.blobs = blobs.data();
      native.crls.blob_count = blobs.size();
      server_setup server;
      server.identity = is_revoked ? "crl-revoked" : "crl-good";
      conversation talk(client, make_context(native.config), make_context(server));
      if (is_revoked) {
        expect_client_refuses(talk, talk.handshake(), UNITLS_VERIFY_REVOKED, declared_versions().back());
      } else {
        talk.require_open();
      }
    }
  }
}

// A client or a server that asks for certificates, with these lists.
template <class Body>
void for_each_side_with_lists(const std::vector<unitls_blob> &blobs, Body body) {
  for_each_side([&](auto &native) {
    unitls_crls crls{sizeof crls, 0, blobs.data(), blobs.size()};
    native.config.crls = &crls;
    body(native, crls);
  });
}

UNITLS_CASE("revocation/empty", "An empty set of lists is wrong", "U-09 U-57", needs("crl")) {
  for_each_side_with_lists({}, [](auto &native, unitls_crls &) {
    expect_refused("U-57", "no list", native.config, UNITLS_E_INVALID, "crls");
  });
}

UNITLS_CASE("revocation/malformed", "A list that cannot be read is told with its place", "U-09 U-57",
            needs("crl")) {
  const std::string good = certificate_text("of-int.crl.pem");
  const std::string certificate = certificate_text("ca.pem");
  std::string cut = der_of_list("of-int.crl.pem");
  cut.pop_back();
  const std::string empty_sequence("\x30\x00", 2);
  const std::string garbage = "-----BEGIN X509 CRL-----\nMAMCAQE=\n-----END X509 CRL-----\n";
  for (const unitls_blob &bad : {pem(certificate), der(cut), der(empty_sequence), pem(garbage)}) {
    for_each_side_with_lists({pem(good), bad}, [](auto &native, unitls_crls &) {
      expect_refused("U-57", "a bad list", native.config, UNITLS_E_INVALID, "crls.blobs[1]");
    });
  }
}

UNITLS_CASE("revocation/struct", "The lists are a REQUEST", "U-03 U-04", needs("crl")) {
  const std::string good = certificate_text("of-int.crl.pem");
  for_each_side_with_lists({pem(good)}, [](auto &native, unitls_crls &crls) {
    expect_accepted("U-03", "the lists", native.config);
    crls.flags = 1;
    expect_refused("U-04", "an unknown flag", native.config, UNITLS_E_UNSUPPORTED, "crls.flags");
    crls.flags = 0;
    crls.struct_size = 8;
    expect_refused("U-03", "a small struct", native.config, UNITLS_E_INVALID, "crls.struct_size");
    crls.struct_size = sizeof crls;
    crls.blobs = nullptr;
    expect_refused("U-09", "NULL", native.config, UNITLS_E_INVALID, "crls.blobs");
  });
}

UNITLS_CASE("revocation/without-asking", "A server that asks nobody takes no lists", "U-09",
            needs("server", "crl")) {
  server_setup setup;
  setup.crls = list_files({"of-root"});
  expect_refused("U-09", "lists", native_server(setup).config, UNITLS_E_INVALID, "crls");
}

UNITLS_CASE("capability/crl", "Lists are refused by name where they are not declared", "U-49", needs()) {
  const std::string good = certificate_text("of-int.crl.pem");
  for_each_side_with_lists({pem(good)}, [](auto &native, unitls_crls &) {
    if (has_capability("crl")) {
      expect_accepted("U-49", "lists", native.config);
    } else {
      expect_refused("U-49", "lists", native.config, UNITLS_E_UNSUPPORTED, "crls");
    }
  });
}

} // namespace
} // namespace unitls::conformance
