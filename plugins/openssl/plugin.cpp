#define UNITLS_BUILDING_PLUGIN
#include "plugin.hpp"

#include <cstring>

#include <unitls/plugin/reach.hpp>
#include <unitls/plugin/table.hpp>

#include "connection.hpp"
#include "context.hpp"
#include "failure.hpp"
#include "numbers.hpp"
#include "trust.hpp"

#define UNITLS_OPENSSL_CAPABILITIES(X)                                                                       \
  X("client")                                                                                                \
  X("server")                                                                                                \
  X("tls1.2")                                                                                                \
  X("tls1.3")                                                                                                \
  X("alpn-long")                                                                                             \
  X("alpn-many")                                                                                             \
  X("alpn-binary")                                                                                           \
  X("name-constraints")                                                                                      \
  X("eddsa-certificates")                                                                                    \
  X("large-certificate-message")                                                                             \
  X("key-update-receive")                                                                                    \
  X("raw-certificate-bytes")                                                                                 \
  X("rsa-pss-tls1.2")                                                                                        \
  X("identity-set")                                                                                          \
  X("cipher-suites")                                                                                         \
  X("groups")                                                                                                \
  X("signature-schemes")                                                                                     \
  X("crl")                                                                                                   \
  X("verify-callback")                                                                                       \
  X("verified-chain")                                                                                        \
  X("async-verify-client")                                                                                   \
  X("fips")                                                                                                  \
  X("info-group")                                                                                            \
  X("info-signature-scheme")                                                                                 \
  X("options")                                                                                               \
  X("oom-safe")                                                                                              \
  X("fork-safe")

namespace unitls::openssl {
namespace {

constexpr plugin::option_description option_list[] = {
    {UNITLS_PLUGIN_ID ".seclevel", "integer",
     "OpenSSL's security level, 0 to 5; can change suites, groups, schemes and verification",
     UNITLS_OPTION_CHANGES_CIPHER_SUITES | UNITLS_OPTION_CHANGES_GROUPS |
         UNITLS_OPTION_CHANGES_SIGNATURE_SCHEMES | UNITLS_OPTION_CHANGES_VERIFICATION},
    {UNITLS_PLUGIN_ID ".cipher_string", "text", "OpenSSL's cipher string for TLS 1.2; can change suites",
     UNITLS_OPTION_CHANGES_CIPHER_SUITES},
};

unitls_status list_cipher_suites(unitls_item_sink sink, void *user) {
  for (const SSL_CIPHER *const suite : cipher_suites()) {
    const unitls_status status =
        plugin::give_item(sink, user, SSL_CIPHER_get_protocol_id(suite), SSL_CIPHER_standard_name(suite));
    if (status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

// Groups or signature schemes.
template <class Item>
unitls_status list_items(std::span<const Item> items, unitls_item_sink sink, void *user) {
  for (const Item &item : items) {
    const unitls_status status = plugin::give_item(sink, user, item.number, item.name);
    if (status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

unitls_status list_groups(unitls_item_sink sink, void *user) {
  return list_items(groups(), sink, user);
}

unitls_status list_signature_schemes(unitls_item_sink sink, void *user) {
  return list_items(signature_schemes(), sink, user);
}

const char *UNITLS_CALL library_version() {
  static const std::string text = [] {
    const std::string_view full = OpenSSL_version(OPENSSL_VERSION); // "OpenSSL 3.0.22 25 Aug 2026"
    return std::string(full.substr(0, full.find(' ', full.find(' ') + 1)));
  }();
  return text.c_str();
}

// Another library that took our calls, or another line of the same one (backend.h, U-51).
unitls_status check_library(unitls_error *err) {
  const std::string built_for =
      "OpenSSL " + std::to_string(OPENSSL_VERSION_MAJOR) + "." + std::to_string(OPENSSL_VERSION_MINOR);
  return plugin::check_reach(reinterpret_cast<const void *>(&SSL_CTX_new),
                             static_cast<const void *>(&unitls_plugin_v1), built_for, library_version(), err);
}

struct backend {
  using context = openssl::context;
  using connection = openssl::connection;
  using offline_verifier = openssl::offline_verifier;

  static const plugin::backend_facts &facts() { return openssl::facts(); }
  static const char *const *capabilities() { return unitls_plugin_v1.capabilities; }
  static const void *extension(const char *) { return nullptr; }
  static constexpr auto list_cipher_suites = openssl::list_cipher_suites;
  static constexpr auto list_groups = openssl::list_groups;
  static constexpr auto list_signature_schemes = openssl::list_signature_schemes;
  static constexpr auto sha256 = openssl::sha256;
  static constexpr auto start = check_library;
};

constexpr auto open_backend = plugin::table<backend>::open;

} // namespace

const plugin::backend_facts &facts() noexcept {
  static constexpr plugin::backend_facts all{
      .id = UNITLS_PLUGIN_ID,
      .tls13 = true,
      .alpn_count_max = 255,
      .alpn_size_max = 255,
      .alpn_nul = true,
      .identity_set = true,
      .has_cipher_suite = [](std::uint16_t number) { return find_cipher_suite(number) != nullptr; },
      .has_group = [](std::uint16_t number) { return find_group(number) != nullptr; },
      .has_signature_scheme = [](std::uint16_t number) { return find_signature_scheme(number) != nullptr; },
      .async_verify_client = true,
      .async_verify_server = false, // OpenSSL 3.0 would accept the peer that is not decided on
      .certificates = {.critical_name_constraints = true, .eddsa = true},
      .delete_anchor = delete_anchor,
      .options = option_list};
  return all;
}

} // namespace unitls::openssl

UNITLS_PLUGIN(UNITLS_PLUGIN_ID, UNITLS_PLUGIN_VERSION, "TLS by the OpenSSL library",
              "OpenSSL " OPENSSL_VERSION_STR, UNITLS_OPENSSL_CAPABILITIES, unitls::openssl::library_version,
              unitls::openssl::open_backend);
