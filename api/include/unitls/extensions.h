/*
 * unitls/extensions.h: optional groups of functions, found by their id through `get_extension`.
 *
 * Each is a struct (OFFER) that lives for ever. An id never changes its meaning: a new revision is a new struct under
 * a new id. A member that is NULL is not there.
 *
 *     id                          struct
 *     unitls.verify-chain/1       unitls_verify_chain
 *     unitls.certificate-info/1   unitls_certificate_info
 *
 * SPDX-License-Identifier: Apache-2.0 OR MIT
 */
#ifndef UNITLS_EXTENSIONS_H
#define UNITLS_EXTENSIONS_H

#include <unitls/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct unitls_backend;

/* ------------------------------------------------------------------------ unitls.verify-chain/1 ---- */

/*
 * What is asked about a chain: as in a handshake, without a connection and at any time.
 *
 * REQUEST
 */
typedef struct unitls_verify_chain_request {
  uint32_t struct_size;
  uint32_t flags;
  /*
   * The chain as a peer presents it, leaf first. Of PEM every certificate counts; DER is one entry and is judged as
   * it is, also when it is malformed.
   */
  const unitls_blob *chain;
  size_t chain_count;
  /* As in a configuration; without any blob every issuer is unknown. */
  const unitls_trust *trust;
  /* NULL: revocation is not asked for. Without any list, revocation is unknown. */
  const unitls_crls *crls;
  /* The leaf must have one of these DNS names or IP addresses (RFC 9525). None: no name is asked for. */
  const char *const *reference_names;
  size_t reference_name_count;
  /* When the chain is to be valid, in seconds since 1970-01-01 00:00:00 UTC. */
  int64_t time;
  /* UNITLS_PURPOSE_... */
  uint32_t purpose;
  uint32_t reserved_0;
} unitls_verify_chain_request;

/*
 * OFFER
 */
typedef struct unitls_verify_chain {
  uint32_t struct_size;
  uint32_t reserved_0;

  /*
   * UNITLS_OK when the chain is accepted, UNITLS_E_CERTIFICATE with the flags in `err` when it is not. `path`, which
   * may be NULL, is given the path that was judged, leaf first, also a refused one. [thread-safe]
   */
  unitls_status(UNITLS_CALL *verify)(const struct unitls_backend *self,
                                     const unitls_verify_chain_request *request, unitls_bytes_sink path,
                                     void *user, unitls_error *err);
  const void *reserved_1;
} unitls_verify_chain;

/* -------------------------------------------------------------------- unitls.certificate-info/1 ---- */

/* Forms of a subject alternative name (RFC 5280, 4.2.1.6), by their tags there. */
enum {
  UNITLS_NAME_EMAIL = 1,
  UNITLS_NAME_DNS = 2,
  UNITLS_NAME_DIRECTORY = 4,
  UNITLS_NAME_URI = 6,
  UNITLS_NAME_IP_ADDRESS = 7
};

/* One name. The text is printable: what is not ASCII, and control characters, are escaped. SEALED */
typedef struct unitls_name {
  uint32_t form;
  uint32_t reserved_0;
  const char *text;
  const void *reserved_1;
} unitls_name;

/* Bits of KeyUsage (RFC 5280, 4.2.1.3): bit n of the RFC is 1 << n. */
enum {
  UNITLS_KEY_USAGE_DIGITAL_SIGNATURE = 1 << 0,
  UNITLS_KEY_USAGE_KEY_CERT_SIGN = 1 << 5,
  UNITLS_KEY_USAGE_CRL_SIGN = 1 << 6
};

enum {
  UNITLS_CERTIFICATE_IS_CA = 1 << 0,
  UNITLS_CERTIFICATE_HAS_PATH_LENGTH = 1 << 1,
  UNITLS_CERTIFICATE_HAS_KEY_USAGE = 1 << 2,
  UNITLS_CERTIFICATE_HAS_EXTENDED_KEY_USAGE = 1 << 3,
  /* id-kp-serverAuth and id-kp-clientAuth in it. */
  UNITLS_CERTIFICATE_FOR_SERVERS = 1 << 4,
  UNITLS_CERTIFICATE_FOR_CLIENTS = 1 << 5,
  UNITLS_CERTIFICATE_IS_SELF_ISSUED = 1 << 6,
  UNITLS_CERTIFICATE_HAS_UNKNOWN_CRITICAL_EXTENSION = 1 << 7
};

/*
 * What stands in one certificate. All of it lives until the sink returns.
 *
 * OFFER
 */
typedef struct unitls_certificate_facts {
  uint32_t struct_size;
  /* UNITLS_CERTIFICATE_... */
  uint32_t flags;
  /* 1, 2 or 3. */
  uint32_t version;
  /* pathLenConstraint, with its flag. */
  uint32_t path_length;
  /* UNITLS_KEY_USAGE_..., with its flag. */
  uint32_t key_usage;
  /* Size of the modulus or of the curve's field; 0 when it is not known here. */
  uint32_t key_bits;
  /* Seconds since 1970-01-01 00:00:00 UTC; valid at both ends. */
  int64_t not_before;
  int64_t not_after;
  /* As RFC 4514 writes names: "CN=example.org,O=Example". */
  const char *subject;
  const char *issuer;
  /* "RSA", "EC secp256r1", "Ed25519", ...; an object identifier in dots when it is not known here. */
  const char *key_type;
  /* "RSA PKCS#1 SHA-256", "ECDSA SHA-384", ...; likewise. */
  const char *signature_algorithm;
  /* Content of the INTEGER. */
  unitls_bytes serial_number;
  const unitls_name *subject_alt_names;
  size_t subject_alt_name_count;
  /* The whole certificate, and its SHA-256. */
  unitls_bytes der;
  unitls_bytes sha256;
  /* SubjectPublicKeyInfo, and its SHA-256: what a pin is. */
  unitls_bytes public_key;
  unitls_bytes public_key_sha256;
} unitls_certificate_facts;

/* [callback] */
typedef unitls_status(UNITLS_CALL *unitls_certificate_sink)(void *user,
                                                            const unitls_certificate_facts *facts);

/*
 * OFFER
 */
typedef struct unitls_certificate_info {
  uint32_t struct_size;
  uint32_t reserved_0;

  /*
   * Tells about every certificate of a PEM blob, or the one of a DER blob. UNITLS_E_INVALID on
   * "certificate" when one is malformed, saying how. [thread-safe]
   */
  unitls_status(UNITLS_CALL *read)(const struct unitls_backend *self, const unitls_blob *certificate,
                                   unitls_certificate_sink sink, void *user, unitls_error *err);
  const void *reserved_1;
} unitls_certificate_info;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* UNITLS_EXTENSIONS_H */
