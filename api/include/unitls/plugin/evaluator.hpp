// unitls/plugin/evaluator.hpp: one verdict and one set of verify flags, whatever the library.
//
// Accepting takes two: the library's own verifier and the rule implemented here. Each alone can only refuse.
// Flags come from the rule, never from a library's codes, so that every backend reports the same set for the
// same chain.
//
// How a backend uses it, inside the handshake:
//
//   presented_chain chain(entries);                   // what the peer sent
//   library_verdict first = ...;                      // the library's, with anchors.candidates(chain)
//   verdict result = judge(question, first, library); // the answer
//
// Rule (RFC 5280, 6, with the decisions that every library can keep):
//
//   the list      presented_chain::flags(); such a fault stands alone.
//   the path      Names are compared byte for byte. Every certificate of the store is an anchor, root or not,
//                 and ends the path. Anchors are tried before presented certificates. A path that ends
//                 without an anchor has one of bad_signature, self_signed, unknown_issuer.
//   its flags     All that hold, none hides another: dates (both ends valid), keys, signatures, purpose, CA,
//                 path length (self-issued CAs count), name constraints, critical extensions of the anchor,
//                 CRLs.
//   the name      name_mismatch, by name_match.hpp.
//   the library   Refuses where the rule accepts: other, alone.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGIN_EVALUATOR_HPP
#define UNITLS_PLUGIN_EVALUATOR_HPP

#include <unitls/plugin/anchor_store.hpp>
#include <unitls/plugin/crl.hpp>
#include <unitls/plugin/name_match.hpp>
#include <unitls/plugin/presented_chain.hpp>
#include <unitls/types.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace unitls::plugin {

// Bounds of one verification. Reaching one in the search without having found an anchored path is
// UNITLS_VERIFY_CHAIN_TOO_LONG.
namespace limits {
inline constexpr size_t intermediates = 8;
inline constexpr size_t path_length = intermediates + 2; // with leaf and anchor
inline constexpr size_t signature_checks = 100;
inline constexpr size_t crl_signature_checks = 100; // beyond it a CRL counts as not verified
inline constexpr size_t finished_paths = 200;
inline constexpr size_t candidates_examined = size_t{1} << 18;
// Names against constraints: one path beyond it has UNITLS_VERIFY_NAME_CONSTRAINT; the search ends at four
// times it.
inline constexpr size_t name_comparisons = size_t{1} << 20;
inline constexpr size_t name_comparisons_of_search = size_t{1} << 22;
} // namespace limits

// Whose certificate is judged.
enum class purpose : uint8_t { server, client };

// What is asked. All of it is borrowed for the call.
struct chain_question {
  const presented_chain &presented;
  const anchor_store &anchors;
  // Looked at only when crls_asked; then every certificate below the anchor needs one.
  std::span<const revocation_list> crls;
  bool crls_asked = false;
  // Unix seconds.
  int64_t time = 0;
  purpose peer = purpose::server;
  // The peer must be one of these. Not looked at without check_name; with it, an empty list matches nobody.
  std::span<const reference_name> names;
  bool check_name = false;
};

// "Does this key verify these bytes": `issuer_spki` is a SubjectPublicKeyInfo and `algorithm` an
// AlgorithmIdentifier, both in DER; `signed_bytes` is a TBSCertificate or TBSCertList.
struct signature_question {
  bytes issuer_spki;
  bytes algorithm;
  bytes signed_bytes;
  bytes signature;
};

// What a backend brings. Called only inside judge(), on its thread; may throw, which passes through judge().
class library_verifier {
public:
  // Anything that the library cannot read is false.
  virtual bool signature_holds(const signature_question &question) = 0;

  // The library's own verdict on exactly this path, leaf first, with its last certificate as the only anchor.
  // It leaves validity dates and names aside, which judge() has judged. A path of one certificate is a leaf
  // that is itself an anchor: no signature is in question, and a backend whose library cannot trust such a
  // certificate answers true after checking that the library reads it.
  virtual bool accepts(std::span<const unitls_bytes> path) = 0;

protected:
  ~library_verifier() = default;
};

// What the library said about the list as it was sent, validity dates left aside where its clock cannot be
// set.
struct library_verdict {
  bool accepted = false;
  // The path that it verified, leaf first, the anchor last. Its bytes must be those of presented certificates
  // and of an anchor; a path which is not one of question.anchors' does not count as accepted. Empty when
  // refused.
  std::span<const unitls_bytes> path;
};

struct verdict {
  // 0 exactly when accepted.
  unitls_verify_flags flags = 0;
  bool accepted = false;
  // The path that was judged, leaf first; its last is an anchor when `anchored`. Empty when no path was
  // looked at. Views into the presented certificates and the store.
  std::vector<unitls_bytes> path;
  bool anchored = false;
};

// The answer. Where the library accepted and the rule finds nothing on its path, no signature is checked
// again (except those of CRLs). May throw std::bad_alloc.
verdict judge(const chain_question &question, const library_verdict &first, library_verifier &library);

} // namespace unitls::plugin

#endif // UNITLS_PLUGIN_EVALUATOR_HPP
