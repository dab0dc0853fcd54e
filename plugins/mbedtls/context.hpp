// A configuration as an mbedtls_ssl_config.
#pragma once

#include <memory>
#include <vector>

#include <unitls/plugin/configuration.hpp>
#include <unitls/plugin/identity_set.hpp>

#include "handles.hpp"
#include "version.hpp"

namespace unitls::mbedtls {

// A chain and its key.
struct own_identity {
  x509_crt_handle certificates;
  pk_handle private_key;
};

class context {
public:
  explicit context(plugin::configuration config);

  bool is_server() const noexcept { return config_.is_server; }
  const plugin::configuration &config() const noexcept { return config_; }
  const plugin::identity_set &identity_set() const noexcept { return identity_set_; }
  const mbedtls_ssl_config *native() const noexcept { return ssl_config_.get(); }

  // Has a handshake present one of a group's identities. Answers mbedTLS's code.
  int present(mbedtls_ssl_context &ssl, const plugin::identity_set::group &group) const noexcept;

private:
  void apply_versions();
  void apply_parameters();
  void apply_cipher_suites();
  void apply_groups();
  void apply_signature_schemes();
  void apply_identities();
  void read_identity(std::size_t index);
  void check_own_signatures() const;
  void apply_protocols();
  void apply_peer();

  plugin::configuration config_;
  plugin::identity_set identity_set_;
  // mbedTLS copies nothing of these.
  std::vector<int> cipher_suites_;
  std::vector<configured_group> groups_;
  std::vector<std::uint16_t> signature_schemes_;
  std::vector<const char *> protocols_;
  std::vector<std::unique_ptr<own_identity>> identities_;
  ssl_config_handle ssl_config_;
};

} // namespace unitls::mbedtls
