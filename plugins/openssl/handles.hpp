// Owners of OpenSSL's objects.
#pragma once

#include <memory>
#include <new>

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

// A failure is thrown.
ssl_ctx_handle make_ssl_ctx(const SSL_METHOD *method);

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

template <class Stack>
Stack make_stack() {
  Stack stack(sk_X509_new_null());
  if (stack == nullptr) {
    throw std::bad_alloc();
  }
  return stack;
}

// The stack borrows it.
inline void push(const borrowing_stack &stack, X509 *certificate) {
  if (sk_X509_push(stack.get(), certificate) == 0) {
    throw std::bad_alloc();
  }
}

// The stack owns it.
inline void push(const owning_stack &stack, x509_handle certificate) {
  if (sk_X509_push(stack.get(), certificate.get()) == 0) {
    throw std::bad_alloc();
  }
  static_cast<void>(certificate.release());
}

struct free_cipher_stack {
  void operator()(STACK_OF(SSL_CIPHER) * stack) const noexcept { sk_SSL_CIPHER_free(stack); }
};
using cipher_stack = std::unique_ptr<STACK_OF(SSL_CIPHER), free_cipher_stack>;

} // namespace unitls::openssl
