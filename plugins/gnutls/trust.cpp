#include "trust.hpp"

#include <algorithm>
#include <climits>
#include <string>

#include <gnutls/crypto.h>

#include <unitls/plugin/der.hpp>

#include "failure.hpp"

namespace unitls::gnutls {
namespace {

gnutls_datum_t datum(plugin::bytes bytes) noexcept {
  return {const_cast<unsigned char *>(bytes.data()), static_cast<unsigned>(bytes.size())};
}

x509_crt_handle parse(plugin::bytes der) {
  if (der.size() > UINT_MAX) {
    return nullptr;
  }
  auto certificate = make<x509_crt_handle>(gnutls_x509_crt_init);
  const gnutls_datum_t input = datum(der);
  if (gnutls_x509_crt_import(certificate.get(), &input, GNUTLS_X509_FMT_DER) < 0) {
    return nullptr;
  }
  return certificate;
}

// GnuTLS's clock is one for the whole process and its complaints about dates hide others: the common rule
// judges them.
constexpr unsigned verify_flags = GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_MEDIUM) |
                                  GNUTLS_VERIFY_DISABLE_TIME_CHECKS |
                                  GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS;

borrowing_trust_list make_trust_list(std::span<const gnutls_x509_crt_t> anchors) {
  const auto count = static_cast<unsigned>(anchors.size());
  auto list = make<borrowing_trust_list>(gnutls_x509_trust_list_init, std::max(count, 1U));
  if (count != 0 && gnutls_x509_trust_list_add_cas(list.get(), anchors.data(), count, 0) < 0) {
    throw std::bad_alloc();
  }
  return list;
}

bool is_trusted(std::span<gnutls_x509_crt_t> chain, std::span<const gnutls_x509_crt_t> anchors,
                plugin::purpose peer, gnutls_verify_output_function *note) {
  const borrowing_trust_list list = make_trust_list(anchors);
  const char *const purpose =
      peer == plugin::purpose::server ? GNUTLS_KP_TLS_WWW_SERVER : GNUTLS_KP_TLS_WWW_CLIENT;
  gnutls_typed_vdata_st wanted{GNUTLS_DT_KEY_PURPOSE_OID,
                               reinterpret_cast<unsigned char *>(const_cast<char *>(purpose)), 0};
  unsigned status = GNUTLS_CERT_INVALID;
  return gnutls_x509_trust_list_verify_crt2(list.get(), chain.data(), static_cast<unsigned>(chain.size()),
                                            &wanted, 1, verify_flags, &status, note) == 0 &&
         status == 0;
}

// One signature that GnuTLS verified.
struct step {
  gnutls_x509_crt_t certificate;
  gnutls_x509_crt_t issuer;
};

// GnuTLS tells each step without saying on whose behalf. A verification stays on its thread, so the thread
// knows.
class step_recorder {
public:
  step_recorder() noexcept { current_ = this; }
  ~step_recorder() { current_ = nullptr; }
  step_recorder(const step_recorder &) = delete;
  step_recorder &operator=(const step_recorder &) = delete;

  static int note(gnutls_x509_crt_t certificate, gnutls_x509_crt_t issuer, gnutls_x509_crl_t,
                  unsigned status) {
    if (status == 0 && issuer != nullptr && current_->size_ < std::size(current_->steps_)) {
      current_->steps_[current_->size_++] = {certificate, issuer};
    }
    return 0;
  }

  // The latest: GnuTLS may have tried other issuers before.
  gnutls_x509_crt_t issuer_of(gnutls_x509_crt_t certificate) const noexcept {
    for (std::size_t i = size_; i > 0; --i) {
      if (steps_[i - 1].certificate == certificate) {
        return steps_[i - 1].issuer;
      }
    }
    return nullptr;
  }

private:
  static thread_local step_recorder *current_;
  step steps_[64];
  std::size_t size_ = 0;
};

thread_local step_recorder *step_recorder::current_ = nullptr;

// A certificate of this handshake: GnuTLS's object and the bytes that it came from.
struct known_certificate {
  gnutls_x509_crt_t native;
  unitls_bytes der;
};

const known_certificate *find(std::span<const known_certificate> all, gnutls_x509_crt_t native) noexcept {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [native](const known_certificate &one) { return one.native == native; });
  return found == all.end() ? nullptr : &*found;
}

// DER of a SEQUENCE.
std::vector<std::uint8_t> make_sequence(std::initializer_list<plugin::bytes> members) {
  std::vector<std::uint8_t> content;
  for (const plugin::bytes member : members) {
    content.insert(content.end(), member.begin(), member.end());
  }
  std::vector<std::uint8_t> length;
  for (std::size_t rest = content.size(); rest > 0; rest >>= CHAR_BIT) {
    length.insert(length.begin(), static_cast<std::uint8_t>(rest));
  }
  std::vector<std::uint8_t> der{plugin::der::tag_sequence};
  if (content.size() >= 0x80) {
    der.push_back(static_cast<std::uint8_t>(0x80 | length.size()));
  }
  der.insert(der.end(), length.begin(), length.end());
  der.insert(der.end(), content.begin(), content.end());
  return der;
}

constexpr const char *rsassa_pss = "1.2.840.113549.1.1.10";

// The object identifier of an AlgorithmIdentifier as GnuTLS writes it: "1.2.840.113549.1.1.11".
std::string algorithm_name(plugin::bytes algorithm) {
  auto fields = plugin::der::only_sequence(algorithm);
  const auto oid = fields ? fields->next(plugin::der::tag_oid) : std::nullopt;
  if (!oid || oid->content.size() > 32) {
    return {};
  }
  std::string text;
  std::uint64_t arc = 0;
  for (const std::uint8_t octet : oid->content) {
    if (arc > UINT32_MAX) {
      return {};
    }
    arc = arc << 7 | (octet & 0x7f);
    if ((octet & 0x80) != 0) {
      continue;
    }
    if (text.empty()) {
      const std::uint64_t first = std::min<std::uint64_t>(arc / 40, 2);
      text = std::to_string(first);
      arc -= first * 40;
    }
    text += '.' + std::to_string(arc);
    arc = 0;
  }
  return text;
}

pubkey_handle import_key(plugin::bytes spki) {
  auto key = make<pubkey_handle>(gnutls_pubkey_init);
  const gnutls_datum_t input = datum(spki);
  if (gnutls_pubkey_import(key.get(), &input, GNUTLS_X509_FMT_DER) < 0) {
    return nullptr;
  }
  return key;
}

struct key_and_algorithm {
  pubkey_handle key;
  gnutls_sign_algorithm_t algorithm = GNUTLS_SIGN_UNKNOWN;
};

// GnuTLS has no way to say with which parameters a PSS signature was made, other than a key that is bound to
// them: the same RSA key under the signature's AlgorithmIdentifier.
key_and_algorithm bind_pss(const plugin::signature_question &question) {
  auto fields = plugin::der::only_sequence(question.issuer_spki);
  const auto identifier = fields ? fields->next(plugin::der::tag_sequence) : std::nullopt;
  const auto key_bits = identifier ? fields->next(plugin::der::tag_bit_string) : std::nullopt;
  if (!key_bits) {
    return {};
  }
  key_and_algorithm bound{import_key(make_sequence({question.algorithm, key_bits->whole}))};
  const auto parameters = make<x509_spki_handle>(gnutls_x509_spki_init);
  gnutls_digest_algorithm_t digest = GNUTLS_DIG_UNKNOWN;
  unsigned salt_size = 0;
  if (bound.key == nullptr || gnutls_pubkey_get_spki(bound.key.get(), parameters.get(), 0) < 0 ||
      gnutls_x509_spki_get_rsa_pss_params(parameters.get(), &digest, &salt_size) < 0) {
    return {};
  }
  bound.algorithm = gnutls_pk_to_sign(GNUTLS_PK_RSA_PSS, digest);
  return bound;
}

} // namespace

void delete_anchor(void *anchor) noexcept {
  gnutls_x509_crt_deinit(static_cast<gnutls_x509_crt_t>(anchor));
}

plugin::sha256_digest sha256(plugin::bytes data) {
  plugin::sha256_digest digest;
  const int code = gnutls_hash_fast(GNUTLS_DIG_SHA256, data.data(), data.size(), digest.data());
  if (code < 0) {
    throw_failure(UNITLS_E_INTERNAL, {}, "GnuTLS makes no SHA-256", code);
  }
  return digest;
}

std::vector<unitls_bytes> presented_certificates(gnutls_session_t session) {
  unsigned count = 0;
  const gnutls_datum_t *const list = gnutls_certificate_get_peers(session, &count);
  std::vector<unitls_bytes> views;
  if (list == nullptr) { // then the count is whatever it was
    return views;
  }
  views.reserve(count);
  for (const gnutls_datum_t &der : std::span(list, count)) {
    views.push_back({der.data, der.size});
  }
  return views;
}

// Only the candidates are handed over, parsed when a chain first needs them.
plugin::library_verdict gnutls_verifier::verify(const plugin::presented_chain &chain,
                                                std::span<const plugin::anchor *const> candidates) {
  std::vector<known_certificate> known;
  std::vector<x509_crt_handle> presented;
  std::vector<gnutls_x509_crt_t> list;
  for (const plugin::certificate &entry : chain.certificates()) {
    presented.push_back(parse(entry.der));
    if (presented.back() == nullptr) {
      return {};
    }
    list.push_back(presented.back().get());
    known.push_back({presented.back().get(), plugin::lend(entry.der)});
  }
  std::vector<gnutls_x509_crt_t> trusted;
  for (const plugin::anchor *const candidate : candidates) {
    void *const native = anchors_.native(
        *candidate, [](const plugin::certificate &parsed) -> void * { return parse(parsed.der).release(); });
    if (native != nullptr) {
      trusted.push_back(static_cast<gnutls_x509_crt_t>(native));
      known.push_back({trusted.back(), plugin::lend(candidate->parsed.der)});
    }
  }
  auto *const leaf = list.front(); // GnuTLS may sort the list
  const step_recorder recorder;
  if (!is_trusted(list, trusted, peer_, step_recorder::note)) {
    return {};
  }
  for (const known_certificate *one = find(known, leaf); one != nullptr && path_.size() < known.size();
       one = find(known, recorder.issuer_of(one->native))) {
    path_.push_back(one->der);
  }
  return {true, path_};
}

bool gnutls_verifier::accepts(std::span<const unitls_bytes> path) {
  std::vector<x509_crt_handle> certificates;
  std::vector<gnutls_x509_crt_t> list;
  for (const unitls_bytes &der : path) {
    certificates.push_back(parse(plugin::view(der)));
    if (certificates.back() == nullptr) {
      return false;
    }
    list.push_back(certificates.back().get());
  }
  gnutls_x509_crt_t trusted = list.back();
  if (list.size() > 1) {
    list.pop_back();
  }
  return is_trusted(list, {&trusted, 1}, peer_, nullptr);
}

// Weak digests are let through: that they are weak is a flag of its own.
bool gnutls_verifier::signature_holds(const plugin::signature_question &question) {
  if (std::max({question.issuer_spki.size(), question.signed_bytes.size(), question.signature.size()}) >
      UINT_MAX) {
    return false;
  }
  const std::string name = algorithm_name(question.algorithm);
  const key_and_algorithm used = name == rsassa_pss ? bind_pss(question)
                                                    : key_and_algorithm{import_key(question.issuer_spki),
                                                                        gnutls_oid_to_sign(name.c_str())};
  if (used.key == nullptr || used.algorithm == GNUTLS_SIGN_UNKNOWN) {
    return false;
  }
  const gnutls_datum_t signed_bytes = datum(question.signed_bytes);
  const gnutls_datum_t signature = datum(question.signature);
  return gnutls_pubkey_verify_data2(used.key.get(), used.algorithm,
                                    GNUTLS_VERIFY_ALLOW_BROKEN | GNUTLS_VERIFY_ALLOW_SIGN_WITH_SHA1,
                                    &signed_bytes, &signature) >= 0;
}

} // namespace unitls::gnutls
