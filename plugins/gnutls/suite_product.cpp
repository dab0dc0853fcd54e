#include "suite_product.hpp"

#include <climits>

#include <unitls/types.h>

namespace unitls::gnutls {
namespace {

// Null past the end, and otherwise the suite's name.
const char *read_suite(std::size_t index, native_suite &suite) noexcept {
  unsigned char id[2] = {};
  gnutls_protocol_t oldest{};
  const char *const name =
      gnutls_cipher_suite_info(index, id, &suite.key_exchange, &suite.cipher, &suite.mac, &oldest);
  suite.number = static_cast<std::uint16_t>(id[0] << CHAR_BIT | id[1]);
  suite.version = oldest == GNUTLS_TLS1_3 ? UNITLS_TLS_1_3 : UNITLS_TLS_1_2;
  return name;
}

std::vector<native_suite> read_suites() {
  std::vector<native_suite> all;
  native_suite suite{};
  for (std::size_t i = 0; read_suite(i, suite) != nullptr; ++i) {
    all.push_back(suite);
  }
  return all;
}

template <class Algorithm>
void add_once(std::vector<Algorithm> &all, Algorithm one) {
  if (std::ranges::find(all, one) == all.end()) {
    all.push_back(one);
  }
}

template <class Algorithm>
bool has(const std::vector<Algorithm> &all, Algorithm one) noexcept {
  return std::ranges::find(all, one) != all.end();
}

template <class Algorithm>
std::string added(const std::vector<Algorithm> &all, const char *(*name)(Algorithm)) {
  std::string text;
  for (const Algorithm one : all) {
    text += std::string(":+") + name(one);
  }
  return text;
}

} // namespace

std::span<const native_suite> native_suites() {
  static const auto &all = *new std::vector<native_suite>(read_suites()); // used also while the process ends
  return all;
}

const native_suite *find_native_suite(std::uint16_t number) {
  const auto all = native_suites();
  const auto found = std::ranges::find(all, number, &native_suite::number);
  return found != all.end() ? &*found : nullptr;
}

std::vector<native_suite> suites_of(gnutls_priority_t priority) {
  std::vector<native_suite> suites;
  native_suite suite{};
  unsigned index = 0;
  for (unsigned i = 0;; ++i) {
    const int code = gnutls_priority_get_cipher_suite_index(priority, i, &index);
    if (code == GNUTLS_E_UNKNOWN_CIPHER_SUITE) {
      continue; // this build of GnuTLS lacks it
    }
    if (code < 0) {
      return suites;
    }
    read_suite(index, suite);
    suites.push_back(suite);
  }
}

void suite_product::add(const native_suite &suite) {
  if (suite.version == UNITLS_TLS_1_2) {
    add_once(key_exchanges_, suite.key_exchange);
  }
  add_once(ciphers_, suite.cipher);
  add_once(macs_, suite.mac);
}

bool suite_product::contains(const native_suite &suite) const noexcept {
  return has(ciphers_, suite.cipher) && has(macs_, suite.mac) &&
         (suite.version == UNITLS_TLS_1_3 || has(key_exchanges_, suite.key_exchange));
}

std::string suite_product::text() const {
  return ":-KX-ALL:-CIPHER-ALL:-MAC-ALL" + added(key_exchanges_, gnutls_kx_get_name) +
         added(ciphers_, gnutls_cipher_get_name) + added(macs_, gnutls_mac_get_name);
}

} // namespace unitls::gnutls
