// A configuration as GnuTLS's credentials and priorities.
#pragma once

#include <string>

#include <unitls/plugin/configuration.hpp>

#include "handles.hpp"

namespace unitls::gnutls {

class context {
public:
  explicit context(plugin::configuration config);

  bool is_server() const noexcept { return config_.is_server; }
  const plugin::configuration &config() const noexcept { return config_; }
  gnutls_certificate_credentials_t credentials() const noexcept { return credentials_.get(); }
  gnutls_priority_t priority() const noexcept { return priority_.get(); }
  // Our protocols in order of preference: views into the configuration.
  std::span<const gnutls_datum_t> protocols() const noexcept { return protocols_; }

private:
  void apply();
  void apply_options();
  void apply_versions();
  void apply_identity(const plugin::identity &identity);
  void apply_protocols();

  plugin::configuration config_;
  credentials_handle credentials_;
  std::string priority_text_; // of an option; empty for the system's own
  priority_handle priority_;
  std::vector<gnutls_datum_t> protocols_;
};

// The text's priorities, or the system's where it is empty, less every version outside the range. Null when
// they cannot be, and `code` says why.
priority_handle make_priority(const std::string &text, std::uint16_t min_version, std::uint16_t max_version,
                              int &code);

} // namespace unitls::gnutls
