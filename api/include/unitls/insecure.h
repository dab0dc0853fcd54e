/*
 * unitls/insecure.h: the two ways to weaken verification. They exist nowhere else.
 *
 * Each is a value of `verify` in unitls_client_config, and the second also of unitls_server_config. For a device with
 * a certificate of its own, trust that certificate as an anchor instead; to accept one key, whatever certificate it
 * comes with, give its pin. libunitls logs a warning when a context is made so for the first time.
 *
 * Pins and the verify callback judge in every mode, and the peer always proves that it has the key of its
 * certificate.
 *
 * SPDX-License-Identifier: Apache-2.0 OR MIT
 */
#ifndef UNITLS_INSECURE_H
#define UNITLS_INSECURE_H

#include <unitls/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  /*
   * Clients: the certificate may have any name. Everything else is verified. Reference names may be absent; those
   * that are given still yield UNITLS_VERIFY_NAME_MISMATCH for the callback.
   */
  UNITLS_INSECURE_NO_NAME_CHECK = 1,
  /* Any certificate is accepted, unless callback or pins refuse it. Trust and reference names may be absent. */
  UNITLS_INSECURE_NO_VERIFICATION = 2
};

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* UNITLS_INSECURE_H */
