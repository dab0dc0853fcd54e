#include "trust.hpp"

#include <algorithm>
#include <memory>

#include <mbedtls/md.h>
#include <mbedtls/oid.h>

#include <unitls/plugin/der.hpp>

#include "failure.hpp"

namespace unitls::mbedtls {
namespace {

int accept_extension(void *, const mbedtls_x509_crt *, const mbedtls_x509_buf *, int, const unsigned char *,
                     const unsigned char *) {
  return 0;
}

// As a peer's certificate is read in a handshake.
bool parse(mbedtls_x509_crt &list, plugin::bytes der) {
  return try_twice([&] { return mbedtls_x509_crt_parse_der(&list, der.data(), der.size()); }) == 0;
}

int record_certificate(void *recorded, mbedtls_x509_crt *certificate, int, std::uint32_t *flags) {
  return static_cast<recorded_path *>(recorded)->add(*certificate, *flags) ? 0 : MBEDTLS_ERR_X509_FATAL_ERROR;
}

// What the common rule judges in mbedTLS's place: mbedTLS has no parameter for the time, and matches names
// otherwise.
constexpr std::uint32_t flags_of_dates = MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE;
constexpr std::uint32_t flags_of_rule = flags_of_dates | MBEDTLS_X509_BADCERT_CN_MISMATCH;

// An AlgorithmIdentifier in mbedTLS's words.
struct signature_algorithm {
  mbedtls_pk_type_t key = MBEDTLS_PK_NONE;
  mbedtls_md_type_t digest = MBEDTLS_MD_NONE;
  mbedtls_pk_rsassa_pss_options pss{MBEDTLS_MD_NONE, 0};
};

mbedtls_asn1_buf as_buffer(plugin::bytes content) noexcept {
  return {plugin::der::tag_oid, content.size(), const_cast<unsigned char *>(content.data())};
}

// The digest in an explicit [n] AlgorithmIdentifier.
std::optional<mbedtls_md_type_t> read_digest(plugin::bytes algorithm) noexcept {
  auto fields = plugin::der::only_sequence(algorithm);
  const auto oid = fields ? fields->next(plugin::der::tag_oid) : std::nullopt;
  if (!oid) {
    return std::nullopt;
  }
  const mbedtls_asn1_buf buffer = as_buffer(oid->content);
  mbedtls_md_type_t digest = MBEDTLS_MD_NONE;
  return mbedtls_oid_get_md_alg(&buffer, &digest) == 0 ? std::optional(digest) : std::nullopt;
}

// MaskGenAlgorithm: MGF1 and, in it, its digest.
std::optional<mbedtls_md_type_t> read_mask_generation(plugin::bytes algorithm) noexcept {
  auto fields = plugin::der::only_sequence(algorithm);
  if (!fields || !fields->next(plugin::der::tag_oid)) {
    return std::nullopt;
  }
  const auto digest = fields->next(plugin::der::tag_sequence);
  return digest ? read_digest(digest->whole) : std::nullopt;
}

std::optional<int> read_salt_length(plugin::bytes integer) noexcept {
  constexpr std::uint32_t max = 1024;
  const auto value = plugin::der::only(integer, plugin::der::tag_integer);
  const auto length = value ? plugin::der::unsigned_saturated(value->content) : std::nullopt;
  return length && *length <= max ? std::optional(static_cast<int>(*length)) : std::nullopt;
}

template <class Value>
bool take(const std::optional<Value> &value, Value &result) noexcept {
  if (value) {
    result = *value;
  }
  return value.has_value();
}

// RSASSA-PSS-params (RFC 4055, 3.1); what is absent has the default of that time.
bool read_pss(plugin::bytes parameters, signature_algorithm &result) noexcept {
  using plugin::der::context_constructed;
  result.digest = MBEDTLS_MD_SHA1;
  result.pss = {MBEDTLS_MD_SHA1, 20};
  auto fields = plugin::der::only_sequence(parameters);
  if (!fields) {
    return false;
  }
  while (!fields->at_end()) {
    const auto field = fields->next();
    const bool readable =
        field && (field->tag == context_constructed(0) ? take(read_digest(field->content), result.digest)
                  : field->tag == context_constructed(1)
                      ? take(read_mask_generation(field->content), result.pss.mgf1_hash_id)
                  : field->tag == context_constructed(2)
                      ? take(read_salt_length(field->content), result.pss.expected_salt_len)
                      : field->tag == context_constructed(3)); // trailerField
    if (!readable) {
      return false;
    }
  }
  return true;
}

std::optional<signature_algorithm> read_algorithm(plugin::bytes algorithm) noexcept {
  auto fields = plugin::der::only_sequence(algorithm);
  const auto oid = fields ? fields->next(plugin::der::tag_oid) : std::nullopt;
  if (!oid) {
    return std::nullopt;
  }
  const mbedtls_asn1_buf buffer = as_buffer(oid->content);
  signature_algorithm result;
  if (mbedtls_oid_get_sig_alg(&buffer, &result.digest, &result.key) != 0) {
    return std::nullopt;
  }
  if (result.key == MBEDTLS_PK_RSASSA_PSS) {
    const auto parameters = fields->next(plugin::der::tag_sequence);
    if (!parameters || !read_pss(parameters->whole, result)) {
      return std::nullopt;
    }
  }
  return result;
}

} // namespace

int append_certificate(mbedtls_x509_crt &list, plugin::bytes der, bool copy) {
  return try_twice([&] {
    return mbedtls_x509_crt_parse_der_with_ext_cb(&list, der.data(), der.size(), copy ? 1 : 0,
                                                  accept_extension, nullptr);
  });
}

void delete_anchor(void *anchors) noexcept {
  delete static_cast<x509_crt_handle *>(anchors);
}

// mbedTLS wants one list and not single objects: it is kept in the place of the first anchor's object.
// Unknown critical extensions and critical name constraints of anchors are judged by the common rule.
mbedtls_x509_crt *anchors_of(const plugin::anchor_store &store) {
  if (store.empty()) {
    return nullptr;
  }
  void *const list = store.native(store.anchors().front(), [&](const plugin::certificate &) -> void * {
    auto made = std::make_unique<x509_crt_handle>();
    for (const plugin::anchor &entry : store.anchors()) {
      append_certificate(*made->get(), entry.parsed.der, false); // what mbedTLS cannot read is left out
    }
    return made.release();
  });
  return static_cast<x509_crt_handle *>(list)->get();
}

const mbedtls_x509_crt_profile &permissive_profile() noexcept {
  static constexpr std::uint32_t all = 0xffffffff;
  static constexpr mbedtls_x509_crt_profile profile{all, all, all, 0};
  return profile;
}

bool recorded_path::add(const mbedtls_x509_crt &certificate, std::uint32_t flags) noexcept {
  if (size_ == path_.size()) {
    return false;
  }
  path_[size_++] = &certificate;
  flags_ |= flags;
  return true;
}

bool recorded_path::accepted() const noexcept {
  return size_ != 0 && (flags_ & ~flags_of_rule) == 0;
}

std::vector<unitls_bytes> encode_certificates(const mbedtls_x509_crt *certificates) {
  std::vector<unitls_bytes> views;
  for (; certificates != nullptr && certificates->raw.p != nullptr; certificates = certificates->next) {
    views.push_back({certificates->raw.p, certificates->raw.len});
  }
  return views;
}

plugin::library_verdict mbedtls_verifier::verdict_on(const recorded_path &recorded,
                                                     std::span<const plugin::anchor *const> candidates) {
  if (!recorded.accepted()) {
    return {};
  }
  for (std::size_t depth = 0; depth < recorded.size(); ++depth) {
    path_.push_back({recorded[depth].raw.p, recorded[depth].raw.len});
  }
  const bool is_candidate =
      std::any_of(candidates.begin(), candidates.end(), [&](const plugin::anchor *entry) {
        return plugin::equal(entry->parsed.der, plugin::view(path_.back()));
      });
  return is_candidate ? plugin::library_verdict{true, path_} : plugin::library_verdict{};
}

bool mbedtls_verifier::accepts(std::span<const unitls_bytes> path) {
  x509_crt_handle presented;
  for (const unitls_bytes &der : path.first(path.size() - 1)) {
    if (!parse(*presented.get(), plugin::view(der))) {
      return false;
    }
  }
  x509_crt_handle trusted;
  if (append_certificate(*trusted.get(), plugin::view(path.back()), true) != 0) {
    return false;
  }
  if (path.size() == 1) {
    return true; // mbedTLS trusts no end certificate that is not self-signed; that it is an anchor is enough
  }
  std::uint32_t flags = 0;
  const int code = mbedtls_x509_crt_verify_with_profile(
      presented.get(), trusted.get(), nullptr, &permissive_profile(), nullptr, &flags, nullptr, nullptr);
  return code == 0 ||
         (code == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED && flags != 0 && (flags & ~flags_of_dates) == 0);
}

plugin::library_verdict handshake_verifier::verify(const plugin::presented_chain &,
                                                   std::span<const plugin::anchor *const> candidates) {
  return verdict_on(recorded_, candidates);
}

// A certificate that mbedTLS cannot read would have ended a handshake; here nothing is accepted.
plugin::library_verdict offline_verifier::verify(const plugin::presented_chain &chain,
                                                 std::span<const plugin::anchor *const> candidates) {
  for (const plugin::certificate &entry : chain.certificates()) {
    if (!parse(*presented_.get(), entry.der)) {
      return {};
    }
  }
  std::uint32_t flags = 0;
  mbedtls_x509_crt_verify_with_profile(presented_.get(), anchors_of(anchors_), nullptr, &permissive_profile(),
                                       nullptr, &flags, record_certificate, &recorded_);
  return verdict_on(recorded_, candidates);
}

bool mbedtls_verifier::signature_holds(const plugin::signature_question &question) {
  const auto algorithm = read_algorithm(question.algorithm);
  const mbedtls_md_info_t *const digest = algorithm ? mbedtls_md_info_from_type(algorithm->digest) : nullptr;
  pk_handle key;
  if (digest == nullptr ||
      mbedtls_pk_parse_public_key(key.get(), question.issuer_spki.data(), question.issuer_spki.size()) != 0 ||
      mbedtls_pk_can_do(key.get(), algorithm->key) != 1) {
    return false;
  }
  std::array<unsigned char, MBEDTLS_MD_MAX_SIZE> hash{};
  if (mbedtls_md(digest, question.signed_bytes.data(), question.signed_bytes.size(), hash.data()) != 0) {
    return false;
  }
  const void *const options = algorithm->key == MBEDTLS_PK_RSASSA_PSS ? &algorithm->pss : nullptr;
  return mbedtls_pk_verify_ext(algorithm->key, options, key.get(), algorithm->digest, hash.data(),
                               mbedtls_md_get_size(digest), question.signature.data(),
                               question.signature.size()) == 0;
}

plugin::sha256_digest sha256(plugin::bytes data) {
  plugin::sha256_digest digest{};
  const int code =
      mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), data.data(), data.size(), digest.data());
  if (code != 0) {
    throw_failure(code, UNITLS_E_INTERNAL, {}, "mbedTLS computes no SHA-256");
  }
  return digest;
}

} // namespace unitls::mbedtls
