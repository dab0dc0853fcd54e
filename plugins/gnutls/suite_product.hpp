// Cipher suites as GnuTLS chooses them: not one by one, but as all combinations of key exchanges, ciphers and MACs that
// there are, and TLS 1.2 and TLS 1.3 share the ciphers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "handles.hpp"

namespace unitls::gnutls {

// One suite and what it is a combination of.
struct native_suite {
  std::uint16_t number;               // IANA, TLS Cipher Suites
  std::uint16_t version;              // UNITLS_TLS_1_2 or UNITLS_TLS_1_3
  gnutls_kx_algorithm_t key_exchange; // GNUTLS_KX_UNKNOWN in TLS 1.3
  gnutls_cipher_algorithm_t cipher;
  gnutls_mac_algorithm_t mac;
};

// All that GnuTLS knows of TLS 1.2 and TLS 1.3, whether or not this build has them. May throw std::bad_alloc.
std::span<const native_suite> native_suites();
// Null when GnuTLS does not know it.
const native_suite *find_native_suite(std::uint16_t number);

// The suites that these priorities offer or take, in their order. May throw std::bad_alloc.
std::vector<native_suite> suites_of(gnutls_priority_t priority);

class suite_product {
public:
  void add(const native_suite &suite);
  bool empty() const noexcept { return ciphers_.empty(); }
  bool contains(const native_suite &suite) const noexcept;

  // The first suite that came in uninvited; null when there is none.
  template <class Allowed>
  const native_suite *first_stranger(Allowed is_allowed) const {
    const auto all = native_suites();
    const auto found = std::ranges::find_if(
        all, [&](const native_suite &suite) { return contains(suite) && !is_allowed(suite); });
    return found != all.end() ? &*found : nullptr;
  }

  // Adds the suite unless others that are not allowed would come with it.
  template <class Allowed>
  void add_if_alone(const native_suite &suite, Allowed is_allowed) {
    suite_product larger = *this;
    larger.add(suite);
    if (larger.first_stranger(is_allowed) == nullptr) {
      *this = std::move(larger);
    }
  }

  // The end of a priority string, beginning with a colon, that leaves nothing but this product.
  std::string text() const;

private:
  std::vector<gnutls_kx_algorithm_t> key_exchanges_;
  std::vector<gnutls_cipher_algorithm_t> ciphers_;
  std::vector<gnutls_mac_algorithm_t> macs_;
};

} // namespace unitls::gnutls
