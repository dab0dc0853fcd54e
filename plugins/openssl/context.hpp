// A configuration as an SSL_CTX.
#pragma once

#include <unitls/plugin/configuration.hpp>

#include "handles.hpp"
#include "identities.hpp"

namespace unitls::openssl {

class context {
public:
  explicit context(plugin::configuration config);
  context(const context &) = delete; // OpenSSL's callbacks keep its address
  context &operator=(const context &) = delete;

  bool is_server() const noexcept { return config_.is_server; }
  const plugin::configuration &config() const noexcept { return config_; }
  const openssl::identities &identities() const noexcept { return identities_; }
  SSL_CTX *native() const noexcept { return ssl_ctx_.get(); }
  // Our protocols in order of preference, as ALPN writes them.
  const std::vector<std::uint8_t> &protocols() const noexcept { return protocols_; }

private:
  void apply_options();
  void apply_versions();
  void apply_identities();
  void apply_protocols();
  void apply_peer();

  plugin::configuration config_;
  ssl_ctx_handle ssl_ctx_;
  openssl::identities identities_;
  std::vector<std::uint8_t> protocols_;
};

} // namespace unitls::openssl
