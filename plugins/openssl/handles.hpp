// Owners of OpenSSL's objects.
#pragma once

#include <memory>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

namespace unitls::openssl {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T *object) const noexcept {
    Free(object);
  }
};

using ssl_ctx_handle = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;
using ssl_handle = std::unique_ptr<SSL, freed_by<SSL_free>>;
using bio_handle = std::unique_ptr<BIO, freed_by<BIO_free>>;
using x509_handle = std::unique_ptr<X509, freed_by<X509_free>>;
using evp_pkey_handle = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using x509_store_ctx_handle = std::unique_ptr<X509_STORE_CTX, freed_by<X509_STORE_CTX_free>>;
using x509_algor_handle = std::unique_ptr<X509_ALGOR, freed_by<X509_ALGOR_free>>;
using asn1_type_handle = std::unique_ptr<ASN1_TYPE, freed_by<ASN1_TYPE_free>>;
using asn1_bit_string_handle = std::unique_ptr<ASN1_BIT_STRING, freed_by<ASN1_BIT_STRING_free>>;
using md_ctx_handle = std::unique_ptr<EVP_MD_CTX, freed_by<EVP_MD_CTX_free>>;

// A list that borrows its certificates.
struct free_borrowing_stack {
  void operator()(STACK_OF(X509) * stack) const noexcept { sk_X509_free(stack); }
};
using borrowing_stack = std::unique_ptr<STACK_OF(X509), free_borrowing_stack>;

// A list that owns them.
struct free_owning_stack {
  void operator()(STACK_OF(X509) * stack) const noexcept { sk_X509_pop_free(stack, X509_free); }
};
using owning_stack = std::unique_ptr<STACK_OF(X509), free_owning_stack>;

} // namespace unitls::openssl
