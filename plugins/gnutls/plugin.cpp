#define UNITLS_BUILDING_PLUGIN
#include "plugin.hpp"

#include <algorithm>
#include <cstring>

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
     "GnuTLS's priority string in place of the system's; can change versions, suites, groups and schemes"},
};

priority_handle plain_priority() {
  int code = 0;
  priority_handle priority = make_priority({}, UNITLS_TLS_1_2, UNITLS_TLS_1_3, code);
  if (priority == nullptr) {
    throw_failure(UNITLS_E_INTERNAL, {}, "GnuTLS makes no priorities", code);
  }
  return priority;
}

unitls_status list_cipher_suites(unitls_item_sink sink, void *user) {
  const priority_handle priority = plain_priority();
  unsigned suite = 0;
  for (unsigned i = 0;; ++i) {
    const int code = gnutls_priority_get_cipher_suite_index(priority.get(), i, &suite);
    if (code == GNUTLS_E_UNKNOWN_CIPHER_SUITE) {
      continue; // this build of GnuTLS lacks it
    }
    if (code < 0) {
      return UNITLS_OK;
    }
    unsigned char id[2] = {};
    gnutls_cipher_suite_info(suite, id, nullptr, nullptr, nullptr, nullptr);
    const auto number = static_cast<std::uint16_t>(id[0] << 8 | id[1]);
    const auto all = cipher_suites();
    const auto known = std::find_if(all.begin(), all.end(),
                                    [number](const named_suite &named) { return named.number == number; });
    if (known == all.end()) {
      continue;
    }
    const unitls_status status = plugin::give_item(sink, user, known->number, known->name);
    if (status != UNITLS_OK) {
      return status;
    }
  }
}

unitls_status list_groups(unitls_item_sink sink, void *user) {
  const priority_handle priority = plain_priority();
  const unsigned *enabled = nullptr;
  const int count = gnutls_priority_group_list(priority.get(), &enabled);
  for (const named_group &group : groups()) {
    const unsigned id = gnutls_group_get_id(group.gnutls_name);
    if (count <= 0 || std::find(enabled, enabled + count, id) == enabled + count) {
      continue; // this build of GnuTLS lacks it, or the system's policy forbids it
    }
    const unitls_status status = plugin::give_item(sink, user, group.number, group.name);
    if (status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

unitls_status list_signature_schemes(unitls_item_sink sink, void *user) {
  const priority_handle priority = plain_priority();
  const unsigned *enabled = nullptr;
  const int count = gnutls_priority_sign_list(priority.get(), &enabled);
  for (const named_scheme &scheme : signature_schemes()) {
    if (count <= 0 || std::find(enabled, enabled + count, unsigned{scheme.algorithm}) == enabled + count) {
      continue;
    }
    const unitls_status status = plugin::give_item(sink, user, scheme.number, scheme.name);
    if (status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

const char *UNITLS_CALL library_version() {
  static const std::string text = std::string("GnuTLS ") + gnutls_check_version(nullptr);
  return text.c_str();
}

// Another library that took our calls, or another line of the same one (backend.h, U-51).
unitls_status check_library(unitls_error *err) {
  const std::string misplaced = plugin::misplaced_object(reinterpret_cast<const void *>(&gnutls_init),
                                                         static_cast<const void *>(&unitls_plugin_v1));
  if (!misplaced.empty()) {
    return plugin::fail(err, UNITLS_E_ABI, {}, "%s", misplaced.c_str());
  }
  const std::string line =
      std::to_string(GNUTLS_VERSION_MAJOR) + "." + std::to_string(GNUTLS_VERSION_MINOR) + ".";
  if (!std::string_view(gnutls_check_version(nullptr)).starts_with(line)) {
    return plugin::fail(err, UNITLS_E_ABI, {}, "built for GnuTLS %d.%d, but reaches %s", GNUTLS_VERSION_MAJOR,
                        GNUTLS_VERSION_MINOR, library_version());
  }
  return UNITLS_OK;
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
      .identity_set = false,
      .has_cipher_suite = nullptr,
      .has_group = nullptr,
      .has_signature_scheme = nullptr,
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
