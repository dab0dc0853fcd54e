// Verification of the peer's chain: OpenSSL's own verifier and the common rule, inside the handshake and without one.
#pragma once

#include <array>

#include <unitls/plugin/peer.hpp>

#include "handles.hpp"

namespace unitls::openssl {

// Frees what anchor_store::native holds for this backend.
void delete_anchor(void *anchor) noexcept;

// OpenSSL as a verifier of one chain.
class handshake_verifier final : public plugin::chain_verifier {
public:
  // `store` is the handshake's own, prepared by OpenSSL with the peer's certificates and the purpose.
  handshake_verifier(X509_STORE_CTX &store, const plugin::anchor_store &anchors) noexcept
      : store_(store), anchors_(anchors) {}
  ~handshake_verifier() { X509_STORE_CTX_set0_trusted_stack(&store_, nullptr); }
  handshake_verifier(const handshake_verifier &) = delete;
  handshake_verifier &operator=(const handshake_verifier &) = delete;

  plugin::library_verdict verify(const plugin::presented_chain &chain,
                                 std::span<const plugin::anchor *const> candidates) override;
  bool accepts(std::span<const unitls_bytes> path) override;
  bool signature_holds(const plugin::signature_question &question) override;

private:
  X509_STORE_CTX &store_;
  const plugin::anchor_store &anchors_;
  borrowing_stack trusted_; // OpenSSL keeps it by address
  std::vector<std::vector<std::uint8_t>> encodings_;
  std::vector<unitls_bytes> path_;
};

// The same with a store of its own, which is set up as a handshake's is, but leaves dates to the common rule: the time
// in question may be any.
class offline_verifier final : public plugin::chain_verifier {
public:
  // May throw std::bad_alloc.
  offline_verifier(const plugin::presented_chain &chain, const plugin::anchor_store &anchors,
                   plugin::purpose peer);

  plugin::library_verdict verify(const plugin::presented_chain &chain,
                                 std::span<const plugin::anchor *const> candidates) override;
  bool accepts(std::span<const unitls_bytes> path) override { return library_.accepts(path); }
  bool signature_holds(const plugin::signature_question &question) override {
    return library_.signature_holds(question);
  }

private:
  owning_stack presented_;
  x509_store_ctx_handle store_;
  handshake_verifier library_;
};

// The certificates of a stack in DER, in its order. `memory` holds the bytes. Throws std::bad_alloc.
std::vector<unitls_bytes> encode_certificates(const STACK_OF(X509) * certificates,
                                              std::vector<std::vector<std::uint8_t>> &memory);

// May throw std::bad_alloc.
std::array<std::uint8_t, 32> sha256(plugin::bytes data);

} // namespace unitls::openssl
