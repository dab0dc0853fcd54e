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
  UNITLS_MBEDTLS_TLS13_CAPABILITY(X)                                                                         \
  X("alpn-long")                                                                                             \
  X("alpn-many")                                                                                             \
  X("fork-safe")

namespace unitls::mbedtls {
namespace {

// Suites that need what no configuration can give here: a shared key.
bool needs_shared_key(std::string_view name) noexcept {
  return name.find("PSK") != name.npos || name.find("ECJPAKE") != name.npos;
}

unitls_status list_cipher_suites(unitls_item_sink sink, void *user) {
  for (const int *number = mbedtls_ssl_list_ciphersuites(); *number != 0; ++number) {
    const std::string name = cipher_suite_name(mbedtls_ssl_get_ciphersuite_name(*number));
    if (needs_shared_key(name)) {
      continue;
    }
    const unitls_status status =
        plugin::give_item(sink, user, static_cast<std::uint32_t>(*number), name.c_str());
    if (status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

unitls_status list_groups(unitls_item_sink sink, void *user) {
  for (const named_group &group : groups()) {
    const bool is_curve = group.curve != MBEDTLS_ECP_DP_NONE;
    if ((group.tls13_only && !has_tls13) ||
        (is_curve && mbedtls_ecp_curve_info_from_grp_id(group.curve) == nullptr)) {
      continue; // this build of mbedTLS lacks it
    }
    const unitls_status status = plugin::give_item(sink, user, group.number, group.name);
    if (status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

unitls_status list_signature_schemes(unitls_item_sink sink, void *user) {
  for (const named_scheme &scheme : signature_schemes()) {
    if ((scheme.tls13_only && !has_tls13) || mbedtls_md_info_from_type(scheme.digest) == nullptr) {
      continue;
    }
    const unitls_status status = plugin::give_item(sink, user, scheme.number, scheme.name);
    if (status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

// "Mbed TLS 3.6.6", or "mbed TLS 2.28.3" from older ones.
std::array<char, 32> reached_library() noexcept {
  std::array<char, 32> text{}; // mbedTLS asks for at least 18 bytes
  mbedtls_version_get_string_full(text.data());
  return text;
}

const char *UNITLS_CALL library_version() {
  static const std::string text = [] {
    std::array<char, 16> number{}; // mbedTLS asks for at least 9 bytes
    mbedtls_version_get_string(number.data());
    return std::string("mbedTLS ") + number.data();
  }();
  return text.c_str();
}

// Another library that took our calls, or another line of the same one (backend.h, U-51).
unitls_status check_library(unitls_error *err) {
  const std::string misplaced = plugin::misplaced_object(reinterpret_cast<const void *>(&mbedtls_ssl_setup),
                                                         static_cast<const void *>(&unitls_plugin_v1));
  if (!misplaced.empty()) {
    return plugin::fail(err, UNITLS_E_ABI, {}, "%s", misplaced.c_str());
  }
  const bool same_vendor = std::string_view(reached_library().data()).substr(1).starts_with("bed TLS ");
  constexpr unsigned patch_bits = 16;
  if (!same_vendor || mbedtls_version_get_number() >> patch_bits != MBEDTLS_VERSION_NUMBER >> patch_bits) {
    return plugin::fail(err, UNITLS_E_ABI, {}, "built for mbedTLS %d.%d, but reaches %s",
                        MBEDTLS_VERSION_MAJOR, MBEDTLS_VERSION_MINOR, reached_library().data());
  }
  return UNITLS_OK;
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

  static const plugin::backend_facts &facts() { return mbedtls::facts(); }
  static const char *const *capabilities() { return unitls_plugin_v1.capabilities; }
  static const void *extension(const char *) { return nullptr; }
  static constexpr auto list_cipher_suites = mbedtls::list_cipher_suites;
  static constexpr auto list_groups = mbedtls::list_groups;
  static constexpr auto list_signature_schemes = mbedtls::list_signature_schemes;
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
      .identity_set = false,
      .certificates = {.critical_name_constraints = false, .eddsa = false},
      .delete_anchor = delete_anchor,
      .options = {}};
  return all;
}

} // namespace unitls::mbedtls

UNITLS_PLUGIN(UNITLS_PLUGIN_ID, UNITLS_PLUGIN_VERSION, "TLS by the mbedTLS library",
              "mbedTLS " MBEDTLS_VERSION_STRING, UNITLS_MBEDTLS_CAPABILITIES,
              unitls::mbedtls::library_version, unitls::mbedtls::open_backend);
