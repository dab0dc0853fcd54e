#include "signing.hpp"

#include "error.hpp"

#include <openssl/rsa.h>

namespace unitls::pki {
namespace {

struct DigestFacts {
  const char *name;
  int size;
};

DigestFacts facts_of(Digest digest) {
  switch (digest) {
  case Digest::sha256:
    return {"SHA256", 32};
  case Digest::sha384:
    return {"SHA384", 48};
  case Digest::sha512:
    return {"SHA512", 64};
  case Digest::sha1:
    return {"SHA1", 20};
  case Digest::md5:
    return {"MD5", 16};
  }
  return {"SHA256", 32};
}

bool is_eddsa(const EVP_PKEY *key) {
  return EVP_PKEY_is_a(key, "ED25519") == 1 || EVP_PKEY_is_a(key, "ED448") == 1;
}

DigestContextPtr eddsa_context(EVP_PKEY *key, const SignatureChoice &choice, const std::string &where) {
  if (choice.digest || choice.pss) {
    throw_wrong_input(where, "the issuer signs with EdDSA, which takes neither digest nor pss; remove them");
  }
  DigestContextPtr context(required(EVP_MD_CTX_new(), "prepare a signature"));
  require(EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key, nullptr),
          "prepare a signature");
  return context;
}

void use_pss(EVP_PKEY_CTX *context, const EVP_PKEY *key, const DigestFacts &digest,
             const std::string &where) {
  if (EVP_PKEY_is_a(key, "RSA") != 1) {
    throw_wrong_input(where, "pss needs an issuer with an RSA key");
  }
  if (EVP_PKEY_get_size(key) <
      2 * digest.size + 2) { // RFC 8017, section 9.1.1, with a salt as long as the digest
    throw_wrong_input(where, "the issuer's RSA key is too short for pss with this digest");
  }
  require(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING), "choose RSASSA-PSS");
  require(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST), "choose the salt length");
}

DigestContextPtr signature_context(EVP_PKEY *key, const SignatureChoice &choice, const std::string &where) {
  if (is_eddsa(key)) {
    return eddsa_context(key, choice, where);
  }
  if (choice.digest == Digest::md5 && EVP_PKEY_is_a(key, "EC") == 1) {
    throw_wrong_input(where, "no signature algorithm joins md5 and ECDSA; give the issuer an RSA key");
  }
  const DigestFacts digest = facts_of(choice.digest.value_or(Digest::sha256));
  DigestContextPtr context(required(EVP_MD_CTX_new(), "prepare a signature"));
  EVP_PKEY_CTX *key_context = nullptr; // owned by context
  require(EVP_DigestSignInit_ex(context.get(), &key_context, digest.name, nullptr, nullptr, key, nullptr),
          "prepare a signature");
  if (choice.pss) {
    use_pss(key_context, key, digest, where);
  }
  return context;
}

/// Encodes a signed object and changes its last octet: that is where the signature ends.
template <class Object, class Encode>
Bytes corrupted_encoding(const Object *object, Encode encode) {
  const int size = encode(object, nullptr);
  require(size, "encode a signed object");
  Bytes encoding(static_cast<std::size_t>(size));
  unsigned char *end = encoding.data();
  require(encode(object, &end), "encode a signed object");
  encoding.back() ^= 0x01U;
  return encoding;
}

} // namespace

CertificatePtr sign(CertificatePtr certificate, EVP_PKEY *key, const SignatureChoice &choice,
                    const std::string &where) {
  const auto context = signature_context(key, choice, where);
  require(X509_sign_ctx(certificate.get(), context.get()), "sign a certificate");
  if (!choice.corrupt) {
    return certificate;
  }
  const Bytes encoding = corrupted_encoding(certificate.get(), i2d_X509);
  const unsigned char *begin = encoding.data();
  return CertificatePtr(required(d2i_X509(nullptr, &begin, static_cast<long>(encoding.size())),
                                 "decode a certificate with a changed signature"));
}

CrlPtr sign(CrlPtr crl, EVP_PKEY *key, const SignatureChoice &choice, const std::string &where) {
  const auto context = signature_context(key, choice, where);
  require(X509_CRL_sign_ctx(crl.get(), context.get()), "sign a CRL");
  if (!choice.corrupt) {
    return crl;
  }
  const Bytes encoding = corrupted_encoding(crl.get(), i2d_X509_CRL);
  const unsigned char *begin = encoding.data();
  return CrlPtr(required(d2i_X509_CRL(nullptr, &begin, static_cast<long>(encoding.size())),
                         "decode a CRL with a changed signature"));
}

} // namespace unitls::pki
