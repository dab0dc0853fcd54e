// unitls/config.hpp: what a client, a server and one connection want. Plain values with designated initialisers:
//
//     unitls::client_config{.min_version = unitls::version::tls1_3, .alpn = {"h2", "http/1.1"}}
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <unitls/credentials.hpp>
#include <unitls/names.hpp>
#include <unitls/unitls.h>

namespace unitls {

// A setting that only one library knows: {"openssl.seclevel", "3"}.
struct option {
  std::string name;
  std::string value;

  friend bool operator==(const option &, const option &) = default;
};

// What a server asks of its clients (RFC 8446, 4.3.2).
enum class client_auth : std::uint32_t {
  none = UNITLS_CLIENT_AUTH_NONE,
  request = UNITLS_CLIENT_AUTH_REQUEST,
  require = UNITLS_CLIENT_AUTH_REQUIRE,
};

// The default is safe: TLS 1.2 and newer, the system's trust, everything verified.
struct client_config {
  // Unset: TLS 1.2.
  std::optional<version> min_version{};
  // Unset: the highest that the backend has.
  std::optional<version> max_version{};
  // Unset: the system's store.
  std::optional<trust_store> trust{};
  // Presented when a server asks for a certificate.
  std::optional<unitls::identity> identity{};
  // Protocol names in order of preference (RFC 7301).
  std::vector<std::string> alpn{};
  std::vector<option> options{};

  friend bool operator==(const client_config &, const client_config &) = default;
};

struct server_config {
  std::optional<version> min_version{};
  std::optional<version> max_version{};
  unitls::client_auth client_auth = unitls::client_auth::none;
  // The clients' anchors, needed when client_auth asks for certificates.
  std::optional<trust_store> trust{};
  // At least one. The first is presented to clients whose server name fits none.
  std::vector<identity> identities{};
  std::vector<std::string> alpn{};
  std::vector<option> options{};

  friend bool operator==(const server_config &, const server_config &) = default;
};

// What one connection needs beyond its context.
struct session_config {
  // Sent as SNI (RFC 6066, 3): a host name, never an IP address. Unset: none is sent.
  std::optional<std::string> server_name{};
  // The peer must be one of these: DNS names or IP addresses (RFC 9525). A client needs at least one.
  std::vector<std::string> reference_names{};

  // What a client wants of `host`: SNI, unless it is an IP address, and the reference name.
  static session_config for_host(std::string_view host);

  friend bool operator==(const session_config &, const session_config &) = default;
};

namespace detail {

// No host name holds a colon, and none is made of digits and dots alone.
inline bool is_ip_address(std::string_view host) noexcept {
  return host.find(':') != std::string_view::npos ||
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

inline const std::uint8_t *octets(std::string_view text) noexcept {
  return reinterpret_cast<const std::uint8_t *>(text.data());
}

// The C structs of a configuration. They point into the configuration and into this.
class native_parts {
public:
  native_parts(const native_parts &) = delete;
  native_parts &operator=(const native_parts &) = delete;

protected:
  native_parts(const std::optional<trust_store> &trust, std::span<const identity> identities,
               std::span<const std::string> alpn, std::span<const option> options) {
    if (trust) {
      add_trust(*trust);
    }
    add_identities(identities);
    for (const auto &name : alpn) {
      alpn_.push_back({octets(name), name.size()});
    }
    for (const auto &[name, value] : options) {
      options_.push_back({name.c_str(), value.c_str()});
    }
  }

  template <class Native>
  void fill(Native &native) const noexcept {
    native.struct_size = sizeof native;
    native.trust = trust_ ? &*trust_ : nullptr;
    native.identities = identity_pointers_.data();
    native.identity_count = identity_pointers_.size();
    native.alpn = alpn_.data();
    native.alpn_count = alpn_.size();
    native.options = options_.data();
    native.option_count = options_.size();
  }

  static std::uint16_t number(std::optional<version> value) noexcept {
    return value ? static_cast<std::uint16_t>(*value) : std::uint16_t{0};
  }

private:
  void add_trust(const trust_store &store) {
    for (std::size_t i = 0; i < store.anchor_count(); ++i) {
      anchors_.push_back(store.native(i));
    }
    unitls_trust trust{};
    trust.struct_size = sizeof trust;
    trust.flags = (store.is_system() ? std::uint32_t{UNITLS_TRUST_SYSTEM} : 0U) |
                  (anchors_.empty() ? 0U : std::uint32_t{UNITLS_TRUST_ANCHORS});
    trust.blobs = anchors_.data();
    trust.blob_count = anchors_.size();
    trust_ = trust;
  }

  void add_identities(std::span<const identity> identities) {
    chains_.reserve(identities.size());
    identities_.reserve(identities.size());
    for (const auto &source : identities) {
      auto &chain = chains_.emplace_back();
      for (const auto &certificate : source.certificates) {
        chain.push_back(certificate.native());
      }
      unitls_identity native{};
      native.struct_size = sizeof native;
      native.certificates = chain.data();
      native.certificate_count = chain.size();
      if (source.private_key) {
        native.private_key = source.private_key->native();
      }
      identity_pointers_.push_back(&identities_.emplace_back(native));
    }
  }

  std::vector<unitls_blob> anchors_;
  std::optional<unitls_trust> trust_;
  std::vector<std::vector<unitls_blob>> chains_;
  std::vector<unitls_identity> identities_;
  std::vector<const unitls_identity *> identity_pointers_;
  std::vector<unitls_bytes> alpn_;
  std::vector<unitls_option> options_;
};

inline std::span<const identity> identities_of(const client_config &config) noexcept {
  return config.identity ? std::span(&*config.identity, 1) : std::span<const identity>{};
}
inline std::span<const identity> identities_of(const server_config &config) noexcept {
  return config.identities;
}

class native_client_config : native_parts {
public:
  explicit native_client_config(const client_config &config)
      : native_parts(config.trust, identities_of(config), config.alpn, config.options) {
    fill(native_);
    native_.min_version = number(config.min_version);
    native_.max_version = number(config.max_version);
    native_.verify = UNITLS_VERIFY_FULL;
  }
  const unitls_client_config *get() const noexcept { return &native_; }

private:
  unitls_client_config native_{};
};

class native_server_config : native_parts {
public:
  explicit native_server_config(const server_config &config)
      : native_parts(config.trust, config.identities, config.alpn, config.options) {
    fill(native_);
    native_.min_version = number(config.min_version);
    native_.max_version = number(config.max_version);
    native_.client_auth = static_cast<std::uint32_t>(config.client_auth);
  }
  const unitls_server_config *get() const noexcept { return &native_; }

private:
  unitls_server_config native_{};
};

class native_session_config {
public:
  explicit native_session_config(const session_config &config) {
    for (const auto &name : config.reference_names) {
      names_.push_back(name.c_str());
    }
    native_.struct_size = sizeof native_;
    native_.server_name = config.server_name ? config.server_name->c_str() : nullptr;
    native_.reference_names = names_.data();
    native_.reference_name_count = names_.size();
  }
  native_session_config(const native_session_config &) = delete;
  native_session_config &operator=(const native_session_config &) = delete;

  const unitls_session_config *get() const noexcept { return &native_; }

private:
  std::vector<const char *> names_;
  unitls_session_config native_{};
};

// The file of an identity's certificate or key, for "private_key" or anything else after "identities[i]".
inline std::string path_in(const identity &source, std::string_view rest) {
  if (rest.starts_with(".private_key") && source.private_key) {
    return source.private_key->path();
  }
  return source.certificates.empty() ? std::string{} : source.certificates.front().path();
}

// The file that the blamed field was read from; empty when it came from elsewhere, or from several.
inline std::string path_of_field(const std::optional<trust_store> &trust,
                                 std::span<const identity> identities, std::string_view field) {
  if (field.starts_with("trust")) {
    return trust && trust->anchor_count() == 1 ? trust->path(0) : std::string{};
  }
  for (std::size_t i = 0; i < identities.size(); ++i) {
    const std::string prefix = "identities[" + std::to_string(i) + "]";
    if (field.starts_with(prefix)) {
      return path_in(identities[i], field.substr(prefix.size()));
    }
  }
  return {};
}

template <class Config>
void name_source(error_info &failure, const Config &config) {
  if (failure) {
    failure.set_subject(path_of_field(config.trust, identities_of(config), failure.field()));
  }
}

} // namespace detail

inline session_config session_config::for_host(std::string_view host) {
  session_config config;
  config.reference_names.emplace_back(host);
  if (!detail::is_ip_address(host)) {
    config.server_name = std::string(host);
  }
  return config;
}

} // namespace unitls
