// A configuration as an mbedtls_ssl_config.
#pragma once

#include <unitls/plugin/configuration.hpp>

#include "handles.hpp"

namespace unitls::mbedtls {

class context {
public:
  explicit context(plugin::configuration config);

  bool is_server() const noexcept { return config_.is_server; }
  const plugin::configuration &config() const noexcept { return config_; }
  const mbedtls_ssl_config *native() const noexcept { return ssl_config_.get(); }

private:
  void apply_versions();
  void apply_identity(const plugin::identity &identity);
  void apply_protocols();
  void apply_peer();

  plugin::configuration config_;
  // mbedTLS copies nothing of these.
  std::vector<const char *> protocols_;
  x509_crt_handle certificates_;
  pk_handle private_key_;
  ssl_config_handle ssl_config_;
};

} // namespace unitls::mbedtls
