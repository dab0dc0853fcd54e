// Owners of GnuTLS's objects.
#pragma once

#include <memory>
#include <new>
#include <type_traits>

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

namespace unitls::gnutls {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T *object) const noexcept {
    Free(object);
  }
};

// GnuTLS names the pointers, not what they point to.
template <class Pointer, auto Free>
using handle = std::unique_ptr<std::remove_pointer_t<Pointer>, freed_by<Free>>;

using session_handle = handle<gnutls_session_t, gnutls_deinit>;
using credentials_handle = handle<gnutls_certificate_credentials_t, gnutls_certificate_free_credentials>;
using priority_handle = handle<gnutls_priority_t, gnutls_priority_deinit>;
using x509_crt_handle = handle<gnutls_x509_crt_t, gnutls_x509_crt_deinit>;
using privkey_handle = handle<gnutls_privkey_t, gnutls_privkey_deinit>;
using pubkey_handle = handle<gnutls_pubkey_t, gnutls_pubkey_deinit>;
using x509_spki_handle = handle<gnutls_x509_spki_t, gnutls_x509_spki_deinit>;

// A list of anchors that borrows its certificates.
inline void free_borrowing_trust_list(gnutls_x509_trust_list_t list) noexcept {
  gnutls_x509_trust_list_deinit(list, 0);
}
using borrowing_trust_list = handle<gnutls_x509_trust_list_t, free_borrowing_trust_list>;

// A new object by the `gnutls_..._init` that belongs to it, which fails only when memory runs out.
template <class Handle, class Init, class... Arguments>
Handle make(Init init, Arguments... arguments) {
  typename Handle::pointer object = nullptr;
  if (init(&object, arguments...) < 0) {
    throw std::bad_alloc();
  }
  return Handle(object);
}

} // namespace unitls::gnutls
