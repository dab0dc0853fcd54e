/*
 * unitls/types.h: the values that programs, libunitls and plugins share.
 *
 * Status codes, errors, verify flags, blobs, configurations and connection facts. The plugin ABI
 * (unitls/backend.h) and the application's C API (unitls/unitls.h) are both built from these.
 *
 * Conventions
 *
 *   Language     C99; also valid C11, C17 and C++. Constants are enumerators, so that a binding generator
 *                sees them all, but no enumeration type crosses the ABI: fields have fixed-width types.
 *   Layout       No struct has implicit padding. Holes are named reserved_N and must be zero. Every size is a
 *                multiple of 8 on LP64, LLP64 and ILP32.
 *   Struct tags  Every struct says in its comment how it evolves:
 *                  REQUEST  the caller asks. struct_size first. What a reader does not know must be zero,
 *                           otherwise the answer is UNITLS_E_UNSUPPORTED. Never ignored.
 *                  OFFER    the caller lends functions or facts. struct_size first. An older reader ignores
 *                           the tail.
 *                  RESULT   the caller provides room. struct_size first, set by the caller, the rest zeroed;
 *                           the callee writes at most that much.
 *                  SEALED   no struct_size; never changes.
 *   Text         UTF-8, NUL-ended.
 *   Ownership    Each side frees what it made. Whatever a call is given stays the caller's and is copied when
 *                it must outlive the call.
 *
 * SPDX-License-Identifier: Apache-2.0 OR MIT
 */
#ifndef UNITLS_TYPES_H
#define UNITLS_TYPES_H

#include <stddef.h>
#include <stdint.h>

/* The calling convention of every function that crosses: the platform's C convention. */
#if defined(_WIN32) && !defined(_WIN64)
#define UNITLS_CALL __cdecl
#else
#define UNITLS_CALL
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------- status ---- */

/*
 * The outcome of a call. Zero is success, positive values are facts and not errors, negative values are
 * errors. A reader treats an unknown negative value as an error and an unknown positive one as
 * UNITLS_E_INTERNAL.
 */
typedef int32_t unitls_status;

enum {
  UNITLS_OK = 0,
  /* The peer's next bytes are needed first. */
  UNITLS_WANT_READ = 1,
  /* Earlier output must drain first. Never from a plugin: only channel and stream say it. */
  UNITLS_WANT_WRITE = 2,
  /* The peer sent close_notify: nothing more will come (RFC 8446, 6.1). Only from read. */
  UNITLS_CLOSED = 3,
  /* The transport ended. Only from a transport's recv. */
  UNITLS_EOF = 4,
  /* A callback of the program answered PENDING; the program knows when to call again. */
  UNITLS_WANT_CALLBACK = 5,

  /* An argument or a configuration is wrong, whoever reads it. */
  UNITLS_E_INVALID = -1,
  /* The call is not allowed in this state of the session. */
  UNITLS_E_STATE = -2,
  /* Right, but this backend (or this version of the ABI) cannot do it. */
  UNITLS_E_UNSUPPORTED = -3,
  UNITLS_E_NOMEM = -4,
  /* The peer broke the TLS protocol, or no parameters are common to both sides. */
  UNITLS_E_PROTOCOL = -5,
  /* The peer sent a fatal alert. */
  UNITLS_E_ALERT = -6,
  /* The peer's certificate was rejected by us; verify_flags says why. */
  UNITLS_E_CERTIFICATE = -7,
  /* The transport ended without close_notify: what was read may be cut short. */
  UNITLS_E_TRUNCATED = -8,
  /* The transport failed. */
  UNITLS_E_TRANSPORT = -9,
  /* A plugin, or the library behind it, is not what it must be. */
  UNITLS_E_ABI = -10,
  /* An administrator's policy forbids it. */
  UNITLS_E_POLICY = -11,
  UNITLS_E_TIMEOUT = -12,
  UNITLS_E_INTERNAL = -13
};

/* ------------------------------------------------------------------------------------- verify flags ---- */

/*
 * Why a certificate was rejected. Several can hold at once; none hides another. All backends give the same
 * set for the same chain. The order of the bits is the order in which text names them.
 */
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

/* -------------------------------------------------------------------------------------------- error ---- */

enum { UNITLS_ALERT_NONE = 0, UNITLS_ALERT_SENT = 1, UNITLS_ALERT_RECEIVED = 2 };
enum { UNITLS_ERROR_FIELD_SIZE = 64, UNITLS_ERROR_MESSAGE_SIZE = 256 };

/*
 * What went wrong. Owned by the caller, of fixed size and without pointers, so that an error outlives
 * whatever made it. Wherever an error can be taken, NULL may be given instead.
 *
 * Control characters that come from certificates or peers are escaped. An error never holds key material.
 *
 * RESULT
 */
typedef struct unitls_error {
  uint32_t struct_size;
  /* The same value as the call's return. */
  unitls_status status;
  /* The TLS library's own code (or errno, with UNITLS_E_TRANSPORT), for a bug report. 0 when there is none. */
  int64_t native_code;
  /* UNITLS_VERIFY_...; not 0 only with UNITLS_E_CERTIFICATE. */
  unitls_verify_flags verify_flags;
  /* AlertDescription (RFC 8446, 6); meaningful only when alert_direction is not UNITLS_ALERT_NONE. */
  uint32_t alert;
  uint32_t alert_direction;
  /* What is to blame, as a path: "identities[1].private_key", "alpn[0]", "options[gnutls.priority]". */
  char field[UNITLS_ERROR_FIELD_SIZE];
  /* One sentence without a full stop at its end. */
  char message[UNITLS_ERROR_MESSAGE_SIZE];
} unitls_error;

/* ------------------------------------------------------------------------------------------- values ---- */

/* Bytes that somebody else owns. SEALED */
typedef struct unitls_bytes {
  const uint8_t *data;
  size_t size;
} unitls_bytes;

enum {
  /* One or more PEM blocks (RFC 7468); text around them is skipped. */
  UNITLS_FORMAT_PEM = 1,
  /* One DER structure. */
  UNITLS_FORMAT_DER = 2,
  /* An opaque name that a backend with the capability "id.SCHEME" resolves, such as a PKCS#11 URI (RFC 7512). */
  UNITLS_FORMAT_ID = 3
};

/* A certificate, key or list of anchors, never a path. SEALED */
typedef struct unitls_blob {
  uint32_t format;
  uint32_t reserved_0;
  const uint8_t *data;
  size_t size;
} unitls_blob;

/* A setting that only one library knows: {"openssl.seclevel", "3"}. SEALED */
typedef struct unitls_option {
  const char *name;
  const char *value;
} unitls_option;

/* One piece of a gathered write. SEALED */
typedef struct unitls_iovec {
  const uint8_t *data;
  size_t size;
} unitls_iovec;

/* ------------------------------------------------------------------------------------ configuration ---- */

/* ProtocolVersion (RFC 8446, 4.1.2). Nothing below TLS 1.2 exists here. */
enum { UNITLS_TLS_1_2 = 0x0303, UNITLS_TLS_1_3 = 0x0304 };

/* Reference names of one session, at most. */
enum { UNITLS_REFERENCE_NAMES_MAX = 8 };

/* How a peer's certificate is verified. Weaker numbers exist only in unitls/insecure.h. */
enum { UNITLS_VERIFY_FULL = 0 };

/* What a certificate is to be good for (RFC 5280, 4.2.1.12). */
enum { UNITLS_PURPOSE_SERVER = 0, UNITLS_PURPOSE_CLIENT = 1 };

/* What a server asks of its clients (RFC 8446, 4.3.2). */
enum { UNITLS_CLIENT_AUTH_NONE = 0, UNITLS_CLIENT_AUTH_REQUEST = 1, UNITLS_CLIENT_AUTH_REQUIRE = 2 };

enum {
  /* Trust the system's store. A host replaces it by the store's blobs before a plugin sees it. */
  UNITLS_TRUST_SYSTEM = 1 << 0,
  /* Trust the blobs. */
  UNITLS_TRUST_ANCHORS = 1 << 1
};

/*
 * Whom to trust. Every certificate in the blobs is an anchor, root or not.
 *
 * REQUEST
 */
typedef struct unitls_trust {
  uint32_t struct_size;
  uint32_t flags;
  /* From one host, an equal generation other than 0 means equal blobs for ever, so that a plugin can parse
   * once and share. 0 promises nothing. */
  uint64_t generation;
  const unitls_blob *blobs;
  size_t blob_count;
} unitls_trust;

/*
 * Certificate revocation lists (RFC 5280, 5). When a configuration has this struct, every certificate of a path
 * below its anchor needs a list of its issuer that is signed, current and does not name it.
 *
 * REQUEST
 */
typedef struct unitls_crls {
  uint32_t struct_size;
  uint32_t flags;
  /* PEM with one or more lists, or DER with one. */
  const unitls_blob *blobs;
  size_t blob_count;
} unitls_crls;

/*
 * One peer's certificates and what was found about them, for the program's verify callback.
 *
 * OFFER
 */
typedef struct unitls_verify_request {
  uint32_t struct_size;
  uint32_t reserved_0;
  /* What the built-in verification found: 0 when it accepts. */
  unitls_verify_flags verify_flags;
  /* What the peer presented, as DER, leaf first. None when a certificate was requested and did not come. */
  const unitls_bytes *chain;
  size_t chain_size;
  /* The path that was judged, leaf first; it ends at an anchor when no flag of the issuer holds. May be empty. */
  const unitls_bytes *path;
  size_t path_size;
  /* Of the session's configuration. */
  void *session_user;
  /* UNITLS_PURPOSE_...: whose certificates these are. */
  uint32_t purpose;
  uint32_t reserved_1;
  const void *reserved_2;
} unitls_verify_request;

/*
 * Judges a peer after the built-in verification, whatever that found. It can only tighten. Answers
 *
 *   UNITLS_OK             the built-in verdict stands.
 *   UNITLS_E_CERTIFICATE  refused. *flags, which comes as 0, may name reasons; none means UNITLS_VERIFY_OTHER.
 *   UNITLS_WANT_CALLBACK  not decided yet. `handshake` answers the same, and asks again when it is called again.
 *                         A peer that the built-in verification refuses is refused at once. Without the capability
 *                         "async-verify-client" or "async-verify-server" this is a refusal.
 *
 * Any other answer is a refusal. The request lives until the function returns, which must not use its session.
 * [callback]
 */
typedef unitls_status(UNITLS_CALL *unitls_verify_function)(void *user, const unitls_verify_request *request,
                                                           unitls_verify_flags *flags);

/*
 * The program's own judgement of peers. Called in every full handshake in which the peer presented certificates,
 * and in one in which a requested certificate did not come; never in a resumed one. Needs "verify-callback".
 *
 * OFFER
 */
typedef struct unitls_verify_callback {
  uint32_t struct_size;
  uint32_t reserved_0;
  /* Lives as long as the context. */
  void *user;
  unitls_verify_function verify;
} unitls_verify_callback;

/*
 * What one side presents: a certificate chain, leaf first, without its root, and the leaf's private key.
 * Several certificates may stand in one PEM blob. A key with size 0 is looked for among the PEM blobs of the
 * certificates.
 *
 * REQUEST
 */
typedef struct unitls_identity {
  uint32_t struct_size;
  uint32_t flags;
  const unitls_blob *certificates;
  size_t certificate_count;
  unitls_blob private_key;
} unitls_identity;

/*
 * What a client wants. All of it is copied, apart from what the callback's user points to. A zeroed struct with its
 * size set is a valid and safe start: TLS 1.2 and newer, full verification.
 *
 * REQUEST
 */
typedef struct unitls_client_config {
  uint32_t struct_size;
  uint32_t flags;
  /* 0 means TLS 1.2. A minimum that the backend lacks is UNITLS_E_UNSUPPORTED. */
  uint16_t min_version;
  /* 0 means the highest that the backend has. A maximum is a bound, kept by not passing it. */
  uint16_t max_version;
  /* UNITLS_VERIFY_FULL. */
  uint32_t verify;
  /* NULL: towards libunitls the system's store, towards a plugin nothing (UNITLS_E_INVALID). */
  const unitls_trust *trust;
  /* None or one: what is presented when a server asks for a certificate. */
  const unitls_identity *const *identities;
  size_t identity_count;
  /* Protocol names in order of preference (RFC 7301). Every backend carries 8 names of 1 to 31 bytes without
   * NUL; more needs "alpn-many", "alpn-long", "alpn-binary". */
  const unitls_bytes *alpn;
  size_t alpn_count;
  /*
   * Cipher suites of TLS 1.2 and of TLS 1.3, key exchange groups and signature schemes by their IANA numbers, in
   * order of preference. An empty list is the library's own default, never below TLS 1.2's. Any other is exact, as
   * a set, or UNITLS_E_UNSUPPORTED; a library may be unable to keep the order. A default may be reduced, never
   * widened or emptied, when the other version's list forces it. "cipher-suites", "groups", "signature-schemes".
   */
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
  /* NULL: revocation is not asked for. "crl". */
  const unitls_crls *crls;
  /* NULL: none. */
  const unitls_verify_callback *verify_callback;
  /*
   * SHA-256 of the SubjectPublicKeyInfo (RFC 7469, 2.4) of which one must be in the verified path; in the leaf alone
   * when nothing is verified. 32 bytes each. libunitls checks them, by the verify callback: towards a plugin there
   * are none.
   */
  const unitls_bytes *pins;
  size_t pin_count;
  const void *reserved_0;
} unitls_client_config;

enum {
  /* A client whose server name fits no identity is refused with unrecognized_name (RFC 6066, 3). One that sends no
   * name is served by the first identity. */
  UNITLS_SERVER_STRICT_SNI = 1 << 0
};

/*
 * What a server wants. All of it is copied, apart from what the callback's user points to.
 *
 * Of several identities those are presented that have the client's server name among their DNS names, an exact one
 * before a wildcard; among them the one whose key the client can verify. Without such a name the first is, together
 * with those that have the same names.
 *
 * REQUEST
 */
typedef struct unitls_server_config {
  uint32_t struct_size;
  /* UNITLS_SERVER_... */
  uint32_t flags;
  uint16_t min_version;
  uint16_t max_version;
  /* UNITLS_CLIENT_AUTH_... */
  uint32_t client_auth;
  /* UNITLS_VERIFY_FULL: how clients' certificates are verified. */
  uint32_t verify;
  uint32_t reserved_0;
  /* The clients' anchors; needed, and allowed, only when client_auth asks for certificates. */
  const unitls_trust *trust;
  /* At least one. More than one needs "identity-set". */
  const unitls_identity *const *identities;
  size_t identity_count;
  /* As for clients. The server's order decides; no common protocol ends in no_application_protocol. */
  const unitls_bytes *alpn;
  size_t alpn_count;
  /* As for clients. */
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
  /* About clients' certificates; allowed only when client_auth asks for them. */
  const unitls_crls *crls;
  const unitls_verify_callback *verify_callback;
  const void *reserved_1;
} unitls_server_config;

/*
 * What one connection needs beyond its context. A server's is zero but for its size.
 *
 * REQUEST
 */
typedef struct unitls_session_config {
  uint32_t struct_size;
  uint32_t flags;
  /* Sent as SNI (RFC 6066, 3): an A-label host name, never an IP address. NULL sends none. */
  const char *server_name;
  /* The peer must be one of these: 1 to UNITLS_REFERENCE_NAMES_MAX DNS names or IP addresses (RFC 9525). A
   * verifying client without any is UNITLS_E_INVALID. */
  const char *const *reference_names;
  size_t reference_name_count;
  /* For the verify callback: session_user. Not touched. */
  void *user;
} unitls_session_config;

/* ------------------------------------------------------------------------------------- negotiated ------ */

enum {
  /* The session was resumed: no certificate was sent in this handshake. */
  UNITLS_INFO_RESUMED = 1 << 0,
  /* The library runs in FIPS mode; told only by backends with the capability "fips". */
  UNITLS_INFO_FIPS = 1 << 1
};

enum { UNITLS_ALPN_SIZE = 256, UNITLS_SERVER_NAME_SIZE = 256 };

/*
 * What was negotiated. All zero until the handshake has succeeded; 0 afterwards means "none" or "this backend
 * cannot know", never a guess. Numbers are IANA's.
 *
 * RESULT
 */
typedef struct unitls_info {
  uint32_t struct_size;
  uint32_t flags;
  uint16_t version;
  uint16_t cipher_suite;
  /* Key exchange group (RFC 8446, 4.2.7). */
  uint16_t group;
  /* The scheme in which the server proved its key (RFC 8446, 4.2.3). */
  uint16_t signature_scheme;
  uint32_t reserved_0;
  uint32_t alpn_size;
  uint8_t alpn[UNITLS_ALPN_SIZE];
  /* The SNI that the client sent; empty when none was. */
  char server_name[UNITLS_SERVER_NAME_SIZE];
} unitls_info;

/* -------------------------------------------------------------------------------------------- sinks ---- */

/* Takes one piece of a result of variable size. The bytes live until it returns. An answer other than
 * UNITLS_OK ends the listing, and the listing call returns it. [callback] */
typedef unitls_status(UNITLS_CALL *unitls_bytes_sink)(void *user, unitls_bytes bytes);

/* As above, for text: NUL-ended, also without counting on the NUL. [callback] */
typedef unitls_status(UNITLS_CALL *unitls_text_sink)(void *user, const char *text);

/* As above, one finding of a configuration check at a time. [callback] */
typedef unitls_status(UNITLS_CALL *unitls_finding_sink)(void *user, const unitls_error *finding);

/* What `list` can name. */
enum {
  UNITLS_LIST_CIPHER_SUITES = 1,
  UNITLS_LIST_GROUPS = 2,
  UNITLS_LIST_SIGNATURE_SCHEMES = 3,
  UNITLS_LIST_OPTIONS = 4
};

/*
 * What an option can change beyond the typed members of a configuration. An administrator's policy refuses an option
 * that can change what it fixes. 0 does not say, and is taken for everything.
 */
enum {
  UNITLS_OPTION_CHANGES_NOTHING = 1 << 0,
  UNITLS_OPTION_CHANGES_VERSIONS = 1 << 1,
  UNITLS_OPTION_CHANGES_CIPHER_SUITES = 1 << 2,
  UNITLS_OPTION_CHANGES_GROUPS = 1 << 3,
  UNITLS_OPTION_CHANGES_SIGNATURE_SCHEMES = 1 << 4,
  UNITLS_OPTION_CHANGES_VERIFICATION = 1 << 5
};

/*
 * One thing that a backend has. The texts live until the sink returns.
 *
 * OFFER
 */
typedef struct unitls_item {
  uint32_t struct_size;
  /* IANA's number; of an option, UNITLS_OPTION_CHANGES_... */
  uint32_t number;
  /* IANA's name, or the option's. */
  const char *name;
  /* Options: "integer", "text", "boolean" or a set such as "low|high". Others: NULL. */
  const char *type;
  /* Options: one sentence. Others: NULL. */
  const char *description;
  const void *reserved_0;
} unitls_item;

typedef unitls_status(UNITLS_CALL *unitls_item_sink)(void *user, const unitls_item *item);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* UNITLS_TYPES_H */
