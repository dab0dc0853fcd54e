// The verification of a peer's chain inside a handshake, the same on every backend: the library's verdict and the
// common rule, both saying yes.
#pragma once

#include <optional>
#include <span>

#include <unitls/plugin/configuration.hpp>
#include <unitls/plugin/evaluator.hpp>

namespace unitls::plugin {

// What a backend brings to verify one chain (evaluator.hpp).
class chain_verifier : public library_verifier {
public:
  // The library's verdict on the chain as it was sent, trusting `candidates` and nothing else. Called at most once,
  // before any other member.
  virtual library_verdict verify(const presented_chain &chain, std::span<const anchor *const> candidates) = 0;

protected:
  ~chain_verifier() = default;
};

// Nothing when the peer is accepted; else the error of the session: UNITLS_E_CERTIFICATE with flags and a sentence,
// and in `alert` the alert that belongs to it. Never throws: what goes wrong is an error, too.
std::optional<unitls_error> verify_peer(const configuration &config, const backend_facts &facts,
                                        const session_settings &settings,
                                        std::span<const unitls_bytes> presented,
                                        chain_verifier &library) noexcept;

// The error of a server whose required client certificate did not come. The alert depends on the version.
unitls_error missing_client_certificate() noexcept;

} // namespace unitls::plugin
