/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Kept headers of ABI 0.2: today's without their comments and without the last members of some structs. Made by
 * api/abi/keep_headers.py --renew; not to be edited. */
#ifndef UNITLS_TYPES_H
#define UNITLS_TYPES_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32) && !defined(_WIN64)
#define UNITLS_CALL __cdecl
#else
#define UNITLS_CALL
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t unitls_status;

enum {
  UNITLS_OK = 0,

  UNITLS_WANT_READ = 1,

  UNITLS_WANT_WRITE = 2,

  UNITLS_CLOSED = 3,

  UNITLS_EOF = 4,

  UNITLS_WANT_CALLBACK = 5,

  UNITLS_E_INVALID = -1,

  UNITLS_E_STATE = -2,

  UNITLS_E_UNSUPPORTED = -3,
  UNITLS_E_NOMEM = -4,

  UNITLS_E_PROTOCOL = -5,

  UNITLS_E_ALERT = -6,

  UNITLS_E_CERTIFICATE = -7,

  UNITLS_E_TRUNCATED = -8,

  UNITLS_E_TRANSPORT = -9,

  UNITLS_E_ABI = -10,

  UNITLS_E_POLICY = -11,
  UNITLS_E_TIMEOUT = -12,
  UNITLS_E_INTERNAL = -13
};

typedef uint64_t unitls_verify_flags;

enum {
  UNITLS_VERIFY_EXPIRED = 1 << 0,
  UNITLS_VERIFY_NOT_YET_VALID = 1 << 1,
  UNITLS_VERIFY_UNKNOWN_ISSUER = 1 << 2,
  UNITLS_VERIFY_SELF_SIGNED = 1 << 3,
  UNITLS_VERIFY_NAME_MISMATCH = 1 << 4,
  UNITLS_VERIFY_BAD_SIGNATURE = 1 << 5,
  UNITLS_VERIFY_REVOKED = 1 << 6,
  UNITLS_VERIFY_REVOCATION_UNKNOWN = 1 << 7,
  UNITLS_VERIFY_WEAK_KEY = 1 << 8,
  UNITLS_VERIFY_WEAK_ALGORITHM = 1 << 9,
  UNITLS_VERIFY_WRONG_PURPOSE = 1 << 10,
  UNITLS_VERIFY_BAD_CA = 1 << 11,
  UNITLS_VERIFY_PATH_LENGTH = 1 << 12,
  UNITLS_VERIFY_NAME_CONSTRAINT = 1 << 13,
  UNITLS_VERIFY_UNKNOWN_CRITICAL_EXTENSION = 1 << 14,
  UNITLS_VERIFY_MALFORMED = 1 << 15,
  UNITLS_VERIFY_CHAIN_TOO_LONG = 1 << 16,
  UNITLS_VERIFY_PIN_MISMATCH = 1 << 17,
  UNITLS_VERIFY_MISSING_STAPLE = 1 << 18,
  UNITLS_VERIFY_OTHER = 1 << 19
};

enum { UNITLS_ALERT_NONE = 0, UNITLS_ALERT_SENT = 1, UNITLS_ALERT_RECEIVED = 2 };
enum { UNITLS_ERROR_FIELD_SIZE = 64, UNITLS_ERROR_MESSAGE_SIZE = 256 };

typedef struct unitls_error {
  uint32_t struct_size;

  unitls_status status;

  int64_t native_code;

  unitls_verify_flags verify_flags;

  uint32_t alert;
  uint32_t alert_direction;

  char field[UNITLS_ERROR_FIELD_SIZE];

  char message[UNITLS_ERROR_MESSAGE_SIZE];
} unitls_error;

typedef struct unitls_bytes {
  const uint8_t *data;
  size_t size;
} unitls_bytes;

enum {

  UNITLS_FORMAT_PEM = 1,

  UNITLS_FORMAT_DER = 2,

  UNITLS_FORMAT_ID = 3
};

typedef struct unitls_blob {
  uint32_t format;
  uint32_t reserved_0;
  const uint8_t *data;
  size_t size;
} unitls_blob;

typedef struct unitls_option {
  const char *name;
  const char *value;
} unitls_option;

typedef struct unitls_iovec {
  const uint8_t *data;
  size_t size;
} unitls_iovec;

enum { UNITLS_TLS_1_2 = 0x0303, UNITLS_TLS_1_3 = 0x0304 };

enum { UNITLS_REFERENCE_NAMES_MAX = 8 };

enum { UNITLS_VERIFY_FULL = 0 };

enum { UNITLS_PURPOSE_SERVER = 0, UNITLS_PURPOSE_CLIENT = 1 };

enum { UNITLS_CLIENT_AUTH_NONE = 0, UNITLS_CLIENT_AUTH_REQUEST = 1, UNITLS_CLIENT_AUTH_REQUIRE = 2 };

enum {

  UNITLS_TRUST_SYSTEM = 1 << 0,

  UNITLS_TRUST_ANCHORS = 1 << 1
};

typedef struct unitls_trust {
  uint32_t struct_size;
  uint32_t flags;

  uint64_t generation;
  const unitls_blob *blobs;
  size_t blob_count;
} unitls_trust;

typedef struct unitls_crls {
  uint32_t struct_size;
  uint32_t flags;

  const unitls_blob *blobs;
  size_t blob_count;
} unitls_crls;

typedef struct unitls_verify_request {
  uint32_t struct_size;
  uint32_t reserved_0;

  unitls_verify_flags verify_flags;

  const unitls_bytes *chain;
  size_t chain_size;

  const unitls_bytes *path;
  size_t path_size;

  void *session_user;

  uint32_t purpose;
  uint32_t reserved_1;
  const void *reserved_2;
} unitls_verify_request;

typedef unitls_status(UNITLS_CALL *unitls_verify_function)(void *user, const unitls_verify_request *request,
                                                           unitls_verify_flags *flags);

typedef struct unitls_verify_callback {
  uint32_t struct_size;
  uint32_t reserved_0;

  void *user;
  unitls_verify_function verify;
} unitls_verify_callback;

typedef struct unitls_identity {
  uint32_t struct_size;
  uint32_t flags;
  const unitls_blob *certificates;
  size_t certificate_count;
  unitls_blob private_key;
} unitls_identity;

typedef struct unitls_client_config {
  uint32_t struct_size;
  uint32_t flags;

  uint16_t min_version;

  uint16_t max_version;

  uint32_t verify;

  const unitls_trust *trust;

  const unitls_identity *const *identities;
  size_t identity_count;

  const unitls_bytes *alpn;
  size_t alpn_count;

  const uint16_t *tls12_cipher_suites;
  size_t tls12_cipher_suite_count;
  const uint16_t *tls13_cipher_suites;
  size_t tls13_cipher_suite_count;
  const uint16_t *groups;
  size_t group_count;
  const uint16_t *signature_schemes;
  size_t signature_scheme_count;
  const unitls_option *options;
  size_t option_count;

  const unitls_crls *crls;

  const unitls_verify_callback *verify_callback;

  const unitls_bytes *pins;
  size_t pin_count;
  const void *reserved_0;
} unitls_client_config;

enum {

  UNITLS_SERVER_STRICT_SNI = 1 << 0
};

typedef struct unitls_server_config {
  uint32_t struct_size;

  uint32_t flags;
  uint16_t min_version;
  uint16_t max_version;

  uint32_t client_auth;

  uint32_t verify;
  uint32_t reserved_0;

  const unitls_trust *trust;

  const unitls_identity *const *identities;
  size_t identity_count;

  const unitls_bytes *alpn;
  size_t alpn_count;

  const uint16_t *tls12_cipher_suites;
  size_t tls12_cipher_suite_count;
  const uint16_t *tls13_cipher_suites;
  size_t tls13_cipher_suite_count;
  const uint16_t *groups;
  size_t group_count;
  const uint16_t *signature_schemes;
  size_t signature_scheme_count;
  const unitls_option *options;
  size_t option_count;

  const unitls_crls *crls;
  const unitls_verify_callback *verify_callback;
  const void *reserved_1;
} unitls_server_config;

typedef struct unitls_session_config {
  uint32_t struct_size;
  uint32_t flags;

  const char *server_name;

  const char *const *reference_names;
  size_t reference_name_count;

  void *user;
} unitls_session_config;

enum {

  UNITLS_INFO_RESUMED = 1 << 0,

  UNITLS_INFO_FIPS = 1 << 1
};

enum { UNITLS_ALPN_SIZE = 256, UNITLS_SERVER_NAME_SIZE = 256 };

typedef struct unitls_info {
  uint32_t struct_size;
  uint32_t flags;
  uint16_t version;
  uint16_t cipher_suite;

  uint16_t group;

  uint16_t signature_scheme;
  uint32_t reserved_0;
  uint32_t alpn_size;
  uint8_t alpn[UNITLS_ALPN_SIZE];
} unitls_info;

typedef unitls_status(UNITLS_CALL *unitls_bytes_sink)(void *user, unitls_bytes bytes);

typedef unitls_status(UNITLS_CALL *unitls_text_sink)(void *user, const char *text);

typedef unitls_status(UNITLS_CALL *unitls_finding_sink)(void *user, const unitls_error *finding);

enum {
  UNITLS_LIST_CIPHER_SUITES = 1,
  UNITLS_LIST_GROUPS = 2,
  UNITLS_LIST_SIGNATURE_SCHEMES = 3,
  UNITLS_LIST_OPTIONS = 4
};

enum {
  UNITLS_OPTION_CHANGES_NOTHING = 1 << 0,
  UNITLS_OPTION_CHANGES_VERSIONS = 1 << 1,
  UNITLS_OPTION_CHANGES_CIPHER_SUITES = 1 << 2,
  UNITLS_OPTION_CHANGES_GROUPS = 1 << 3,
  UNITLS_OPTION_CHANGES_SIGNATURE_SCHEMES = 1 << 4,
  UNITLS_OPTION_CHANGES_VERIFICATION = 1 << 5
};

typedef struct unitls_item {
  uint32_t struct_size;

  uint32_t number;

  const char *name;

  const char *type;

  const char *description;
} unitls_item;

typedef unitls_status(UNITLS_CALL *unitls_item_sink)(void *user, const unitls_item *item);

#ifdef __cplusplus
}
#endif

#endif
