// unitls/chain.hpp: a chain judged without a connection, by a backend with "unitls.verify-chain/1".
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <unitls/credentials.hpp>
#include <unitls/detail/collect.hpp>
#include <unitls/detail/native_config.hpp>
#include <unitls/error.hpp>
#include <unitls/unitls.h>
#include <unitls/verify.hpp>

namespace unitls {

struct chain_request {
  // As a peer presents it, leaf first.
  std::vector<certificate> chain{};
  // Unset: the system's store for a server's chain; a client's needs one.
  std::optional<trust_store> trust{};
  // Empty: revocation is not asked for.
  std::vector<revocation_list> crls{};
  // The leaf must have one of these. Empty: no name is asked for.
  std::vector<std::string> reference_names{};
  // When the chain is to be valid. Unset: now.
  std::optional<std::chrono::sys_seconds> time{};
  unitls::purpose purpose = unitls::purpose::server;

  friend bool operator==(const chain_request &, const chain_request &) = default;
};

struct [[nodiscard]] chain_verdict {
  // Why the chain is refused, with all of its flags; empty when it is accepted.
  error_info refusal{};
  // The path that was judged, leaf first, also a refused one.
  std::vector<certificate> path{};

  bool is_accepted() const noexcept { return !refusal; }
  verify_flags flags() const noexcept { return refusal.flags(); }
};

namespace detail {

inline std::int64_t native_time(const std::optional<std::chrono::sys_seconds> &time) noexcept {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return time.value_or(now).time_since_epoch().count();
}

inline std::string path_of_field(const chain_request &request, std::string_view field) {
  return field.starts_with("chain") ? path_in(std::span<const certificate>(request.chain), field, "chain")
                                    : path_of_field(request.trust, request.crls, {}, field);
}

inline std::optional<chain_verdict> run_verify_chain(const unitls_backend_ref *backend,
                                                     const chain_request &request, error_info &failure) {
  const auto chain = native_blobs(std::span<const certificate>(request.chain));
  const native_trust trust(request.trust);
  const native_crls crls(request.crls);
  std::vector<const char *> names;
  for (const auto &name : request.reference_names) {
    names.push_back(name.c_str());
  }
  unitls_verify_chain_request native{};
  native.struct_size = sizeof native;
  native.chain = chain.data();
  native.chain_count = chain.size();
  native.trust = trust.get();
  native.crls = crls.get();
  native.reference_names = names.data();
  native.reference_name_count = names.size();
  native.time = native_time(request.time);
  native.purpose = static_cast<std::uint32_t>(request.purpose);

  chain_verdict verdict;
  collect<unitls_bytes>(
      [&](auto sink, void *user) {
        return ::unitls_backend_ref_verify_chain(backend, &native, sink, user, failure.receive());
      },
      [&verdict](unitls_bytes der) { verdict.path.push_back(certificate::from_der(as_span(der))); });
  if (failure.status() == status::certificate_rejected) {
    std::swap(verdict.refusal, failure);
    failure.clear();
    return verdict;
  }
  if (failure) {
    failure.set_subject(path_of_field(request, failure.field()));
    return std::nullopt;
  }
  return verdict;
}

} // namespace detail
} // namespace unitls
