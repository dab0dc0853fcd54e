// unitls/context.hpp: a backend and an immutable configuration. Copies share one context; threads may share it.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <unitls/config.hpp>
#include <unitls/detail/native_config.hpp>
#include <unitls/error.hpp>
#include <unitls/loader.hpp>
#include <unitls/unitls.h>

namespace unitls {

class stream;

namespace insecure::detail {
struct maker; // unitls/insecure.hpp
}

// How a client connects.
struct connect_options {
  // Unset: SNI and reference name are the host.
  std::optional<session_config> session{};
  // Connect to this IP address instead of resolving the host.
  std::optional<std::string> address{};
  // For resolving and connecting together, and for the handshake.
  std::chrono::nanoseconds connect_timeout = std::chrono::seconds(10);
  std::chrono::nanoseconds handshake_timeout = std::chrono::seconds(10);

  friend bool operator==(const connect_options &, const connect_options &) = default;
};

namespace detail {

using context_handle = counted<unitls_context, &::unitls_context_retain, &::unitls_context_release>;

template <class Config, class Native, class Create>
context_handle make_context(const backend &from, const Config &config, Create create, error_info &failure) {
  const Native native(config);
  unitls_context *made = nullptr;
  create(from.native(), native.get(), &made, failure.receive());
  name_source(failure, config);
  return context_handle(made);
}

} // namespace detail

class client_context {
public:
  explicit client_context(const unitls::backend &backend, client_config config = {})
      : client_context(detail::value_or_throw(
            [&](error_info &failure) { return create(backend, std::move(config), failure); })) {}

  static std::optional<client_context> create(const unitls::backend &backend, client_config config,
                                              error_info &failure) {
    auto handle = detail::make_context<client_config, detail::native_client_config>(
        backend, config, &::unitls_client_context_create, failure);
    if (failure) {
      return std::nullopt;
    }
    return client_context(backend, std::move(config), std::move(handle));
  }

  // Resolves, tries every address in order and makes a verified handshake. Defined in unitls/stream.hpp.
  stream connect(const std::string &host, std::uint16_t port, const connect_options &options = {}) const;
  std::optional<stream> connect(const std::string &host, std::uint16_t port, const connect_options &options,
                                error_info &failure) const;
  std::optional<stream> connect(const std::string &host, std::uint16_t port, error_info &failure) const;

  const client_config &config() const noexcept { return *config_; }
  const unitls::backend &backend() const noexcept { return backend_; }
  unitls_context *native() const noexcept { return handle_.get(); }

  // What the C context needs for its whole life: channels and streams hold it too.
  std::shared_ptr<const void> keep_alive() const noexcept { return config_; }

private:
  friend struct insecure::detail::maker;

  client_context(unitls::backend backend, client_config config, detail::context_handle handle)
      : backend_(std::move(backend)), config_(std::make_shared<const client_config>(std::move(config))),
        handle_(std::move(handle)) {}

  unitls::backend backend_;
  std::shared_ptr<const client_config> config_;
  detail::context_handle handle_;
};

class server_context {
public:
  explicit server_context(const unitls::backend &backend, server_config config)
      : server_context(detail::value_or_throw(
            [&](error_info &failure) { return create(backend, std::move(config), failure); })) {}

  static std::optional<server_context> create(const unitls::backend &backend, server_config config,
                                              error_info &failure) {
    auto handle = detail::make_context<server_config, detail::native_server_config>(
        backend, config, &::unitls_server_context_create, failure);
    if (failure) {
      return std::nullopt;
    }
    return server_context(backend, std::move(config), std::move(handle));
  }

  const server_config &config() const noexcept { return *config_; }
  const unitls::backend &backend() const noexcept { return backend_; }
  unitls_context *native() const noexcept { return handle_.get(); }

  // What the C context needs for its whole life: channels and streams hold it too.
  std::shared_ptr<const void> keep_alive() const noexcept { return config_; }

private:
  friend struct insecure::detail::maker;

  server_context(unitls::backend backend, server_config config, detail::context_handle handle)
      : backend_(std::move(backend)), config_(std::make_shared<const server_config>(std::move(config))),
        handle_(std::move(handle)) {}

  unitls::backend backend_;
  std::shared_ptr<const server_config> config_;
  detail::context_handle handle_;
};

} // namespace unitls
