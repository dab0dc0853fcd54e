// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "crypto_verifier.hpp"

#include <openssl/asn1t.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>

namespace unitls::test {

namespace {

template <auto Free>
struct freed_by {
  template <class Object>
  void operator()(Object *object) const noexcept {
    Free(object);
  }
};
using pkey_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using algorithm_ptr = std::unique_ptr<X509_ALGOR, freed_by<X509_ALGOR_free>>;
using value_ptr = std::unique_ptr<ASN1_TYPE, freed_by<ASN1_TYPE_free>>;
using bit_string_ptr = std::unique_ptr<ASN1_BIT_STRING, freed_by<ASN1_BIT_STRING_free>>;

template <class Object>
Object *decode(Object *(*function)(Object **, const unsigned char **, long), plugin::bytes input) {
  const unsigned char *position = input.data();
  return function(nullptr, &position, static_cast<long>(input.size()));
}

} // namespace

bool crypto_verifier::signature_holds(const plugin::signature_question &question) {
  ++signature_checks;
  const pkey_ptr key(decode(d2i_PUBKEY, question.issuer_spki));
  const algorithm_ptr algorithm(decode(d2i_X509_ALGOR, question.algorithm));
  const value_ptr value(decode(d2i_ASN1_TYPE, question.signed_bytes));
  const bit_string_ptr signature(ASN1_BIT_STRING_new());
  if (!key || !algorithm || !value || !signature ||
      ASN1_STRING_set(signature.get(), question.signature.data(),
                      static_cast<int>(question.signature.size())) != 1)
    return false;
  const int result =
      ASN1_item_verify(ASN1_ITEM_rptr(ASN1_ANY), algorithm.get(), signature.get(), value.get(), key.get());
  ERR_clear_error();
  return result == 1;
}

bool crypto_verifier::accepts(std::span<const unitls_bytes>) {
  ++verdicts;
  return accepting_;
}

} // namespace unitls::test
