// Versions, cipher suites, groups and signature schemes as GnuTLS's priorities.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <unitls/plugin/configuration.hpp>

#include "handles.hpp"
#include "suite_product.hpp"

namespace unitls::gnutls {

// Immutable, shared by threads.
class parameters {
public:
  parameters() = default;
  // A fault is thrown as an error on its field.
  explicit parameters(const plugin::configuration &config);

  // What every session begins with.
  gnutls_priority_t initial() const noexcept { return initial_.get(); }

  // A server with a list of suites takes other priorities when the version is known, and where even these would be too
  // wide, when it is known what the client offers.
  bool need_version() const noexcept { return !by_version_.empty(); }
  bool need_offer() const noexcept;
  // Null: it depends on the offer.
  gnutls_priority_t for_version(std::uint16_t version) const noexcept;
  // Of the list of TLS 1.2 as many offered suites with these key exchanges as go together. Null when there is none. May
  // throw std::bad_alloc.
  priority_handle for_offer(std::span<const std::uint16_t> offered,
                            std::span<const gnutls_kx_algorithm_t> key_exchanges) const;

private:
  struct version_priority {
    std::uint16_t version;
    priority_handle priority; // null: it depends on the offer
  };

  void apply_options(const plugin::configuration &config);
  void apply_versions(const plugin::configuration &config);
  void apply_groups();
  void apply_signature_schemes();
  void apply_client_suites();
  void apply_server_suites();
  version_priority make_server_suites(std::uint16_t version) const;

  std::span<const std::uint16_t> list_of(std::uint16_t version) const noexcept;
  // Null when GnuTLS refuses, and `code` says why.
  priority_handle make_priority(const std::string &suites, int &code) const;
  priority_handle make_priority(const std::string &suites, const char *field) const;
  [[noreturn]] void refuse_stranger(const native_suite &stranger) const;
  void check_suites(gnutls_priority_t priority, std::uint16_t version) const;

  plugin::parameter_lists lists_;
  std::string base_; // of an option; empty for the system's own priorities
  std::string changes_;
  priority_handle initial_;
  std::vector<version_priority> by_version_;
};

} // namespace unitls::gnutls
