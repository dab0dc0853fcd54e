// Configurations as a backend wants them: every rule that does not depend on the library is checked, everything is
// copied and decoded to DER.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unitls/backend.h>
#include <unitls/plugin/anchor_store.hpp>
#include <unitls/plugin/crl.hpp>
#include <unitls/plugin/error.hpp>
#include <unitls/plugin/evaluator.hpp>
#include <unitls/plugin/name_match.hpp>
#include <unitls/plugin/secret.hpp>

namespace unitls::plugin {

struct option_description {
  const char *name;
  const char *type;
  const char *description;
  std::uint32_t changes; // UNITLS_OPTION_CHANGES_...
};

// What this backend can do, as far as a configuration can ask for it.
struct backend_facts {
  const char *id;
  bool tls13;
  // ALPN beyond the core of 8 names of 1 to 31 bytes without NUL.
  std::size_t alpn_count_max;
  std::size_t alpn_size_max;
  bool alpn_nul;
  bool identity_set;
  // Whether the library has a parameter at all, by its IANA number. Null: it leaves no choice.
  bool (*has_cipher_suite)(std::uint16_t number);
  bool (*has_group)(std::uint16_t number);
  bool (*has_signature_scheme)(std::uint16_t number);
  // Whether a verify callback may put off its answer.
  bool async_verify_client;
  bool async_verify_server;
  library_abilities certificates;
  // Frees the library's own objects for anchors (anchor_store::native).
  anchor_store::native_deleter delete_anchor;
  std::span<const option_description> options;
};

// What one host made of this backend: tables are bound to it (backend.h, unitls_plugin::open).
class backend_instance {
public:
  backend_instance(const unitls_host &host, const backend_facts &facts) noexcept
      : host_(&host), facts_(&facts) {}

  const backend_facts &facts() const noexcept { return *facts_; }
  void log(std::int32_t level, const char *text) const noexcept { host_->log(host_->user, level, text); }

  // The anchors of a trust, parsed once for each generation. `make` is called when they are not known yet; what it
  // makes is kept when it holds any.
  template <class Make>
  std::shared_ptr<const anchor_store> anchors(std::uint64_t generation, Make &&make) {
    if (generation == 0) {
      return make();
    }
    const std::lock_guard lock(mutex_);
    for (const auto &[known, store] : anchors_) {
      if (known == generation) {
        return store;
      }
    }
    std::shared_ptr<const anchor_store> made = make();
    if (!made->empty()) {
      if (anchors_.size() == generations_kept) {
        anchors_.erase(anchors_.begin());
      }
      anchors_.emplace_back(generation, made);
    }
    return made;
  }

private:
  static constexpr std::size_t generations_kept = 8;

  const unitls_host *host_;
  const backend_facts *facts_;
  std::mutex mutex_;
  std::vector<std::pair<std::uint64_t, std::shared_ptr<const anchor_store>>> anchors_; // the oldest first
};

// A chain, leaf first, and its key, all in DER.
struct identity {
  std::vector<secret_bytes> certificates;
  secret_bytes private_key;
};

enum class peer_certificate : std::uint8_t { ignored, requested, required };

// What of the common verdict counts (insecure.h).
enum class verification : std::uint8_t { full, no_name_check, none };

// Parameters by their IANA numbers; an empty list is the library's own.
struct parameter_lists {
  std::vector<std::uint16_t> tls12_cipher_suites;
  std::vector<std::uint16_t> tls13_cipher_suites;
  std::vector<std::uint16_t> groups;
  std::vector<std::uint16_t> signature_schemes;
};

// Either side's configuration.
struct configuration {
  bool is_server = false;
  std::uint16_t min_version = 0;
  std::uint16_t max_version = 0; // never 0, never above what the backend has
  peer_certificate peer = peer_certificate::ignored;
  verification verify = verification::full;
  std::shared_ptr<const anchor_store>
      anchors; // null when the peer's certificate is ignored; may be empty when
               // nothing is verified
  std::shared_ptr<const revocation_set> crls; // null: revocation is not asked for
  unitls_verify_callback callback{};          // verify is null: none
  std::vector<identity> identities;
  bool strict_sni = false;
  parameter_lists parameters;
  std::vector<std::string> alpn;
  std::vector<std::pair<std::string, std::string>> options;
};

// Check and copy; the first fault is thrown as `error`.
configuration decode(const unitls_client_config &config, backend_instance &backend);
configuration decode(const unitls_server_config &config, backend_instance &backend);

// Report all faults. The status is the sink's.
unitls_status check(const unitls_client_config &config, backend_instance &backend, unitls_finding_sink sink,
                    void *user);
unitls_status check(const unitls_server_config &config, backend_instance &backend, unitls_finding_sink sink,
                    void *user);

// What one session needs. The names point into it, so it stays where it was made.
class session_settings {
public:
  // Checks and copies; a fault is thrown as `error`. A client that verifies names needs one.
  session_settings(const unitls_session_config &config, const configuration &context);
  session_settings(const session_settings &) = delete;
  session_settings &operator=(const session_settings &) = delete;

  // NUL-ended; null when no SNI is to be sent.
  const char *server_name() const noexcept { return sends_name_ ? texts_.c_str() : nullptr; }
  std::span<const reference_name> names() const noexcept { return names_; }
  // For the verify callback.
  void *user() const noexcept { return user_; }

private:
  std::string texts_; // server_name, then the reference names, each with its NUL
  std::vector<reference_name> names_;
  void *user_ = nullptr;
  bool sends_name_ = false;
};

} // namespace unitls::plugin
