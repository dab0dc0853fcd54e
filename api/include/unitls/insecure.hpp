// unitls/insecure.hpp: contexts that verify less. Nothing else can make them.
//
// See unitls/insecure.h for the two modes and for what to do instead. libunitls warns when one is used for the first
// time.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include <unitls/context.hpp>
#include <unitls/insecure.h>

namespace unitls::insecure {

enum class weakness : std::uint32_t {
  // Clients: the certificate may have any name.
  no_name_check = UNITLS_INSECURE_NO_NAME_CHECK,
  // Any certificate is accepted, unless pins or the verify callback refuse it.
  no_verification = UNITLS_INSECURE_NO_VERIFICATION,
};

namespace detail {

template <class Native>
class weak_config : public Native {
public:
  template <class Config>
  weak_config(const Config &config, weakness how) : Native(config) {
    this->native_.verify = static_cast<std::uint32_t>(how);
  }
};

struct maker {
  template <class Context, class Native, class Config, class Create>
  static std::optional<Context> make(const backend &from, Config config, weakness how, Create create,
                                     error_info &failure) {
    unitls_context *made = nullptr;
    {
      const weak_config<Native> native(config, how);
      create(from.native(), native.get(), &made, failure.receive());
    }
    unitls::detail::context_handle handle(made);
    unitls::detail::name_source(failure, config);
    if (failure) {
      return std::nullopt;
    }
    return Context(from, std::move(config), std::move(handle));
  }
};

} // namespace detail

inline std::optional<client_context> make_client_context(const backend &from, client_config config,
                                                         weakness how, error_info &failure) {
  return detail::maker::make<client_context, unitls::detail::native_client_config>(
      from, std::move(config), how, &::unitls_client_context_create, failure);
}
inline client_context make_client_context(const backend &from, client_config config, weakness how) {
  return unitls::detail::value_or_throw(
      [&](error_info &failure) { return make_client_context(from, std::move(config), how, failure); });
}

// Clients' certificates, that is; a server checks no names.
inline std::optional<server_context> make_server_context(const backend &from, server_config config,
                                                         weakness how, error_info &failure) {
  return detail::maker::make<server_context, unitls::detail::native_server_config>(
      from, std::move(config), how, &::unitls_server_context_create, failure);
}
inline server_context make_server_context(const backend &from, server_config config, weakness how) {
  return unitls::detail::value_or_throw(
      [&](error_info &failure) { return make_server_context(from, std::move(config), how, failure); });
}

} // namespace unitls::insecure
