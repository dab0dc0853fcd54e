#define UNITLS_BUILDING_PLUGIN
#include "plugin.hpp"

#include <array>
#include <mutex>
#include <string_view>

#include <mbedtls/ssl_ciphersuites.h>

#include <unitls/plugin/reach.hpp>
#include <unitls/plugin/table.hpp>

#include "connection.hpp"
#include "context.hpp"
#include "numbers.hpp"
#include "trust.hpp"
#include "version.hpp"

#define UNITLS_MBEDTLS_CAPABILITIES(X)                                                                       \
  X("client")                                                                                                \
  X("server")                                                                                                \
  X("tls1.2")                                                                                                \
  UNITLS_MBEDTLS_VERSIONED_CAPABILITIES(X)                                                                   \
  X("cipher-suites")                                                                                         \
  X("groups")                                                                                                \
  X("alpn-long")                                                                                             \
  X("alpn-many")                                                                                             \
  X("identity-set")                                                                                          \
  X("verify-callback")                                                                                       \
  X("async-verify-client")                                                                                   \
  X("async-verify-server")                                                                                   \
  X("crl")                                                                                                   \
  X("verified-chain")                                                                                        \
  X("oom-safe")                                                                                              \
  X("fork-safe")

namespace unitls::mbedtls {
namespace {

unitls_status list_cipher_suites(unitls_item_sink sink, void *user) {
  for (const int *own = mbedtls_ssl_list_ciphersuites(); *own != 0; ++own) {
    const auto number = static_cast<std::uint16_t>(*own);
    if (!has_cipher_suite(number)) {
      continue;
    }
    const std::string name = cipher_suite_name(mbedtls_ssl_get_ciphersuite_name(number));
    const unitls_status status = plugin::give_item(sink, user, number, name.c_str());
    if (status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

// Gives those of a table that this build has.
template <class Row>
unitls_status list_rows(std::span<const Row> rows, bool (*has)(std::uint16_t), unitls_item_sink sink,
                        void *user) {
  for (const Row &row : rows) {
    const unitls_status status =
        has(row.number) ? plugin::give_item(sink, user, row.number, row.name) : UNITLS_OK;
    if (status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

unitls_status list_groups(unitls_item_sink sink, void *user) {
  return list_rows(groups(), has_group, sink, user);
}

unitls_status list_signature_schemes(unitls_item_sink sink, void *user) {
  return list_rows(signature_schemes(), has_signature_scheme, sink, user);
}

// The library itself writes "Mbed TLS 3.6.6", or "mbed TLS 2.28.3". Another vendor's text stays as it is.
std::string read_library_version() {
  constexpr std::string_view vendor = "bed TLS ";
  std::array<char, 32> text{}; // mbedTLS asks for at least 18 bytes
  mbedtls_version_get_string_full(text.data());
  const std::string_view full = text.data();
  const bool same_vendor = !full.empty() && full.substr(1).starts_with(vendor);
  return same_vendor ? "mbedTLS " + std::string(full.substr(1 + vendor.size())) : std::string(full);
}

const char *UNITLS_CALL library_version() {
  static const std::string text = read_library_version();
  return text.c_str();
}

// Another library that took our calls, or another line of the same one (backend.h, U-51).
unitls_status check_library(unitls_error *err) {
  const std::string built_for =
      "mbedTLS " + std::to_string(MBEDTLS_VERSION_MAJOR) + "." + std::to_string(MBEDTLS_VERSION_MINOR);
  return plugin::check_reach(reinterpret_cast<const void *>(&mbedtls_ssl_setup),
                             static_cast<const void *>(&unitls_plugin_v1), built_for, library_version(), err);
}

unitls_status start(unitls_error *err) {
  const unitls_status status = check_library(err);
  if (status != UNITLS_OK) {
    return status;
  }
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  return start_library() ? UNITLS_OK
                         : plugin::fail(err, UNITLS_E_INTERNAL, {}, "mbedTLS's cryptography does not start");
}

struct backend {
  using context = mbedtls::context;
  using connection = mbedtls::connection;
  using offline_verifier = mbedtls::offline_verifier;

  static const plugin::backend_facts &facts() { return mbedtls::facts(); }
  static const char *const *capabilities() { return unitls_plugin_v1.capabilities; }
  static const void *extension(const char *) { return nullptr; }
  static constexpr auto list_cipher_suites = mbedtls::list_cipher_suites;
  static constexpr auto list_groups = mbedtls::list_groups;
  static constexpr auto list_signature_schemes = mbedtls::list_signature_schemes;
  static constexpr auto sha256 = mbedtls::sha256;
  static constexpr auto start = mbedtls::start;
};

constexpr auto open_backend = plugin::table<backend>::open;

} // namespace

const plugin::backend_facts &facts() noexcept {
  static constexpr plugin::backend_facts all{
      .id = UNITLS_PLUGIN_ID,
      .tls13 = has_tls13,
      .alpn_count_max = 255,
      .alpn_size_max = 255,
      .alpn_nul = false,
      .identity_set = true,
      .has_cipher_suite = has_cipher_suite,
      .has_group = has_group,
      .has_signature_scheme = chooses_signature_schemes ? has_signature_scheme : nullptr,
      .async_verify_client = true,
      .async_verify_server = true,
      .certificates = {.critical_name_constraints = false, .eddsa = false},
      .delete_anchor = delete_anchor,
      .options = {}};
  return all;
}

} // namespace unitls::mbedtls

UNITLS_PLUGIN(UNITLS_PLUGIN_ID, UNITLS_PLUGIN_VERSION, "TLS by the mbedTLS library",
              "mbedTLS " MBEDTLS_VERSION_STRING, UNITLS_MBEDTLS_CAPABILITIES,
              unitls::mbedtls::library_version, unitls::mbedtls::open_backend);
