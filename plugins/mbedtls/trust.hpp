// Verification of the peer's chain: mbedTLS's own verifier and the common rule, inside the handshake.
#pragma once

#include <array>

#include <unitls/plugin/certificate_facts.hpp>
#include <unitls/plugin/peer.hpp>

#include "handles.hpp"
#include "version.hpp"

namespace unitls::mbedtls {

// Reads one certificate and appends it to a list, also with critical extensions that mbedTLS does not know.
// Without `copy` the bytes must live as long as the list. Answers mbedTLS's code; throws std::bad_alloc.
int append_certificate(mbedtls_x509_crt &list, plugin::bytes der, bool copy);

// Frees what anchor_store::native holds for this backend.
void delete_anchor(void *anchors) noexcept;

// All anchors of a store that mbedTLS can read, made once for each store and kept as long as it. Null for an
// empty store. Throws std::bad_alloc.
mbedtls_x509_crt *anchors_of(const plugin::anchor_store &store);

// Lets everything pass that mbedTLS can compute: which algorithms and keys are strong enough, the common rule
// says.
const mbedtls_x509_crt_profile &permissive_profile() noexcept;

// What mbedTLS's verifier says of the path that it built, collected from its callback: from the top down to
// the leaf, which has depth 0.
class recorded_path {
public:
  // False when the path is longer than any that mbedTLS builds.
  bool add(const mbedtls_x509_crt &certificate, std::uint32_t flags) noexcept;

  // The names and the dates are judged by the common rule.
  bool accepted() const noexcept;
  std::size_t size() const noexcept { return size_; }
  // Leaf first.
  const mbedtls_x509_crt &operator[](std::size_t depth) const noexcept { return *path_[size_ - 1 - depth]; }

private:
  std::array<const mbedtls_x509_crt *, MBEDTLS_X509_MAX_VERIFY_CHAIN_SIZE> path_{};
  std::uint8_t size_ = 0;
  std::uint32_t flags_ = 0;
};

// mbedTLS as a verifier of one chain.
class mbedtls_verifier : public plugin::chain_verifier {
public:
  bool accepts(std::span<const unitls_bytes> path) final;
  bool signature_holds(const plugin::signature_question &question) final;

protected:
  ~mbedtls_verifier() = default;
  // What mbedTLS had all anchors for; a path to one that is no candidate does not count.
  plugin::library_verdict verdict_on(const recorded_path &recorded,
                                     std::span<const plugin::anchor *const> candidates);

private:
  std::vector<unitls_bytes> path_;
};

// Inside a handshake: mbedTLS has verified already.
class handshake_verifier final : public mbedtls_verifier {
public:
  explicit handshake_verifier(const recorded_path &recorded) noexcept : recorded_(recorded) {}

  plugin::library_verdict verify(const plugin::presented_chain &chain,
                                 std::span<const plugin::anchor *const> candidates) override;

private:
  const recorded_path &recorded_;
};

// Without a handshake: mbedTLS verifies when it is asked.
class offline_verifier final : public mbedtls_verifier {
public:
  offline_verifier(const plugin::presented_chain &, const plugin::anchor_store &anchors,
                   plugin::purpose) noexcept
      : anchors_(anchors) {}

  plugin::library_verdict verify(const plugin::presented_chain &chain,
                                 std::span<const plugin::anchor *const> candidates) override;

private:
  const plugin::anchor_store &anchors_;
  x509_crt_handle presented_;
  recorded_path recorded_;
};

// The certificates of a list, in DER. Throws std::bad_alloc.
std::vector<unitls_bytes> encode_certificates(const mbedtls_x509_crt *certificates);

// Throws plugin::error.
plugin::sha256_digest sha256(plugin::bytes data);

} // namespace unitls::mbedtls
