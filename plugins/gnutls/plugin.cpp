#define UNITLS_BUILDING_PLUGIN
#include "plugin.hpp"

#include <unitls/plugin/reach.hpp>
#include <unitls/plugin/table.hpp>

#include "connection.hpp"
#include "context.hpp"
#include "failure.hpp"
#include "numbers.hpp"
#include "trust.hpp"

#define UNITLS_GNUTLS_CAPABILITIES(X)                                                                        \
  X("client")                                                                                                \
  X("server")                                                                                                \
  X("tls1.2")                                                                                                \
  X("tls1.3")                                                                                                \
  X("alpn-binary")                                                                                           \
  X("name-constraints")                                                                                      \
  X("eddsa-certificates")                                                                                    \
  X("large-certificate-message")                                                                             \
  X("raw-certificate-bytes")                                                                                 \
  X("identity-set")                                                                                          \
  X("cipher-suites")                                                                                         \
  X("groups")                                                                                                \
  X("signature-schemes")                                                                                     \
  X("crl")                                                                                                   \
  X("verify-callback")                                                                                       \
  X("async-verify-client")                                                                                   \
  X("async-verify-server")                                                                                   \
  X("verified-chain")                                                                                        \
  X("key-update-receive")                                                                                    \
  X("rsa-pss-tls1.2")                                                                                        \
  X("info-group")                                                                                            \
  X("info-signature-scheme")                                                                                 \
  X("fips")                                                                                                  \
  X("options")                                                                                               \
  X("fork-safe")

namespace unitls::gnutls {
namespace {

constexpr plugin::option_description option_list[] = {
    {UNITLS_PLUGIN_ID ".priority", "text",
     "GnuTLS's priority string in place of the system's; can change versions, suites, groups and schemes",
     UNITLS_OPTION_CHANGES_VERSIONS | UNITLS_OPTION_CHANGES_CIPHER_SUITES | UNITLS_OPTION_CHANGES_GROUPS |
         UNITLS_OPTION_CHANGES_SIGNATURE_SCHEMES},
};

// Gives those of the table that this build has.
template <class Named>
unitls_status list(std::span<const Named> all, bool (*has)(std::uint16_t), unitls_item_sink sink,
                   void *user) {
  for (const Named &one : all) {
    const unitls_status status =
        has(one.number) ? plugin::give_item(sink, user, one.number, one.name) : unitls_status{UNITLS_OK};
    if (status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

unitls_status list_cipher_suites(unitls_item_sink sink, void *user) {
  return list(cipher_suites(), has_cipher_suite, sink, user);
}

unitls_status list_groups(unitls_item_sink sink, void *user) {
  return list(groups(), has_group, sink, user);
}

unitls_status list_signature_schemes(unitls_item_sink sink, void *user) {
  return list(signature_schemes(), has_signature_scheme, sink, user);
}

const char *UNITLS_CALL library_version() {
  static const std::string text = std::string("GnuTLS ") + gnutls_check_version(nullptr);
  return text.c_str();
}

// Another library that took our calls, or another line of the same one (backend.h, U-51).
unitls_status check_library(unitls_error *err) {
  const std::string built_for =
      "GnuTLS " + std::to_string(GNUTLS_VERSION_MAJOR) + "." + std::to_string(GNUTLS_VERSION_MINOR);
  return plugin::check_reach(reinterpret_cast<const void *>(&gnutls_init),
                             static_cast<const void *>(&unitls_plugin_v1), built_for, library_version(), err);
}

struct backend {
  using context = gnutls::context;
  using connection = gnutls::connection;

  static const plugin::backend_facts &facts() { return gnutls::facts(); }
  static const char *const *capabilities() { return unitls_plugin_v1.capabilities; }
  static const void *extension(const char *) { return nullptr; }
  static constexpr auto list_cipher_suites = gnutls::list_cipher_suites;
  static constexpr auto list_groups = gnutls::list_groups;
  static constexpr auto list_signature_schemes = gnutls::list_signature_schemes;
  using offline_verifier = gnutls_verifier;
  static constexpr auto sha256 = gnutls::sha256;
  static constexpr auto start = check_library;
};

constexpr auto open_backend = plugin::table<backend>::open;

} // namespace

const plugin::backend_facts &facts() noexcept {
  static constexpr plugin::backend_facts all{
      .id = UNITLS_PLUGIN_ID,
      .tls13 = true,
      .alpn_count_max = 8,
      .alpn_size_max = 31,
      .alpn_nul = true,
      .identity_set = true,
      .has_cipher_suite = has_cipher_suite,
      .has_group = has_group,
      .has_signature_scheme = has_signature_scheme,
      .async_verify_client = true,
      .async_verify_server = true,
      .certificates = {.critical_name_constraints = true, .eddsa = true},
      .delete_anchor = delete_anchor,
      .options = option_list};
  return all;
}

} // namespace unitls::gnutls

UNITLS_PLUGIN(UNITLS_PLUGIN_ID, UNITLS_PLUGIN_VERSION, "TLS by the GnuTLS library", "GnuTLS " GNUTLS_VERSION,
              UNITLS_GNUTLS_CAPABILITIES, unitls::gnutls::library_version, unitls::gnutls::open_backend);
