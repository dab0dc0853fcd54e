// Verification of the peer's chain: OpenSSL's own verifier and the common rule, inside the handshake.
#pragma once

#include <unitls/plugin/peer.hpp>

#include "handles.hpp"

namespace unitls::openssl {

// Frees what anchor_store::native holds for this backend.
void delete_anchor(void *anchor) noexcept;

// OpenSSL as a verifier of one chain.
class openssl_verifier final : public plugin::chain_verifier {
public:
  // `store` is the handshake's own, prepared by OpenSSL with the peer's certificates and the purpose.
  openssl_verifier(X509_STORE_CTX &store, const plugin::anchor_store &anchors) noexcept
      : store_(store), anchors_(anchors) {}

  plugin::library_verdict verify(const plugin::presented_chain &chain,
                                 std::span<const plugin::anchor *const> candidates) override;
  bool accepts(std::span<const unitls_bytes> path) override;
  bool signature_holds(const plugin::signature_question &question) override;

private:
  X509_STORE_CTX &store_;
  const plugin::anchor_store &anchors_;
  borrowing_stack trusted_; // OpenSSL keeps it by address until the handshake's store is freed
  std::vector<std::vector<std::uint8_t>> encodings_;
  std::vector<unitls_bytes> path_;
};

// The certificates that the peer sent, in DER, leaf first. `memory` holds the bytes. Throws std::bad_alloc.
std::vector<unitls_bytes> encode_certificates(const STACK_OF(X509) * certificates,
                                              std::vector<std::vector<std::uint8_t>> &memory);

} // namespace unitls::openssl
