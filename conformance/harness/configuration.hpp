// Configurations of the plugin under test, as values that own what the ABI's structs point to.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <unitls/backend.h>

namespace unitls::conformance {

// What both sides have. Names of certificates are those of unitls-pki's standard set.
struct setup {
  std::uint16_t min_version = 0;
  std::uint16_t max_version = 0;
  // Files of anchors: "ca.pem". None: no trust is given.
  std::vector<std::string> trust;
  // Stem of a chain and its key: "server". None: no identity is given.
  std::optional<std::string> identity;
  // UNITLS_VERIFY_FULL or one of unitls/insecure.h.
  std::uint32_t verify = UNITLS_VERIFY_FULL;
  // Files of revocation lists: "good.crl.pem". None: revocation is not asked for.
  std::vector<std::string> crls;
  // Null: none. What it points to must outlive every session.
  const unitls_verify_callback *verify_callback = nullptr;
  // For the verify callback.
  void *user = nullptr;
  std::vector<std::uint16_t> tls12_cipher_suites;
  std::vector<std::uint16_t> tls13_cipher_suites;
  std::vector<std::uint16_t> groups;
  std::vector<std::uint16_t> signature_schemes;
  std::vector<std::string> alpn;
  std::vector<std::pair<std::string, std::string>> options;

  void only_version(std::uint16_t version) { min_version = max_version = version; }
};

struct client_setup : setup {
  std::optional<std::string> server_name = "localhost";
  std::vector<std::string> reference_names{"localhost"};

  client_setup() { trust = {"ca.pem"}; }
};

struct server_setup : setup {
  std::uint32_t client_auth = UNITLS_CLIENT_AUTH_NONE;
  bool strict_sni = false;
  // Beyond the first one.
  std::vector<std::string> more_identities;

  server_setup() { identity = "server"; }
};

// The ABI's structs of a setup. They point into this and into the setup, which must outlive it. Cases change `config`
// to say what no setup can.
class native_setup {
public:
  native_setup(const native_setup &) = delete;
  native_setup &operator=(const native_setup &) = delete;

  unitls_trust trust{};
  unitls_identity identity{}; // the first one
  unitls_crls crls{};

protected:
  explicit native_setup(const setup &from);

  template <class Config>
  void fill(Config &config, const setup &from) {
    config.struct_size = sizeof config;
    config.min_version = from.min_version;
    config.max_version = from.max_version;
    config.verify = from.verify;
    config.trust = from.trust.empty() ? nullptr : &trust;
    config.identities = identities_.data();
    config.identity_count = identities_.size();
    config.crls = from.crls.empty() ? nullptr : &crls;
    config.verify_callback = from.verify_callback;
    config.tls12_cipher_suites = from.tls12_cipher_suites.data();
    config.tls12_cipher_suite_count = from.tls12_cipher_suites.size();
    config.tls13_cipher_suites = from.tls13_cipher_suites.data();
    config.tls13_cipher_suite_count = from.tls13_cipher_suites.size();
    config.groups = from.groups.data();
    config.group_count = from.groups.size();
    config.signature_schemes = from.signature_schemes.data();
    config.signature_scheme_count = from.signature_schemes.size();
    config.alpn = alpn_.data();
    config.alpn_count = alpn_.size();
    config.options = options_.data();
    config.option_count = options_.size();
  }

  void add_identity(unitls_identity &made, const std::string &stem);

private:
  std::vector<unitls_blob> anchors_;
  std::vector<unitls_blob> lists_;
  std::vector<unitls_bytes> alpn_;
  std::vector<unitls_option> options_;
  std::deque<unitls_blob> chains_;
  std::vector<const unitls_identity *> identities_;
};

class native_client : public native_setup {
public:
  explicit native_client(const client_setup &from);
  unitls_client_config config{};
};

class native_server : public native_setup {
public:
  explicit native_server(const server_setup &from);
  unitls_server_config config{};

private:
  std::deque<unitls_identity> more_identities_;
};

class native_session {
public:
  explicit native_session(const client_setup &from);
  explicit native_session(const server_setup &from);
  native_session(); // a server's
  native_session(const native_session &) = delete;
  native_session &operator=(const native_session &) = delete;
  unitls_session_config config{};

private:
  std::vector<const char *> names_;
};

// A PEM text or a DER structure as the ABI takes it. The bytes must outlive it.
unitls_blob pem(const std::string &text);
unitls_blob der(const std::string &bytes);
unitls_blob der(const std::vector<std::uint8_t> &bytes);

// A zeroed error of full size.
unitls_error no_error();

// Whether nothing was written to what no_error gave.
bool is_untouched(const unitls_error &error) noexcept;

} // namespace unitls::conformance
