// unitls/loader.hpp: finding and opening backends.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unitls/certificate_info.hpp>
#include <unitls/chain.hpp>
#include <unitls/config.hpp>
#include <unitls/detail/collect.hpp>
#include <unitls/detail/native_config.hpp>
#include <unitls/error.hpp>
#include <unitls/names.hpp>
#include <unitls/unitls.h>

namespace unitls {

// A setting that a backend offers.
struct option_description {
  std::string name;
  // "integer", "text", "boolean" or a set such as "low|high".
  std::string type;
  std::string description;
  // UNITLS_OPTION_CHANGES_...: what a policy asks.
  std::uint32_t changes = 0;

  friend bool operator==(const option_description &, const option_description &) = default;
};

// One loaded TLS library. A cheap handle; it outlives its loader.
class backend {
public:
  std::string_view id() const noexcept { return ::unitls_backend_ref_id(handle_.get()); }
  std::string_view path() const noexcept { return ::unitls_backend_ref_path(handle_.get()); }
  std::string_view version() const noexcept { return ::unitls_backend_ref_version(handle_.get()); }
  std::string_view description() const noexcept { return ::unitls_backend_ref_description(handle_.get()); }
  // "OpenSSL 3.0.22", as it was found when it was loaded.
  std::string_view library_version() const noexcept {
    return ::unitls_backend_ref_library_version(handle_.get());
  }
  // Why this backend and no other: "UNITLS_BACKEND", "asked for by the program", "FILE:LINE" ...
  std::string_view chosen_by() const noexcept { return ::unitls_backend_ref_chosen_by(handle_.get()); }

  std::vector<std::string_view> capabilities() const {
    std::vector<std::string_view> all;
    for (auto item = ::unitls_backend_ref_capabilities(handle_.get()); *item != nullptr; ++item) {
      all.emplace_back(*item);
    }
    return all;
  }
  bool supports(const std::string &capability) const noexcept {
    return ::unitls_backend_ref_supports(handle_.get(), capability.c_str()) != 0;
  }

  // In the library's order of preference.
  std::vector<cipher_suite> cipher_suites() const { return numbers<cipher_suite>(UNITLS_LIST_CIPHER_SUITES); }
  std::vector<group> groups() const { return numbers<group>(UNITLS_LIST_GROUPS); }
  std::vector<signature_scheme> signature_schemes() const {
    return numbers<signature_scheme>(UNITLS_LIST_SIGNATURE_SCHEMES);
  }
  std::vector<option_description> options() const {
    std::vector<option_description> all;
    list(UNITLS_LIST_OPTIONS, [&all](const unitls_item &item) {
      const auto text = [](const char *from) { return std::string(from != nullptr ? from : ""); };
      all.push_back({text(item.name), text(item.type), text(item.description), item.number});
    });
    return all;
  }

  // Everything that is wrong with a configuration; empty when nothing is.
  std::vector<error_info> check(const client_config &config) const {
    const detail::native_client_config native(config);
    return check(config, native, &::unitls_client_config_check);
  }
  std::vector<error_info> check(const server_config &config) const {
    const detail::native_server_config native(config);
    return check(config, native, &::unitls_server_config_check);
  }

  // Judges a chain as in a handshake, without a connection. A chain that is refused is an answer, not a failure.
  // status::unsupported from a backend without "unitls.verify-chain/1".
  chain_verdict verify_chain(const chain_request &request) const {
    return detail::value_or_throw([&](error_info &failure) { return verify_chain(request, failure); });
  }
  std::optional<chain_verdict> verify_chain(const chain_request &request, error_info &failure) const {
    return detail::run_verify_chain(native(), request, failure);
  }

  // What stands in a certificate, or in each one of a PEM text. status::unsupported from a backend without
  // "unitls.certificate-info/1".
  std::vector<unitls::certificate_info> certificate_info(const certificate &source) const {
    return detail::or_throw([&](error_info &failure) { return certificate_info(source, failure); });
  }
  std::vector<unitls::certificate_info> certificate_info(const certificate &source,
                                                         error_info &failure) const {
    return detail::read_certificate_info(native(), source, failure);
  }

  // An extension's functions (unitls/backend.h, get_extension), or nullptr.
  const void *extension(const std::string &name) const noexcept {
    return ::unitls_backend_ref_extension(handle_.get(), name.c_str());
  }

  unitls_backend_ref *native() const noexcept { return handle_.get(); }
  // Takes over one count.
  static backend from_native(unitls_backend_ref *handle) noexcept { return backend(handle); }

  friend bool operator==(const backend &a, const backend &b) noexcept { return a.native() == b.native(); }

private:
  using counted_handle =
      detail::counted<unitls_backend_ref, &::unitls_backend_ref_retain, &::unitls_backend_ref_release>;

  explicit backend(unitls_backend_ref *handle) noexcept : handle_(handle) {}

  template <class Take>
  void list(std::int32_t kind, Take take) const {
    const unitls_status status = detail::collect<const unitls_item *>(
        [&](auto sink, void *user) { return ::unitls_backend_ref_list(native(), kind, sink, user); },
        [&take](const unitls_item *item) { take(*item); });
    if (status < 0) {
      throw error({detail::to_status(status), "the backend cannot list what it has"});
    }
  }

  template <class Named>
  std::vector<Named> numbers(std::int32_t kind) const {
    std::vector<Named> all;
    list(kind, [&all](const unitls_item &item) {
      all.push_back(static_cast<Named>(static_cast<std::uint16_t>(item.number)));
    });
    return all;
  }

  template <class Config, class Native, class Check>
  std::vector<error_info> check(const Config &config, const Native &native_config, Check call) const {
    std::vector<error_info> findings;
    const unitls_status status = detail::collect<const unitls_error *>(
        [&](auto sink, void *user) { return call(native(), native_config.get(), sink, user); },
        [&](const unitls_error *finding) {
          auto &added = findings.emplace_back(*finding);
          detail::name_source(added, config);
        });
    if (status < 0 && findings.empty()) {
      throw error({detail::to_status(status), "the configuration could not be checked"});
    }
    return findings;
  }

  counted_handle handle_;
};

enum class candidate_state : std::uint32_t {
  found = UNITLS_CANDIDATE_FOUND,
  loaded = UNITLS_CANDIDATE_LOADED,
  rejected = UNITLS_CANDIDATE_REJECTED,
  disabled = UNITLS_CANDIDATE_DISABLED,
  masked = UNITLS_CANDIDATE_MASKED,
};

inline std::string to_string(candidate_state state) {
  switch (state) {
  case candidate_state::found:
    return "found";
  case candidate_state::loaded:
    return "loaded";
  case candidate_state::rejected:
    return "rejected";
  case candidate_state::disabled:
    return "disabled";
  case candidate_state::masked:
    return "masked";
  }
  return "state " + std::to_string(static_cast<std::uint32_t>(state));
}

// One plugin file that was found, or should have been. What is not known is empty.
struct candidate {
  candidate_state state = candidate_state::found;
  std::int32_t priority = 0;
  std::string id;
  std::string path;
  // What names it: "FILE:LINE" of a registry, or "found in FOLDER".
  std::string source;
  // Why it cannot be used.
  std::string reason;
  std::string version;
  std::string description;
  std::string library_build_version;
  std::vector<std::string> capabilities;

  friend bool operator==(const candidate &, const candidate &) = default;
};

// One line: "PATH: REASON", or "ID: REASON" of what was not found.
inline std::string to_string(const candidate &item) {
  const std::string about = (item.path.empty() ? item.id : item.path) + ": ";
  if (item.reason.starts_with(about)) {
    return item.reason;
  }
  return about + (item.reason.empty() ? to_string(item.state) : item.reason);
}

namespace detail {

inline candidate copy(const unitls_candidate &from) {
  candidate to{.state = static_cast<candidate_state>(from.state),
               .priority = from.priority,
               .id = from.id,
               .path = from.path,
               .source = from.source,
               .reason = from.reason,
               .version = from.version,
               .description = from.description,
               .library_build_version = from.library_build_version,
               .capabilities = {}};
  for (auto item = from.capabilities; item != nullptr && *item != nullptr; ++item) {
    to.capabilities.emplace_back(*item);
  }
  return to;
}

} // namespace detail

// What a plugin file is that somebody names, as an installer does before it registers one. Nothing of it runs, and who
// owns it does not matter here. status::bad_plugin when no loader of this version would take it.
inline std::optional<candidate> inspect_plugin(const std::filesystem::path &file, error_info &failure) {
  std::optional<candidate> seen;
  detail::collect<const unitls_candidate *>(
      [&](auto sink, void *user) {
        return ::unitls_plugin_inspect(file.c_str(), sink, user, failure.receive());
      },
      [&seen](const unitls_candidate *item) { seen = detail::copy(*item); });
  return seen;
}
inline candidate inspect_plugin(const std::filesystem::path &file) {
  return detail::value_or_throw([&](error_info &failure) { return inspect_plugin(file, failure); });
}

// A snapshot of environment and registry. Reading it runs no plugin's code.
class loader {
public:
  loader() : loader(make_or_throw(nullptr)) {}
  // Puts one registry file above all others.
  explicit loader(const std::filesystem::path &registry) : loader(make_or_throw(registry.c_str())) {}
  static std::optional<loader> create(error_info &failure) { return make(nullptr, failure); }
  static std::optional<loader> create(const std::filesystem::path &registry, error_info &failure) {
    return make(registry.c_str(), failure);
  }

  // Chooses and loads a backend: by UNITLS_BACKEND, else the first of `preferred` that loads, else by the registry.
  // what() of the error names what exists, and why the rest cannot be used.
  backend select() { return select(std::span<const std::string>{}); }
  std::optional<backend> select(error_info &failure) {
    return select(std::span<const std::string>{}, failure);
  }
  backend select(std::initializer_list<std::string> preferred) { return select(std::span(preferred)); }
  std::optional<backend> select(std::initializer_list<std::string> preferred, error_info &failure) {
    return select(std::span(preferred), failure);
  }
  backend select(std::span<const std::string> preferred) {
    return detail::value_or_throw([&](error_info &failure) { return select(preferred, failure); });
  }
  std::optional<backend> select(std::span<const std::string> preferred, error_info &failure) {
    std::vector<const char *> ids;
    for (const auto &id : preferred) {
      ids.push_back(id.c_str());
    }
    return opened(
        [&](unitls_backend_ref **made, unitls_error *err) {
          return ::unitls_loader_select(handle_.get(), ids.data(), ids.size(), made, err);
        },
        failure);
  }

  // Loads this backend and no other, whatever UNITLS_BACKEND says.
  backend open(const std::string &id) {
    return detail::value_or_throw([&](error_info &failure) { return open(id, failure); });
  }
  std::optional<backend> open(const std::string &id, error_info &failure) {
    return opened(
        [&](unitls_backend_ref **made, unitls_error *err) {
          return ::unitls_loader_open(handle_.get(), id.c_str(), made, err);
        },
        failure);
  }

  // The preferred ones first.
  std::vector<candidate> candidates() const {
    std::vector<candidate> all;
    const unitls_status status = detail::collect<const unitls_candidate *>(
        [&](auto sink, void *user) { return ::unitls_loader_candidates(handle_.get(), sink, user); },
        [&all](const unitls_candidate *item) { all.push_back(detail::copy(*item)); });
    if (status < 0) {
      throw error({detail::to_status(status), "the candidates could not be listed"});
    }
    return all;
  }

  // Where was searched, what was found and decided, and why: lines that end with '\n'.
  std::string explain() const {
    std::string text;
    const unitls_status status = detail::collect<const char *>(
        [&](auto sink, void *user) { return ::unitls_loader_explain(handle_.get(), sink, user); },
        [&text](const char *line) { (text += line) += '\n'; });
    if (status < 0) {
      throw error({detail::to_status(status), "the selection could not be explained"});
    }
    return text;
  }

  unitls_loader *native() const noexcept { return handle_.get(); }

private:
  struct destroy {
    void operator()(unitls_loader *handle) const noexcept { ::unitls_loader_destroy(handle); }
  };

  explicit loader(unitls_loader *handle) noexcept : handle_(handle) {}

  static std::optional<loader> make(const char *registry, error_info &failure) {
    unitls_loader_config config{};
    config.struct_size = sizeof config;
    config.registry_path = registry;
    unitls_loader *made = nullptr;
    ::unitls_loader_create(&config, &made, failure.receive());
    return failure ? std::nullopt : std::optional(loader(made));
  }
  static loader make_or_throw(const char *registry) {
    return detail::value_or_throw([&](error_info &failure) { return make(registry, failure); });
  }

  template <class Call>
  std::optional<backend> opened(const Call &call, error_info &failure) const {
    unitls_backend_ref *made = nullptr;
    call(&made, failure.receive());
    if (failure) {
      failure.set_details(unusable(failure));
      return std::nullopt;
    }
    return backend::from_native(made);
  }

  // Those that cannot be used, and why, a line each.
  std::string unusable(const error_info &failure) const {
    std::string text;
    const auto all = candidates();
    for (const auto &item : all) {
      if (!item.reason.empty()) {
        (text += "\n  ") += to_string(item);
      }
    }
    return all.empty() && failure.status() != status::forbidden_by_policy ? "\n  no plugin was found" : text;
  }

  std::unique_ptr<unitls_loader, destroy> handle_;
};

} // namespace unitls
