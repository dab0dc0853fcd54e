#include "trust_reader.hpp"

#include "credentials.hpp"
#include "requests.hpp"

namespace unitls::plugin {
namespace {

std::shared_ptr<const anchor_store> parse_anchors(const unitls_trust &trust, backend_instance &backend,
                                                  const findings &found) {
  std::vector<secret_bytes> certificates;
  for (std::size_t i = 0; i < trust.blob_count; ++i) {
    read_certificates(trust.blobs[i], indexed("trust.blobs", i), found, certificates);
  }
  std::vector<unitls_bytes> views;
  views.reserve(certificates.size());
  for (const secret_bytes &der : certificates) {
    views.push_back({der.data(), der.size()});
  }
  auto store = anchor_store::create(views, backend.facts().delete_anchor);
  if (!store->rejections().empty()) {
    const unitls_error warning =
        make_error(UNITLS_E_INVALID, "trust", "%zu of %zu anchors are malformed and left out",
                   store->rejections().size(), certificates.size());
    backend.log(UNITLS_LOG_WARN, warning.message);
  }
  return store;
}

} // namespace

std::shared_ptr<const anchor_store> read_trust(const unitls_trust *trust, backend_instance &backend,
                                               const findings &found) {
  constexpr std::uint32_t known_flags = UNITLS_TRUST_SYSTEM | UNITLS_TRUST_ANCHORS;
  if (!is_readable_request(trust, "trust", known_flags, found) ||
      !is_sane_count("trust.blobs", trust->blobs, trust->blob_count, found)) {
    return nullptr;
  }
  return backend.anchors(trust->generation, [&] { return parse_anchors(*trust, backend, found); });
}

std::shared_ptr<const revocation_set> read_crls(const unitls_crls &crls, const findings &found) {
  if (!is_readable_request(&crls, "crls", 0, found) ||
      !is_sane_count("crls.blobs", crls.blobs, crls.blob_count, found)) {
    return nullptr;
  }
  std::vector<secret_bytes> lists;
  std::vector<std::size_t> blob_of_list;
  for (std::size_t i = 0; i < crls.blob_count; ++i) {
    read_revocation_lists(crls.blobs[i], indexed("crls.blobs", i), found, lists);
    blob_of_list.resize(lists.size(), i);
  }
  const std::vector<bytes> views(lists.begin(), lists.end());
  std::size_t position = 0;
  std::optional<revocation_set> set = revocation_set::create(views, position);
  if (!set) {
    found.invalid(indexed("crls.blobs", blob_of_list[position]), "holds a malformed revocation list");
    return nullptr;
  }
  return std::make_shared<const revocation_set>(std::move(*set));
}

} // namespace unitls::plugin
