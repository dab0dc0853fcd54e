// Owners of mbedTLS's objects.
#pragma once

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

namespace unitls::mbedtls {

// An object of mbedTLS, which lies where it was made: many of them hold addresses of their own parts.
template <class T, auto Init, auto Free>
class owned {
public:
  owned() noexcept { Init(&object_); }
  ~owned() { Free(&object_); }
  owned(const owned &) = delete;
  owned &operator=(const owned &) = delete;

  T *get() noexcept { return &object_; }
  const T *get() const noexcept { return &object_; }
  T *operator->() noexcept { return &object_; }
  const T *operator->() const noexcept { return &object_; }

private:
  T object_;
};

using ssl_config_handle = owned<mbedtls_ssl_config, mbedtls_ssl_config_init, mbedtls_ssl_config_free>;
using ssl_handle = owned<mbedtls_ssl_context, mbedtls_ssl_init, mbedtls_ssl_free>;
// A certificate and, by its `next`, those after it.
using x509_crt_handle = owned<mbedtls_x509_crt, mbedtls_x509_crt_init, mbedtls_x509_crt_free>;
using pk_handle = owned<mbedtls_pk_context, mbedtls_pk_init, mbedtls_pk_free>;
using entropy_handle = owned<mbedtls_entropy_context, mbedtls_entropy_init, mbedtls_entropy_free>;
using ctr_drbg_handle = owned<mbedtls_ctr_drbg_context, mbedtls_ctr_drbg_init, mbedtls_ctr_drbg_free>;

} // namespace unitls::mbedtls
