#include "trust.hpp"

#include <climits>
#include <new>

#include "failure.hpp"

namespace unitls::openssl {
namespace {

x509_handle parse(std::span<const std::uint8_t> der) {
  if (der.size() > LONG_MAX) {
    return nullptr;
  }
  const unsigned char *position = der.data();
  return x509_handle(d2i_X509(nullptr, &position, static_cast<long>(der.size())));
}

x509_handle parse(const unitls_bytes &der) {
  return parse(std::span<const std::uint8_t>(der.data, der.size));
}

std::vector<std::uint8_t> encode(const X509 *certificate) {
  const int size = i2d_X509(certificate, nullptr);
  if (size <= 0) {
    throw std::bad_alloc();
  }
  std::vector<std::uint8_t> der(static_cast<std::size_t>(size));
  unsigned char *position = der.data();
  if (i2d_X509(certificate, &position) != size) {
    throw std::bad_alloc();
  }
  return der;
}

x509_store_ctx_handle make_store() {
  x509_store_ctx_handle store(X509_STORE_CTX_new());
  if (store == nullptr) {
    throw std::bad_alloc();
  }
  return store;
}

// What OpenSSL would have read of a list. Empty when it would not have read one of the entries: then no handshake gets
// as far as its verifier.
owning_stack parse_all(const plugin::presented_chain &chain) {
  owning_stack all = make_stack<owning_stack>();
  for (const plugin::certificate &entry : chain.certificates()) {
    x509_handle certificate = parse(entry.der);
    if (certificate == nullptr) {
      return make_stack<owning_stack>();
    }
    push(all, std::move(certificate));
  }
  return all;
}

// That of a context which nobody has told another.
int default_security_level() {
  static const int level = [] {
    const ssl_ctx_handle context = make_ssl_ctx(TLS_method());
    return SSL_CTX_get_security_level(context.get());
  }();
  return level;
}

// As OpenSSL prepares it in a handshake.
x509_store_ctx_handle make_store(const owning_stack &presented, plugin::purpose peer) {
  x509_store_ctx_handle store = make_store();
  X509 *const leaf = sk_X509_num(presented.get()) > 0 ? sk_X509_value(presented.get(), 0) : nullptr;
  const char *const purpose = peer == plugin::purpose::server ? "ssl_server" : "ssl_client";
  if (X509_STORE_CTX_init(store.get(), nullptr, leaf, presented.get()) != 1 ||
      X509_STORE_CTX_set_default(store.get(), purpose) != 1) {
    throw std::bad_alloc();
  }
  X509_VERIFY_PARAM *const parameters = X509_STORE_CTX_get0_param(store.get());
  X509_VERIFY_PARAM_set_auth_level(parameters, default_security_level());
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_NO_CHECK_TIME);
  return store;
}

} // namespace

void delete_anchor(void *anchor) noexcept {
  X509_free(static_cast<X509 *>(anchor));
}

std::vector<unitls_bytes> encode_certificates(const STACK_OF(X509) * certificates,
                                              std::vector<std::vector<std::uint8_t>> &memory) {
  std::vector<unitls_bytes> views;
  const int count = sk_X509_num(certificates); // -1 for NULL
  for (int i = 0; i < count; ++i) {
    const auto &der = memory.emplace_back(encode(sk_X509_value(certificates, i)));
    views.push_back({der.data(), der.size()});
  }
  return views;
}

// Only the candidates are handed over, parsed when a chain first needs them: with 150 system anchors OpenSSL would
// take 40 ms to read them all.
plugin::library_verdict handshake_verifier::verify(const plugin::presented_chain &,
                                                   std::span<const plugin::anchor *const> candidates) {
  trusted_ = make_stack<borrowing_stack>();
  for (const plugin::anchor *const candidate : candidates) {
    void *const native = anchors_.native(
        *candidate, [](const plugin::certificate &parsed) -> void * { return parse(parsed.der).release(); });
    if (native != nullptr) {
      push(trusted_, static_cast<X509 *>(native));
    }
  }
  X509_STORE_CTX_set0_trusted_stack(&store_, trusted_.get());
  X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(&store_), X509_V_FLAG_PARTIAL_CHAIN);
  if (X509_verify_cert(&store_) != 1) {
    return {};
  }
  path_ = encode_certificates(X509_STORE_CTX_get0_chain(&store_), encodings_);
  return {true, path_};
}

bool handshake_verifier::accepts(std::span<const unitls_bytes> path) {
  const error_scope scope;
  const owning_stack certificates = make_stack<owning_stack>();
  for (const unitls_bytes &der : path) {
    x509_handle certificate = parse(der);
    if (certificate == nullptr) {
      return false;
    }
    push(certificates, std::move(certificate));
  }
  const borrowing_stack trusted = make_stack<borrowing_stack>();
  push(trusted, sk_X509_value(certificates.get(), static_cast<int>(path.size()) - 1));
  const x509_store_ctx_handle store = make_store();
  if (X509_STORE_CTX_init(store.get(), nullptr, sk_X509_value(certificates.get(), 0), certificates.get()) !=
      1) {
    throw std::bad_alloc();
  }
  X509_STORE_CTX_set0_trusted_stack(store.get(), trusted.get());
  X509_VERIFY_PARAM *const parameters = X509_STORE_CTX_get0_param(store.get());
  if (X509_VERIFY_PARAM_set1(parameters, X509_STORE_CTX_get0_param(&store_)) !=
      1) { // purpose, security level
    throw std::bad_alloc();
  }
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
  return X509_verify_cert(store.get()) == 1;
}

// ASN1_item_verify_ctx encodes what it checks; as an ASN1_TYPE the signed bytes come out as they went in.
bool handshake_verifier::signature_holds(const plugin::signature_question &question) {
  const error_scope scope;
  const auto size = [](plugin::bytes bytes) { return static_cast<long>(bytes.size()); };
  const unsigned char *position = question.issuer_spki.data();
  const evp_pkey_handle key(d2i_PUBKEY(nullptr, &position, size(question.issuer_spki)));
  position = question.algorithm.data();
  const x509_algor_handle algorithm(d2i_X509_ALGOR(nullptr, &position, size(question.algorithm)));
  position = question.signed_bytes.data();
  const asn1_type_handle signed_bytes(d2i_ASN1_TYPE(nullptr, &position, size(question.signed_bytes)));
  const asn1_bit_string_handle signature(ASN1_BIT_STRING_new());
  const md_ctx_handle digest(EVP_MD_CTX_new());
  if (key == nullptr || algorithm == nullptr || signed_bytes == nullptr || signature == nullptr ||
      digest == nullptr || question.signature.size() > INT_MAX ||
      ASN1_BIT_STRING_set(signature.get(), const_cast<unsigned char *>(question.signature.data()),
                          static_cast<int>(question.signature.size())) != 1) {
    return false;
  }
  EVP_PKEY_CTX *key_context = EVP_PKEY_CTX_new(key.get(), nullptr);
  if (key_context == nullptr) {
    return false;
  }
  const std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>> owner(key_context);
  EVP_MD_CTX_set_pkey_ctx(digest.get(), key_context);
  return ASN1_item_verify_ctx(ASN1_ITEM_rptr(ASN1_ANY), algorithm.get(), signature.get(), signed_bytes.get(),
                              digest.get()) == 1;
}

offline_verifier::offline_verifier(const plugin::presented_chain &chain, const plugin::anchor_store &anchors,
                                   plugin::purpose peer)
    : presented_(parse_all(chain)), store_(make_store(presented_, peer)), library_(*store_, anchors) {}

plugin::library_verdict offline_verifier::verify(const plugin::presented_chain &chain,
                                                 std::span<const plugin::anchor *const> candidates) {
  const error_scope scope;
  return sk_X509_num(presented_.get()) > 0 ? library_.verify(chain, candidates) : plugin::library_verdict{};
}

std::array<std::uint8_t, 32> sha256(plugin::bytes data) {
  std::array<std::uint8_t, 32> digest{};
  if (EVP_Digest(data.data(), data.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    throw std::bad_alloc();
  }
  return digest;
}

} // namespace unitls::openssl
