// Verification of the peer's chain: GnuTLS's own verifier and the common rule, inside the handshake.
#pragma once

#include <vector>

#include <unitls/plugin/certificate_facts.hpp>
#include <unitls/plugin/peer.hpp>

#include "handles.hpp"

namespace unitls::gnutls {

// Frees what anchor_store::native holds for this backend.
void delete_anchor(void *anchor) noexcept;

// GnuTLS as a verifier of one chain.
class gnutls_verifier final : public plugin::chain_verifier {
public:
  gnutls_verifier(const plugin::anchor_store &anchors, plugin::purpose peer) noexcept
      : anchors_(anchors), peer_(peer) {}
  // As the offline verifier (table.hpp); the chain itself comes with verify().
  gnutls_verifier(const plugin::presented_chain &, const plugin::anchor_store &anchors,
                  plugin::purpose peer) noexcept
      : gnutls_verifier(anchors, peer) {}

  plugin::library_verdict verify(const plugin::presented_chain &chain,
                                 std::span<const plugin::anchor *const> candidates) override;
  bool accepts(std::span<const unitls_bytes> path) override;
  bool signature_holds(const plugin::signature_question &question) override;

private:
  const plugin::anchor_store &anchors_;
  plugin::purpose peer_;
  std::vector<unitls_bytes> path_;
};

plugin::sha256_digest sha256(plugin::bytes data);

// The certificates that the peer sent, in DER, leaf first: views into the session. Throws std::bad_alloc.
std::vector<unitls_bytes> presented_certificates(gnutls_session_t session);

} // namespace unitls::gnutls
