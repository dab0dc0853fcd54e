/*
 * unitls/backend.h: the plugin ABI.
 *
 * This header is the specification. A TLS library becomes a backend when a shared object exports the one symbol
 * described here and keeps the clauses below, numbered U-01, U-02, ... `unitls-conformance ./unitls-mine.so`
 * checks them and names the clause that is broken.
 *
 * A backend is sans-IO: it never touches a socket or a file of its own. It turns plaintext into records
 * and back over two functions that its host lends it. Buffering, flow control, sockets, deadlines, reading of
 * files and choice of a backend are the host's.
 *
 * unitls/types.h has the values and configurations, unitls/extensions.h the optional functions, unitls/insecure.h the
 * two modes that weaken verification. types.h also says what is meant by the tags REQUEST, OFFER, RESULT and SEALED.
 *
 *
 * THREADS
 *
 *   [thread-safe]  may be called on any thread at any time.
 *   [session]      one call at a time for one session; different sessions are independent.
 *   [callback]     called by the other side, only inside one of its calls, on that call's thread.
 *
 *
 * EVOLUTION
 *
 *   U-01  The only exported symbol is `unitls_plugin_v1` (or `unitls_layer_v1`): data, constant-initialised.
 *   U-02  Within a major version members are appended to sized structs, and nothing else about them changes.
 *         Until the first release the major version is 0 and the minor must be equal; afterwards a host accepts
 *         a plugin of the same major version.
 *   U-03  A REQUEST whose struct_size is smaller than its first version is UNITLS_E_INVALID. One that is larger
 *         than the reader's is accepted when all of the unknown tail is zero, and is UNITLS_E_UNSUPPORTED when
 *         not. The same holds for every REQUEST that is reached by pointer.
 *   U-04  An unknown flag bit, an unknown value of an enumerated field and a reserved member that is not zero are
 *         UNITLS_E_UNSUPPORTED naming the field.
 *   U-05  Of a RESULT no byte past its struct_size is written. Of an OFFER the unknown tail is ignored.
 *   U-06  No exception, signal, longjmp or standard output or error leaves a backend. It changes nothing of the
 *         process: signal dispositions, environment, working directory, umask, locale, rounding. What was destroyed
 *         leaves no memory, descriptor or thread behind.
 *
 *
 * ERRORS
 *
 *   U-07  Every `err` may be NULL. No other pointer argument may, unless its comment says so.
 *   U-08  On a negative status an `err` that was given has the same status, a message, and the field that is to
 *         blame when there is one. On success and on facts it is left as it was.
 *   U-09  A configuration that is wrong is UNITLS_E_INVALID. One that is right and not possible here is
 *         UNITLS_E_UNSUPPORTED. Both name the field. Nothing is silently ignored, reduced or widened.
 *   U-10  Running out of memory is UNITLS_E_NOMEM and leaks nothing. A backend whose library may end the process
 *         instead lacks the capability "oom-safe".
 *   U-11  A `create` that does not answer UNITLS_OK has set its handle NULL. `*done` is written in every case.
 *         Other outputs are written only on UNITLS_OK.
 *   U-12  verify_flags is not 0 if and only if a peer's certificate was rejected for these reasons. The message of
 *         a backend does not repeat the flags; the host appends them.
 *
 *
 * CONTEXTS
 *
 *   U-13  A context is immutable and [thread-safe]. Everything that a configuration points to was copied, and
 *         temporary copies of private keys were wiped, when its create returns.
 *   U-14  The host keeps a context until its last session is destroyed.
 *   U-15  TLS 1.2 and TLS 1.3 are the only versions. min_version 0 is TLS 1.2, max_version 0 the highest that the
 *         backend has. A maximum is kept by not passing it, also by a backend that lacks it. A minimum that the
 *         backend lacks is UNITLS_E_UNSUPPORTED on "min_version". A minimum above the maximum, or a value below
 *         TLS 1.2, is UNITLS_E_INVALID.
 *   U-16  Trust arrives as blobs, also the system's. A verifying client, or a server that asks for certificates,
 *         whose trust has no anchors is UNITLS_E_INVALID on "trust".
 *   U-17  An identity whose key does not match its leaf is UNITLS_E_INVALID on "identities[i].private_key". An
 *         encrypted key is UNITLS_E_UNSUPPORTED. A server without any identity is UNITLS_E_INVALID.
 *   U-18  An option that the backend does not list is UNITLS_E_UNSUPPORTED on "options[NAME]". Options are applied
 *         before the typed fields, which win.
 *   U-19  Compression and renegotiation are off. A server issues no tickets and keeps no session cache, and a
 *         client offers none, unless a configuration asks for resumption.
 *   U-20  After fork a context stays usable in the child and does not repeat random numbers. A backend that cannot
 *         promise this lacks the capability "fork-safe", and its contexts answer UNITLS_E_STATE in the child.
 *
 *
 * SESSIONS: STATES
 *
 *     state               handshake  read                  write              shutdown
 *     new, handshaking    runs       UNITLS_E_STATE        UNITLS_E_STATE     UNITLS_E_STATE, nothing sent
 *     open                OK         data                  data               sends close_notify, OK
 *     own side closed     OK         goes on               UNITLS_E_STATE     OK, no second alert
 *     peer closed         OK         UNITLS_CLOSED         goes on            sends close_notify, OK
 *     failed              the same error from all of them, for ever
 *
 *   U-21  The table above. UNITLS_E_STATE changes nothing.
 *   U-22  A failed session answers every later call with the same status, alert and flags. `info` and
 *         `peer_certificates` still answer.
 *   U-23  `write` of length 0 is UNITLS_OK with *done 0 and sends nothing. `read` of length 0 is UNITLS_E_INVALID
 *         and changes nothing. Neither reaches the library.
 *   U-24  `info` before the end of the handshake is all zeros.
 *   U-25  `shutdown` sends close_notify once and closes the sending half only. What has not been read stays
 *         readable, until UNITLS_CLOSED.
 *
 *
 * SESSIONS: INPUT AND OUTPUT
 *
 *   U-26  The transport is called only from inside handshake, read, write and shutdown, on the calling thread.
 *         Never from a create or a destroy. It never re-enters the session.
 *   U-27  An error of the transport is final. It comes back unchanged from the call that hit it and from every
 *         later one, and no further byte is sent.
 *   U-28  UNITLS_WANT_READ is answered only when `recv` answered it during this call. UNITLS_WANT_WRITE is never
 *         answered.
 *   U-29  When `read` answers UNITLS_WANT_READ, no complete record of application data is held anywhere.
 *   U-30  `write` accepts all of its bytes or a prefix of at least one. What it reports as done is encrypted and
 *         was handed to `send`. There is no rule about how to call it again.
 *   U-31  `read` delivers at least one byte or says why not. Tickets, key updates, empty records and other records
 *         without data are never shown.
 *   U-32  `pending` is the number of bytes that `read` gives without calling `recv`.
 *   U-33  An end of the transport without close_notify is UNITLS_E_TRUNCATED, in the handshake and in read, and
 *         from then on in write and shutdown. A close_notify inside the handshake is UNITLS_E_PROTOCOL.
 *   U-34  UNITLS_CLOSED repeats for ever.
 *   U-35  Bytes reach a peer, and are accepted from it, however they are cut: one at a time as well as many
 *         records at once, with UNITLS_WANT_READ at any point.
 *
 *
 * SESSIONS: ALERTS
 *
 *   U-36  For every protocol and certificate error, once a valid first record came in, a fatal alert was handed to
 *         `send` exactly once before the error is returned, and the error names it. Otherwise the error says that
 *         there is none.
 *   U-37  A fatal alert from the peer is UNITLS_E_ALERT, with its number. When the peer gives up inside a TLS 1.3
 *         handshake, UNITLS_E_PROTOCOL is allowed too: some libraries cannot read an alert in the clear.
 *   U-38  The alert for a rejected certificate follows the first reason of this list: revoked: 44
 *         (certificate_revoked); unknown issuer, self-signed: 48 (unknown_ca); expired, not yet valid: 45
 *         (certificate_expired); any other: 42 (bad_certificate). Order of the reasons: malformed, unknown
 *         critical extension, chain too long, revoked, bad signature, self-signed, unknown issuer, bad CA, path
 *         length, name constraint, wrong purpose, weak algorithm, weak key, not yet valid, expired, name mismatch,
 *         pin mismatch, missing staple, revocation unknown, other. A library that fails before it hands out the
 *         chain may say 43 (unsupported_certificate), 49 (access_denied) or 50 (decode_error).
 *   U-39  A required client certificate that is missing is UNITLS_E_CERTIFICATE without flags; the alert is 116
 *         (certificate_required) in TLS 1.3 and 40 (handshake_failure) in TLS 1.2.
 *   U-40  No protocol in common by ALPN: 120 (no_application_protocol). No version in common: 70
 *         (protocol_version) or 40.
 *   U-41  In TLS 1.3 a client's handshake may succeed before the server has looked at its certificate. The
 *         rejection then comes from the next read as UNITLS_E_ALERT.
 *
 *
 * SESSIONS: VERIFICATION
 *
 *   U-42  The verdict falls inside the handshake: a refused server sees a fatal alert and never our Finished; to a
 *         refused client nothing of the application is sent. `handshake` answers UNITLS_OK only when it is over.
 *   U-43  A peer is accepted only when the library's own verifier accepts its chain and no verify flag holds. The
 *         flags are those of the common rule (docs/verification.md), the same set on every backend.
 *   U-44  Names follow RFC 9525: no common name, a wildcard only as the whole left-most label and with two labels
 *         after it, IP addresses only against iPAddress entries. The peer must have one of the reference names.
 *   U-45  A certificate feature that neither the library nor the common rule can judge is refused with a flag.
 *   U-46  No SNI is sent for a server_name of NULL. An IP address as server_name is UNITLS_E_INVALID.
 *   U-47  A client that was asked for a certificate and has none sends an empty list. Under "request" that is
 *         accepted; a certificate that is present and bad is refused as under "require".
 *   U-55  The verify callback is called once in a full handshake in which the peer presented certificates, after the
 *         built-in verdict whatever it is, and once with an empty chain when a requested certificate did not come;
 *         again only after UNITLS_WANT_CALLBACK. It can only tighten: what it refuses is UNITLS_E_CERTIFICATE with
 *         its flags added, or UNITLS_VERIFY_OTHER when there is none. The alert for a certificate that did not come
 *         may be that of U-38 or that of U-39.
 *   U-56  The modes of unitls/insecure.h drop from the verdict what they name and nothing else. The flags are
 *         computed and given to the callback in every mode.
 *   U-57  With `crls`, every certificate of the path below its anchor needs a list; otherwise it is revoked or its
 *         revocation is unknown. An empty set of lists is UNITLS_E_INVALID on "crls".
 *   U-58  `verified_certificates` gives the path that was accepted, leaf first, its anchor last.
 *
 *
 * SESSIONS: PARAMETERS
 *
 *   U-59  Lists of suites, groups and signature schemes are exact, as sets, or UNITLS_E_UNSUPPORTED naming the member.
 *         A number twice, a suite of TLS 1.3 in the list of TLS 1.2 or the reverse, and a list for a version outside
 *         the range are UNITLS_E_INVALID. No parameter in common ends in handshake_failure (40) or, for suites of a
 *         TLS 1.3 client, groups and schemes, in an alert that RFC 8446 gives for it.
 *   U-60  A server's identity is chosen by the client's server name, blind to case, among all DNS names of all
 *         identities, an exact name before a wildcard, and then by what the client can verify. For a name that fits
 *         none, and without one, it is the first, with those that have the same names; under UNITLS_SERVER_STRICT_SNI
 *         a name that fits none ends in unrecognized_name (112).
 *
 *
 * EXTENSIONS
 *
 *   U-61  unitls.verify-chain/1 gives the verdict and the flags that a handshake gives.
 *   U-62  unitls.certificate-info/1 tells what stands in a certificate and nothing else; one that is malformed is
 *         UNITLS_E_INVALID saying how.
 *
 *
 * SPDX-License-Identifier: Apache-2.0 OR MIT
 */
#ifndef UNITLS_BACKEND_H
#define UNITLS_BACKEND_H

#include <unitls/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { UNITLS_ABI_MAJOR = 0, UNITLS_ABI_MINOR = 2 };

/* A context and a session of a backend: its own, opaque to the host. */
typedef struct unitls_backend_context unitls_backend_context;
typedef struct unitls_backend_session unitls_backend_session;

/* --------------------------------------------------------------------------------------------- host ---- */

enum { UNITLS_LOG_ERROR = 1, UNITLS_LOG_WARN = 2, UNITLS_LOG_INFO = 3, UNITLS_LOG_DEBUG = 4 };

/*
 * What a host lends to a plugin. It lives for ever.
 *
 * OFFER
 */
typedef struct unitls_host {
  uint32_t struct_size;
  uint32_t reserved_0;
  void *user;
  /* Writes one line to the host's log, without a line end and without secrets. [thread-safe] */
  void(UNITLS_CALL *log)(void *user, int32_t level, const char *text);
} unitls_host;

/* ---------------------------------------------------------------------------------------- transport ---- */

/*
 * How a session reaches its peer. The functions are called with `user` first. The transport outlives the
 * session.
 *
 * OFFER
 */
typedef struct unitls_transport {
  uint32_t struct_size;
  uint32_t reserved_0;
  void *user;

  /*
   * Takes up to `size` (at least 1) received bytes. UNITLS_OK with *done of at least 1, UNITLS_WANT_READ when
   * there are none yet, UNITLS_EOF when there will be none, or an error, which is final. [callback]
   */
  unitls_status(UNITLS_CALL *recv)(void *user, uint8_t *buffer, size_t size, size_t *done);

  /*
   * Sends all of the bytes or fails, and a failure is final.
   *
   * Rationale: the host buffers what the network would not take and refuses new plaintext until that has
   * drained. So no backend holds half a record, and no rule about repeating a write reaches a program.
   * [callback]
   */
  unitls_status(UNITLS_CALL *send)(void *user, const uint8_t *data, size_t size);

  /* The same for pieces that belong together. May be NULL. [callback] */
  unitls_status(UNITLS_CALL *sendv)(void *user, const unitls_iovec *pieces, size_t count);
} unitls_transport;

/* ------------------------------------------------------------------------------------------ backend ---- */

/*
 * The functions of a backend.
 *
 * `self` is the table that the host holds. It may be a copy of the one that `open` returned: read only
 * self->instance, never compare the address of `self` (U-48).
 *
 * A backend that is only a client, or only a server, leaves the other side's check and create NULL. The host
 * puts functions that answer UNITLS_E_UNSUPPORTED there, and into every other member that is NULL, so that no
 * caller ever tests for NULL.
 *
 * OFFER
 */
typedef struct unitls_backend {
  uint32_t struct_size;
  uint32_t reserved_0;
  void *instance;

  /*
   * The capabilities that hold for the library as it was found: a NULL-ended list of strings that lives for
   * ever, a subset of the descriptor's (U-49). [thread-safe]
   */
  const char *const *(UNITLS_CALL *capabilities)(const struct unitls_backend *self);

  /*
   * Names what the backend has of a kind (UNITLS_LIST_...), in its own order of preference. An unknown kind is
   * UNITLS_E_UNSUPPORTED. Every option is listed with its name ("ID.something"), type and meaning.
   * [thread-safe]
   */
  unitls_status(UNITLS_CALL *list)(const struct unitls_backend *self, int32_t kind, unitls_item_sink sink,
                                   void *user);

  /*
   * Finds an optional group of functions by its id, "unitls.NAME/REVISION" or "org.example.name/REVISION": a
   * sized struct (OFFER) that lives for ever, or NULL. A new revision is a new struct. [thread-safe]
   */
  const void *(UNITLS_CALL *get_extension)(const struct unitls_backend *self, const char *id);

  /*
   * Report everything that is wrong with a configuration, not the first alone. No input or output. UNITLS_OK
   * when the check could be made, whatever it found. A configuration without findings can still fail in
   * create, for what only the library sees. [thread-safe]
   */
  unitls_status(UNITLS_CALL *client_config_check)(const struct unitls_backend *self,
                                                  const unitls_client_config *config,
                                                  unitls_finding_sink sink, void *user);
  unitls_status(UNITLS_CALL *server_config_check)(const struct unitls_backend *self,
                                                  const unitls_server_config *config,
                                                  unitls_finding_sink sink, void *user);

  /* Make a context (U-13 to U-20). [thread-safe] */
  unitls_status(UNITLS_CALL *client_context_create)(const struct unitls_backend *self,
                                                    const unitls_client_config *config,
                                                    unitls_backend_context **context, unitls_error *err);
  unitls_status(UNITLS_CALL *server_context_create)(const struct unitls_backend *self,
                                                    const unitls_server_config *config,
                                                    unitls_backend_context **context, unitls_error *err);
  /* NULL is allowed and does nothing. [thread-safe] */
  void(UNITLS_CALL *context_destroy)(unitls_backend_context *context);

  /*
   * Makes a session of the context's side over `transport`, which is kept by address. Sends nothing.
   * [thread-safe]
   */
  unitls_status(UNITLS_CALL *session_create)(unitls_backend_context *context,
                                             const unitls_session_config *config,
                                             const unitls_transport *transport,
                                             unitls_backend_session **session, unitls_error *err);
  /* Sends nothing: closing is explicit. NULL is allowed and does nothing. [session] */
  void(UNITLS_CALL *session_destroy)(unitls_backend_session *session);

  /*
   * Goes on with the handshake. UNITLS_OK when it is over and the peer is verified; again UNITLS_OK, without
   * effect, from then on. [session]
   */
  unitls_status(UNITLS_CALL *handshake)(unitls_backend_session *session, unitls_error *err);

  /*
   * Gives decrypted bytes: UNITLS_OK with *done from 1 to `size`, UNITLS_CLOSED after the peer's close_notify,
   * UNITLS_WANT_READ, or an error. [session]
   */
  unitls_status(UNITLS_CALL *read)(unitls_backend_session *session, uint8_t *buffer, size_t size,
                                   size_t *done, unitls_error *err);

  /* Encrypts and sends: UNITLS_OK with *done from 1 to `size`, or an error. [session] */
  unitls_status(UNITLS_CALL *write)(unitls_backend_session *session, const uint8_t *data, size_t size,
                                    size_t *done, unitls_error *err);

  /* Sends close_notify (U-25). [session] */
  unitls_status(UNITLS_CALL *shutdown)(unitls_backend_session *session, unitls_error *err);

  /* U-32. [session] */
  size_t(UNITLS_CALL *pending)(const unitls_backend_session *session);

  /* Tells what was negotiated (U-24). Never fails on a struct of valid size. [session] */
  unitls_status(UNITLS_CALL *info)(const unitls_backend_session *session, unitls_info *info);

  /*
   * Gives the certificates that the peer presented, as DER, leaf first, also those of a peer that was rejected
   * when the library had got that far. None when none was presented; possibly fewer after resumption.
   * [session]
   */
  unitls_status(UNITLS_CALL *peer_certificates)(const unitls_backend_session *session, unitls_bytes_sink sink,
                                                void *user);

  /*
   * Gives the path by which the peer was verified, as DER (U-58). None when no certificate was verified, also after
   * resumption. "verified-chain". [session]
   */
  unitls_status(UNITLS_CALL *verified_certificates)(const unitls_backend_session *session,
                                                    unitls_bytes_sink sink, void *user);

  const void *reserved_1;
} unitls_backend;

/* ------------------------------------------------------------------------------------------- plugin ---- */

/*
 * The descriptor. All of it is constant data, readable before any of the plugin's code has run (U-50).
 *
 * OFFER
 */
typedef struct unitls_plugin {
  uint32_t struct_size;
  uint16_t abi_major;
  uint16_t abi_minor;
  /* [a-z][a-z0-9-]{0,31}. "help", "none", "all" and "layer-..." are reserved. The file is unitls-ID.so. */
  const char *id;
  /* The plugin's own version. */
  const char *version;
  /* One sentence for an administrator. */
  const char *description;
  /* Name and version of the library that the plugin was built against: "OpenSSL 3.0.22". */
  const char *library_build_version;
  /* The most that this build can have: a NULL-ended list. */
  const char *const *capabilities;
  /* Name and version of the library that is really there. The text lives for ever. [thread-safe] */
  const char *(UNITLS_CALL *library_version)(void);

  /*
   * Gives the backend. May be called again and from several threads, with the same or another host; every call
   * answers a table that lives for ever. There is no close.
   *
   * U-51  `open` makes sure which library it really reaches: the same vendor, the same major.minor line, and
   *       code that lies in an object that the plugin itself was linked to. Otherwise UNITLS_E_ABI naming
   *       both.
   *
   * Rationale: a program that exports another library's symbols captures a plugin's calls, also under
   * RTLD_LOCAL, and everything still seems to work. Counting opens and closes is what went wrong elsewhere.
   * [thread-safe]
   */
  unitls_status(UNITLS_CALL *open)(const unitls_host *host, const unitls_backend **backend,
                                   unitls_error *err);
  const void *reserved_0;
} unitls_plugin;

/* The one exported symbol of a plugin. A later major version is another symbol. */
#ifdef UNITLS_BUILDING_PLUGIN
#if defined(_WIN32)
#define UNITLS_PLUGIN_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define UNITLS_PLUGIN_EXPORT __attribute__((visibility("default")))
#else
#define UNITLS_PLUGIN_EXPORT
#endif
UNITLS_PLUGIN_EXPORT extern const unitls_plugin unitls_plugin_v1;
#endif

/*
 * The descriptor of a layer, a plugin that implements a backend over another one. `wrap` fills a table that the
 * caller owns and whose instance is its own. `inner` outlives it. Contexts and sessions of a layer are its own
 * objects and hold inner's. A layer answers NULL for extension ids that it does not know. The file is
 * unitls-layer-ID.so and is never listed as a backend.
 *
 * OFFER
 */
typedef struct unitls_layer {
  uint32_t struct_size;
  uint16_t abi_major;
  uint16_t abi_minor;
  const char *id;
  const char *version;
  const char *description;
  /* [thread-safe] */
  unitls_status(UNITLS_CALL *wrap)(const unitls_host *host, const unitls_backend *inner,
                                   const unitls_option *options, size_t option_count, unitls_backend *table,
                                   unitls_error *err);
} unitls_layer;

/*
 * Clauses of the structs above
 *
 *   U-48  Functions read only self->instance, so that a verbatim copy of the table works.
 *   U-49  `capabilities` is a subset of the descriptor's list. What is listed works; what is not listed is refused
 *         with UNITLS_E_UNSUPPORTED naming the field.
 *   U-50  Descriptor and note say the same.
 *   U-52  `open` is idempotent and [thread-safe].
 *   U-53  `context_destroy` and `session_destroy` of NULL do nothing.
 *   U-54  `session_create` on a struct that is NULL, or with a transport without recv or send, is UNITLS_E_INVALID.
 */

/*
 * The note
 *
 * A plugin carries its descriptor's texts a second time, in an ELF note, so that a host lists plugins without
 * running their code. Section .note.unitls, 4-aligned: namesz 7, descsz, type (1 plugin, 2 layer), the name
 * "unitls\0" padded with one zero byte, and a desc of NUL-ended strings in this order: id, version, description,
 * library_build_version, "MAJOR.MINOR" of the ABI, then every capability. Zero bytes at the end are padding. (A
 * layer's library_build_version is empty and it has no capabilities.) UNITLS_PLUGIN writes descriptor and note
 * from one source.
 */
enum { UNITLS_NOTE_PLUGIN = 1, UNITLS_NOTE_LAYER = 2 };

/*
 * Whether a REQUEST can be read by somebody who knows `known` bytes of it: UNITLS_OK when `struct_size` is at
 * least `oldest` and every byte from `known` up to `struct_size` is zero; UNITLS_E_INVALID when it is too small;
 * UNITLS_E_UNSUPPORTED when the unknown tail holds something (U-03). `oldest` is the size of the struct's first
 * version.
 */
static inline unitls_status unitls_check_request(const void *request, size_t oldest, size_t known) {
  const unsigned char *bytes = (const unsigned char *)request;
  uint32_t size = 0;
  size_t i;
  if (request == NULL) {
    return UNITLS_E_INVALID;
  }
  /* Bytewise: all that is known of the type is that it begins with its size. */
  for (i = 0; i < sizeof size; ++i) {
    ((unsigned char *)&size)[i] = bytes[i];
  }
  if (size < oldest) {
    return UNITLS_E_INVALID;
  }
  for (i = known; i < size; ++i) {
    if (bytes[i] != 0) {
      return UNITLS_E_UNSUPPORTED;
    }
  }
  return UNITLS_OK;
}

#define UNITLS_PRIVATE_STRING_(value) #value
#define UNITLS_PRIVATE_STRING(value) UNITLS_PRIVATE_STRING_(value)
#define UNITLS_PRIVATE_ITEM(text) text,
#define UNITLS_PRIVATE_TEXT(text) text "\0"

#if defined(__GNUC__) && defined(__ELF__)
#define UNITLS_PRIVATE_NOTE(note_type, texts)                                                                \
  __attribute__((section(".note.unitls"), aligned(4), used)) static const struct {                           \
    uint32_t namesz, descsz, type;                                                                           \
    char name[8];                                                                                            \
    char desc[(sizeof(texts) + 3) / 4 * 4];                                                                  \
  } unitls_private_note = {7, (sizeof(texts) + 3) / 4 * 4, note_type, "unitls", texts};
#else
#define UNITLS_PRIVATE_NOTE(note_type, texts)
#endif

/*
 * Defines `unitls_plugin_v1` and its note. The texts are string literals; `capabilities` is the name of a macro
 * that applies its argument to each capability:
 *
 *     #define MY_CAPABILITIES(X) X("client") X("server") X("tls1.2")
 *     UNITLS_PLUGIN("mine", "1.0", "The Mine library", "Mine 4.2", MY_CAPABILITIES, mine_version, mine_open)
 *
 * In words, for other languages: a constant `unitls_plugin` with those members, and the note described above.
 */
#define UNITLS_PLUGIN(id, version, description, library_build_version, capabilities, library_version, open)  \
  UNITLS_PRIVATE_NOTE(1, id "\0" version "\0" description "\0" library_build_version                         \
                            "\0" UNITLS_PRIVATE_STRING(UNITLS_PRIVATE_ABI_MAJOR) "." UNITLS_PRIVATE_STRING(  \
                                UNITLS_PRIVATE_ABI_MINOR) "\0" capabilities(UNITLS_PRIVATE_TEXT))            \
  static const char *const unitls_private_capabilities[] = {capabilities(UNITLS_PRIVATE_ITEM) NULL};         \
  const unitls_plugin unitls_plugin_v1 = {sizeof(unitls_plugin),                                             \
                                          UNITLS_ABI_MAJOR,                                                  \
                                          UNITLS_ABI_MINOR,                                                  \
                                          id,                                                                \
                                          version,                                                           \
                                          description,                                                       \
                                          library_build_version,                                             \
                                          unitls_private_capabilities,                                       \
                                          library_version,                                                   \
                                          open,                                                              \
                                          NULL}

/* The ABI's version once more, for the note: an enumerator has no text. */
#define UNITLS_PRIVATE_ABI_MAJOR 0
#define UNITLS_PRIVATE_ABI_MINOR 2

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* UNITLS_BACKEND_H */
