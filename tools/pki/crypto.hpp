#pragma once

#include <memory>
#include <string>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace unitls::pki {

template <auto Free>
struct Releaser {
  template <class Object>
  void operator()(Object *object) const noexcept {
    Free(object);
  }
};

template <class Object, auto Free>
using Owned = std::unique_ptr<Object, Releaser<Free>>;

using Asn1BitStringPtr = Owned<ASN1_BIT_STRING, ASN1_BIT_STRING_free>;
using Asn1IntegerPtr = Owned<ASN1_INTEGER, ASN1_INTEGER_free>;
using Asn1ObjectPtr = Owned<ASN1_OBJECT, ASN1_OBJECT_free>;
using Asn1StringPtr = Owned<ASN1_STRING, ASN1_STRING_free>;
using Asn1TimePtr = Owned<ASN1_TIME, ASN1_TIME_free>;
using AuthorityKeyIdPtr = Owned<AUTHORITY_KEYID, AUTHORITY_KEYID_free>;
using BasicConstraintsPtr = Owned<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free>;
using BignumPtr = Owned<BIGNUM, BN_free>;
using BioPtr = Owned<BIO, BIO_free_all>;
using CertificatePtr = Owned<X509, X509_free>;
using CrlPtr = Owned<X509_CRL, X509_CRL_free>;
using DigestContextPtr = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using ExtendedKeyUsagePtr = Owned<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>;
using ExtensionPtr = Owned<X509_EXTENSION, X509_EXTENSION_free>;
using GeneralNamePtr = Owned<GENERAL_NAME, GENERAL_NAME_free>;
using GeneralNamesPtr = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;
using GeneralSubtreePtr = Owned<GENERAL_SUBTREE, GENERAL_SUBTREE_free>;
using KeyPtr = Owned<EVP_PKEY, EVP_PKEY_free>;
using NameConstraintsPtr = Owned<NAME_CONSTRAINTS, NAME_CONSTRAINTS_free>;
using NamePtr = Owned<X509_NAME, X509_NAME_free>;
using RevokedPtr = Owned<X509_REVOKED, X509_REVOKED_free>;

/// Throws an internal Failure that names the step and OpenSSL's reason, and empties its error queue.
[[noreturn]] void throw_crypto_failure(const char *step);

/// For functions of libcrypto that answer 1 or a size on success, and 0 or less on failure.
inline void require(int answer, const char *step) {
  if (answer <= 0) {
    throw_crypto_failure(step);
  }
}

/// For functions that answer an object or null.
template <class Object>
Object *required(Object *object, const char *step) {
  if (object == nullptr) {
    throw_crypto_failure(step);
  }
  return object;
}

[[nodiscard]] Asn1TimePtr make_time(std::int64_t seconds);

} // namespace unitls::pki
