// What this side presents, in GnuTLS's credentials, and what a client gets of it.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include <unitls/plugin/identity_set.hpp>

#include "handles.hpp"

namespace unitls::gnutls {

// Immutable, shared by threads.
class identities {
public:
  identities() = default;
  // Reads all. A fault is thrown as an error on its field.
  explicit identities(const plugin::configuration &config);

  // Positions of credentials: one for each group of names that identities have in common. GnuTLS picks within it.
  // There is always the first, also without any identity.
  bool need_choice() const noexcept { return groups_.size() > 1; }
  // `plugin::identity_set::unknown` when it fits none.
  std::size_t select(std::string_view server_name) const noexcept { return set_.select(server_name); }
  gnutls_certificate_credentials_t credentials(std::size_t position) const noexcept {
    return groups_[position].credentials.get();
  }
  // The key exchanges of TLS 1.2 that the keys are good for.
  std::span<const gnutls_kx_algorithm_t> key_exchanges(std::size_t position) const noexcept {
    return groups_[position].key_exchanges;
  }

private:
  struct native_group {
    credentials_handle credentials;
    std::vector<gnutls_kx_algorithm_t> key_exchanges;
  };

  static native_group load(const plugin::configuration &config, const plugin::identity_set::group &members);

  plugin::identity_set set_;
  std::vector<native_group> groups_; // as in set_
};

} // namespace unitls::gnutls
