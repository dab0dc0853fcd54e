// A configuration as GnuTLS's credentials and priorities.
#pragma once

#include <vector>

#include <unitls/plugin/configuration.hpp>

#include "handles.hpp"
#include "identities.hpp"
#include "parameters.hpp"

namespace unitls::gnutls {

class context {
public:
  explicit context(plugin::configuration config);

  bool is_server() const noexcept { return config_.is_server; }
  const plugin::configuration &config() const noexcept { return config_; }
  const parameters &priorities() const noexcept { return parameters_; }
  const identities &credentials() const noexcept { return identities_; }
  // Whether a server looks at the hello before it goes on.
  bool depends_on_hello() const noexcept {
    return parameters_.need_version() || identities_.need_choice() || config_.strict_sni;
  }
  // Our protocols in order of preference: views into the configuration.
  std::span<const gnutls_datum_t> protocols() const noexcept { return protocols_; }

private:
  void apply();
  void apply_protocols();

  plugin::configuration config_;
  parameters parameters_;
  identities identities_;
  std::vector<gnutls_datum_t> protocols_;
};

} // namespace unitls::gnutls
