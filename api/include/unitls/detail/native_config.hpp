// unitls/detail/native_config.hpp: the C structs of configurations, and where the values in them were read from.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <unitls/config.hpp>
#include <unitls/credentials.hpp>
#include <unitls/error.hpp>
#include <unitls/unitls.h>

namespace unitls::detail {

inline const std::uint8_t *octets(std::string_view text) noexcept {
  return reinterpret_cast<const std::uint8_t *>(text.data());
}

// Any list of values that have a native().
template <class Value>
std::vector<unitls_blob> native_blobs(std::span<const Value> values) {
  std::vector<unitls_blob> blobs;
  blobs.reserve(values.size());
  for (const auto &value : values) {
    blobs.push_back(value.native());
  }
  return blobs;
}

// A trust and the blobs that it points to.
class native_trust {
public:
  explicit native_trust(const std::optional<trust_store> &store) {
    if (!store) {
      return;
    }
    for (std::size_t i = 0; i < store->anchor_count(); ++i) {
      anchors_.push_back(store->native(i));
    }
    native_.struct_size = sizeof native_;
    native_.flags = (store->is_system() ? std::uint32_t{UNITLS_TRUST_SYSTEM} : 0U) |
                    (anchors_.empty() ? 0U : std::uint32_t{UNITLS_TRUST_ANCHORS});
    native_.blobs = anchors_.data();
    native_.blob_count = anchors_.size();
  }
  native_trust(const native_trust &) = delete;
  native_trust &operator=(const native_trust &) = delete;

  // NULL when it is unset.
  const unitls_trust *get() const noexcept { return native_.struct_size != 0 ? &native_ : nullptr; }

private:
  std::vector<unitls_blob> anchors_;
  unitls_trust native_{};
};

// Revocation lists; none means that revocation is not asked for.
class native_crls {
public:
  explicit native_crls(std::span<const revocation_list> lists) : blobs_(native_blobs(lists)) {
    native_.struct_size = sizeof native_;
    native_.blobs = blobs_.data();
    native_.blob_count = blobs_.size();
  }
  native_crls(const native_crls &) = delete;
  native_crls &operator=(const native_crls &) = delete;

  const unitls_crls *get() const noexcept { return blobs_.empty() ? nullptr : &native_; }

private:
  std::vector<unitls_blob> blobs_;
  unitls_crls native_{};
};

class native_identities {
public:
  explicit native_identities(std::span<const identity> identities) {
    chains_.reserve(identities.size());
    identities_.reserve(identities.size());
    for (const auto &source : identities) {
      const auto &chain = chains_.emplace_back(native_blobs(std::span(source.certificates)));
      unitls_identity native{};
      native.struct_size = sizeof native;
      native.certificates = chain.data();
      native.certificate_count = chain.size();
      if (source.private_key) {
        native.private_key = source.private_key->native();
      }
      pointers_.push_back(&identities_.emplace_back(native));
    }
  }
  native_identities(const native_identities &) = delete;
  native_identities &operator=(const native_identities &) = delete;

  std::span<const unitls_identity *const> get() const noexcept { return pointers_; }

private:
  std::vector<std::vector<unitls_blob>> chains_;
  std::vector<unitls_identity> identities_;
  std::vector<const unitls_identity *> pointers_;
};

inline std::span<const identity> identities_of(const client_config &config) noexcept {
  return config.identity ? std::span(&*config.identity, 1) : std::span<const identity>{};
}
inline std::span<const identity> identities_of(const server_config &config) noexcept {
  return config.identities;
}

// What both sides have in common. It points into the configuration and into itself.
template <class Native>
class native_parts {
public:
  native_parts(const native_parts &) = delete;
  native_parts &operator=(const native_parts &) = delete;

  const Native *get() const noexcept { return &native_; }

protected:
  template <class Config>
  explicit native_parts(const Config &config)
      : trust_(config.trust), crls_(config.crls), identities_(identities_of(config)),
        tls12_cipher_suites_(numbers(config.tls12_cipher_suites)),
        tls13_cipher_suites_(numbers(config.tls13_cipher_suites)), groups_(numbers(config.groups)),
        signature_schemes_(numbers(config.signature_schemes)) {
    for (const auto &name : config.alpn) {
      alpn_.push_back({octets(name), name.size()});
    }
    for (const auto &[name, value] : config.options) {
      options_.push_back({name.c_str(), value.c_str()});
    }
    if (config.verify_callback) {
      verify_callback_ = config.verify_callback->native();
    }
    native_.struct_size = sizeof native_;
    native_.min_version = number(config.min_version);
    native_.max_version = number(config.max_version);
    point();
  }

  Native native_{};

private:
  template <class Named>
  static std::vector<std::uint16_t> numbers(const std::vector<Named> &named) {
    std::vector<std::uint16_t> result;
    result.reserve(named.size());
    for (const Named each : named) {
      result.push_back(static_cast<std::uint16_t>(each));
    }
    return result;
  }
  static std::uint16_t number(std::optional<version> value) noexcept {
    return value ? static_cast<std::uint16_t>(*value) : std::uint16_t{0};
  }

  void point() noexcept {
    native_.trust = trust_.get();
    native_.crls = crls_.get();
    native_.identities = identities_.get().data();
    native_.identity_count = identities_.get().size();
    native_.alpn = alpn_.data();
    native_.alpn_count = alpn_.size();
    native_.tls12_cipher_suites = tls12_cipher_suites_.data();
    native_.tls12_cipher_suite_count = tls12_cipher_suites_.size();
    native_.tls13_cipher_suites = tls13_cipher_suites_.data();
    native_.tls13_cipher_suite_count = tls13_cipher_suites_.size();
    native_.groups = groups_.data();
    native_.group_count = groups_.size();
    native_.signature_schemes = signature_schemes_.data();
    native_.signature_scheme_count = signature_schemes_.size();
    native_.options = options_.data();
    native_.option_count = options_.size();
    native_.verify_callback = verify_callback_ ? &*verify_callback_ : nullptr;
  }

  native_trust trust_;
  native_crls crls_;
  native_identities identities_;
  std::vector<unitls_bytes> alpn_;
  std::vector<std::uint16_t> tls12_cipher_suites_;
  std::vector<std::uint16_t> tls13_cipher_suites_;
  std::vector<std::uint16_t> groups_;
  std::vector<std::uint16_t> signature_schemes_;
  std::vector<unitls_option> options_;
  std::optional<unitls_verify_callback> verify_callback_;
};

class native_client_config : public native_parts<unitls_client_config> {
public:
  explicit native_client_config(const client_config &config) : native_parts(config) {
    for (const auto &pin : config.pins) {
      pins_.push_back({octets(pin.bytes().data()), pin.bytes().size()});
    }
    native_.pins = pins_.data();
    native_.pin_count = pins_.size();
  }

private:
  std::vector<unitls_bytes> pins_;
};

class native_server_config : public native_parts<unitls_server_config> {
public:
  explicit native_server_config(const server_config &config) : native_parts(config) {
    native_.client_auth = static_cast<std::uint32_t>(config.client_auth);
    native_.flags = config.strict_sni ? std::uint32_t{UNITLS_SERVER_STRICT_SNI} : 0U;
  }
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
    native_.user = config.user;
  }
  native_session_config(const native_session_config &) = delete;
  native_session_config &operator=(const native_session_config &) = delete;

  const unitls_session_config *get() const noexcept { return &native_; }

private:
  std::vector<const char *> names_;
  unitls_session_config native_{};
};

// "NAME[INDEX]REST", taken apart.
struct indexed_field {
  std::size_t index;
  std::string_view rest;
};

inline std::optional<indexed_field> index_of(std::string_view field, std::string_view name) noexcept {
  if (!field.starts_with(name) || !field.substr(name.size()).starts_with('[')) {
    return std::nullopt;
  }
  const char *const begin = field.data() + name.size() + 1;
  const char *const end = field.data() + field.size();
  std::size_t index = 0;
  const auto [at, problem] = std::from_chars(begin, end, index);
  if (problem != std::errc{} || at == end || *at != ']') {
    return std::nullopt;
  }
  return indexed_field{index, std::string_view(at + 1, static_cast<std::size_t>(end - at) - 1)};
}

// The file that "NAME[i]" in a list was read from, or the one file of all of it.
template <class Value>
std::string path_in(std::span<const Value> values, std::string_view field, std::string_view name) {
  if (const auto at = index_of(field, name)) {
    return at->index < values.size() ? values[at->index].path() : std::string{};
  }
  return values.size() == 1 ? values.front().path() : std::string{};
}

inline std::string path_in(const trust_store &store, std::string_view field) {
  if (const auto at = index_of(field, "trust.blobs")) {
    return at->index < store.anchor_count() ? store.path(at->index) : std::string{};
  }
  return store.anchor_count() == 1 ? store.path(0) : std::string{};
}

// The file of an identity's certificate or key. A key may stand among the certificates.
inline std::string path_in(const identity &source, std::string_view rest) {
  if (rest.starts_with(".private_key") && source.private_key) {
    return source.private_key->path();
  }
  if (const auto at = index_of(rest, ".certificates")) {
    return at->index < source.certificates.size() ? source.certificates[at->index].path() : std::string{};
  }
  return source.certificates.empty() ? std::string{} : source.certificates.front().path();
}

// The file that the blamed field was read from; empty when it came from elsewhere, or from several.
inline std::string path_of_field(const std::optional<trust_store> &trust,
                                 std::span<const revocation_list> crls, std::span<const identity> identities,
                                 std::string_view field) {
  if (field.starts_with("trust")) {
    return trust ? path_in(*trust, field) : std::string{};
  }
  if (field.starts_with("crls")) {
    return path_in(crls, field, "crls.blobs");
  }
  const auto at = index_of(field, "identities");
  return at && at->index < identities.size() ? path_in(identities[at->index], at->rest) : std::string{};
}

template <class Config>
void name_source(error_info &failure, const Config &config) {
  if (failure) {
    failure.set_subject(path_of_field(config.trust, config.crls, identities_of(config), failure.field()));
  }
}

} // namespace unitls::detail
