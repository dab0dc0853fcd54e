// The descriptor, and the choice of a lie.
#include <cstdlib>
#include <mutex>
#include <string>

#define UNITLS_BUILDING_PLUGIN
#include <unitls/backend.h>
#include <unitls/plugin/error.hpp>

#include "inner.hpp"
#include "mutants.hpp"

namespace unitls::mutants {
namespace {

// The most that any inner backend can have; `capabilities` tells what the one at hand has.
#define UNITLS_MUTANT_CAPABILITIES(X)                                                                        \
  X("client")                                                                                                \
  X("server")                                                                                                \
  X("tls1.2")                                                                                                \
  X("tls1.3")                                                                                                \
  X("cipher-suites")                                                                                         \
  X("groups")                                                                                                \
  X("signature-schemes")                                                                                     \
  X("alpn-long")                                                                                             \
  X("alpn-many")                                                                                             \
  X("alpn-binary")                                                                                           \
  X("identity-set")                                                                                          \
  X("name-constraints")                                                                                      \
  X("eddsa-certificates")                                                                                    \
  X("large-certificate-message")                                                                             \
  X("raw-certificate-bytes")                                                                                 \
  X("rsa-pss-tls1.2")                                                                                        \
  X("verify-callback")                                                                                       \
  X("async-verify-client")                                                                                   \
  X("async-verify-server")                                                                                   \
  X("verified-chain")                                                                                        \
  X("crl")                                                                                                   \
  X("ocsp-staple")                                                                                           \
  X("ocsp-serve")                                                                                            \
  X("ca-names")                                                                                              \
  X("identity-callback")                                                                                     \
  X("resumption")                                                                                            \
  X("ticket-keys")                                                                                           \
  X("session-store")                                                                                         \
  X("early-data")                                                                                            \
  X("key-update-receive")                                                                                    \
  X("key-log")                                                                                               \
  X("psk")                                                                                                   \
  X("external-key")                                                                                          \
  X("async-sign")                                                                                            \
  X("id.pkcs11")                                                                                             \
  X("record-size")                                                                                           \
  X("low-memory")                                                                                            \
  X("info-group")                                                                                            \
  X("info-signature-scheme")                                                                                 \
  X("trust-native")                                                                                          \
  X("raw-public-key")                                                                                        \
  X("certificate-compression")                                                                               \
  X("fips")                                                                                                  \
  X("oom-safe")                                                                                              \
  X("fork-safe")

std::string known_names() {
  std::string names;
  for (const mutant &each : all_mutants()) {
    if (each.change != nullptr) {
      names += (names.empty() ? "" : " ") + std::string(each.name);
    }
  }
  return names;
}

const mutant &chosen_mutant(const unitls_host &host) {
  const char *const name = std::getenv("UNITLS_MUTANT");
  const mutant *const found = name == nullptr ? nullptr : find_mutant(name);
  if (found == nullptr) {
    host.log(host.user, UNITLS_LOG_ERROR, ("the mutants are: " + known_names()).c_str());
    throw plugin::error(plugin::make_error(UNITLS_E_INVALID, "UNITLS_MUTANT",
                                           "UNITLS_MUTANT must name a mutant, or none: see unitls-mutants"));
  }
  return *found;
}

// A lie is chosen once: what `open` gave must not change.
void choose(const unitls_host &host) {
  static std::once_flag is_chosen;
  std::call_once(is_chosen, [&] {
    const mutant &chosen = chosen_mutant(host);
    open_inner(host);
    chosen.change(current());
  });
}

unitls_status UNITLS_CALL open(const unitls_host *host, const unitls_backend **backend, unitls_error *err) {
  return plugin::guarded(err, [&] {
    choose(*host);
    return current().open(host, backend, err);
  });
}

const char *UNITLS_CALL library_version() {
  const unitls_plugin *const plugin = inner_plugin();
  return plugin == nullptr ? "no library" : plugin->library_version();
}

} // namespace
} // namespace unitls::mutants

// The lies of a file.
#ifdef UNITLS_MUTANT_SECOND_SYMBOL
extern "C" __attribute__((visibility("default"))) const char ether_ntohost[] = "the C library has one, too";
#endif
#ifdef UNITLS_MUTANT_OTHER_MINOR
#undef UNITLS_PRIVATE_ABI_MINOR
#define UNITLS_PRIVATE_ABI_MINOR 99
#endif
#ifdef UNITLS_MUTANT_DIFFERING_NOTE
#undef UNITLS_PRIVATE_ITEM
#define UNITLS_PRIVATE_ITEM(text) "no-" text,
#endif

UNITLS_PLUGIN(UNITLS_PLUGIN_ID, UNITLS_PLUGIN_VERSION,
              "A good backend with one lie, to prove the conformance suite", "any library",
              UNITLS_MUTANT_CAPABILITIES, unitls::mutants::library_version, unitls::mutants::open);
