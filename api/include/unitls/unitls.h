/*
 * unitls/unitls.h: the application's C API, implemented by libunitls.
 *
 * libunitls holds no cryptography. A loader finds backends, one of them makes contexts, and a context makes
 * channels (TLS over memory) and streams (TLS over a socket):
 *
 *     unitls_loader_create -> unitls_loader_select -> unitls_client_context_create -> unitls_stream_connect
 *
 * Conventions, beyond those of unitls/types.h
 *
 *   Handles    are made by a `create`, `open`, `select`, `connect` or `adopt` call, which sets the handle NULL when
 *              it does not answer UNITLS_OK. Counted ones have `retain` and `release`, the others `destroy`.
 *              Giving NULL to release or destroy does nothing.
 *   err        may be NULL everywhere. The caller sets struct_size and zeroes the rest first. It is written on
 *              negative statuses only.
 *   *done      is written in every case.
 *   Threads    [thread-safe] any thread, any time. [one at a time] one call at a time for one object.
 *   Deadlines  are points on CLOCK_MONOTONIC in nanoseconds. 0 never waits: UNITLS_WANT_READ or UNITLS_WANT_WRITE
 *              come back instead. INT64_MAX waits for ever. One that passes is UNITLS_E_TIMEOUT, and the call can
 *              be repeated.
 *
 * SPDX-License-Identifier: Apache-2.0 OR MIT
 */
#ifndef UNITLS_UNITLS_H
#define UNITLS_UNITLS_H

#include <unitls/extensions.h>
#include <unitls/types.h>

#if defined(_WIN32)
#define UNITLS_API
#elif defined(__GNUC__)
#define UNITLS_API __attribute__((visibility("default")))
#else
#define UNITLS_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* -------------------------------------------------------------------------------------------- texts ---- */

/* The version of libunitls, "0.1.0". [thread-safe] */
UNITLS_API const char *unitls_version(void);

/* Names of numbers, as the RFCs and IANA write them; NULL for a number without a name here. [thread-safe] */
UNITLS_API const char *unitls_status_name(unitls_status status);
UNITLS_API const char *unitls_version_name(uint16_t version);
UNITLS_API const char *unitls_cipher_suite_name(uint16_t cipher_suite);
UNITLS_API const char *unitls_group_name(uint16_t group);
UNITLS_API const char *unitls_signature_scheme_name(uint16_t signature_scheme);
UNITLS_API const char *unitls_alert_name(uint32_t alert);

/* Numbers of names: exact, as IANA writes them; 0 for an unknown name. [thread-safe] */
UNITLS_API uint16_t unitls_cipher_suite_number(const char *name);
UNITLS_API uint16_t unitls_group_number(const char *name);
UNITLS_API uint16_t unitls_signature_scheme_number(const char *name);

/* The word of one verify flag, "unknown issuer"; NULL for an unknown one. [thread-safe] */
UNITLS_API const char *unitls_verify_flag_name(unitls_verify_flags flag);

/*
 * Writes an error as one sentence, as programs print it, into `buffer`, NUL-ended and cut if need be. Returns the
 * length that the whole text has. `buffer` may be NULL when `size` is 0. [thread-safe]
 */
UNITLS_API size_t unitls_error_text(const unitls_error *error, char *buffer, size_t size);

/* ------------------------------------------------------------------------------------------- buffer ---- */

/* Immutable bytes, counted and shared. */
typedef struct unitls_buffer unitls_buffer;

enum {
  /* Key material: kept out of core dumps where the platform can, and wiped on the last release. */
  UNITLS_BUFFER_SECRET = 1 << 0
};

/* Copies bytes. [thread-safe] */
UNITLS_API unitls_status unitls_buffer_create(const uint8_t *data, size_t size, uint32_t flags,
                                              unitls_buffer **buffer, unitls_error *err);

/*
 * Reads a file of at most 16 MiB. UNITLS_E_INVALID names the path and the reason: missing, no permission, a folder,
 * empty, too large. [thread-safe]
 */
UNITLS_API unitls_status unitls_buffer_read_file(const char *path, uint32_t flags, unitls_buffer **buffer,
                                                 unitls_error *err);
UNITLS_API void unitls_buffer_retain(unitls_buffer *buffer);
UNITLS_API void unitls_buffer_release(unitls_buffer *buffer);
UNITLS_API unitls_bytes unitls_buffer_bytes(const unitls_buffer *buffer);
/* Whether both hold the same bytes, in a time that depends only on their sizes. [thread-safe] */
UNITLS_API int32_t unitls_buffer_equal(const unitls_buffer *a, const unitls_buffer *b);

/* Takes one file's content. A sink that keeps the buffer retains it. [callback] */
typedef unitls_status(UNITLS_CALL *unitls_buffer_sink)(void *user, const char *path, unitls_buffer *buffer);

/*
 * Reads the trust anchors that lie in a folder: its regular files, also behind symbolic links, that are called *.pem,
 * *.crt, *.cer, *.der or by a hash ("a94d09e5.0"), in the order of their names, each content once. A file is PEM or
 * DER. At most 4096 files and 16 MiB. UNITLS_E_INVALID names the path and the reason, also when there is no such
 * file. [thread-safe]
 */
UNITLS_API unitls_status unitls_trust_read_folder(const char *path, unitls_buffer_sink sink, void *user,
                                                  unitls_error *err);

/* ------------------------------------------------------------------------------------------- loader ---- */

/* A snapshot of environment and registry; finds and opens backends. */
typedef struct unitls_loader unitls_loader;

/* One loaded TLS library. Lives on when its loader is destroyed. */
typedef struct unitls_backend_ref unitls_backend_ref;

/*
 * REQUEST
 */
typedef struct unitls_loader_config {
  uint32_t struct_size;
  uint32_t flags;
  /* A registry file that stands above all others; absolute path. NULL: none. */
  const char *registry_path;
  const void *reserved_0;
} unitls_loader_config;

enum {
  /* Found and not yet loaded. */
  UNITLS_CANDIDATE_FOUND = 0,
  /* Loaded and usable. */
  UNITLS_CANDIDATE_LOADED = 1,
  /* Cannot be used; `reason` says why. */
  UNITLS_CANDIDATE_REJECTED = 2,
  /* Switched off by a registry file. */
  UNITLS_CANDIDATE_DISABLED = 3,
  /* Another file with the same id stands above it. */
  UNITLS_CANDIDATE_MASKED = 4
};

/*
 * One plugin file that was found, or should have been. Its texts live until the sink returns; those that are not
 * known are empty, never NULL.
 *
 * OFFER
 */
typedef struct unitls_candidate {
  uint32_t struct_size;
  uint32_t state;
  int32_t priority;
  uint32_t reserved_0;
  const char *id;
  const char *path;
  /* What names it: "FILE:LINE" of a registry, or "found in FOLDER". */
  const char *source;
  /* Why it cannot be used, in one sentence. */
  const char *reason;
  const char *version;
  const char *description;
  const char *library_build_version;
  /* A NULL-ended list. */
  const char *const *capabilities;
} unitls_candidate;

typedef unitls_status(UNITLS_CALL *unitls_candidate_sink)(void *user, const unitls_candidate *candidate);

/*
 * Reads the environment and the registry files, once. Runs no plugin's code. `config` may be NULL. A registry that
 * the program or UNITLS_REGISTRY names and that is unreadable is UNITLS_E_INVALID; other bad files are only told by
 * `explain`. [thread-safe]
 */
UNITLS_API unitls_status unitls_loader_create(const unitls_loader_config *config, unitls_loader **loader,
                                              unitls_error *err);
UNITLS_API void unitls_loader_destroy(unitls_loader *loader);

/* Gives every candidate, the preferred ones first. [thread-safe] */
UNITLS_API unitls_status unitls_loader_candidates(const unitls_loader *loader, unitls_candidate_sink sink,
                                                  void *user);

/*
 * Chooses and loads a backend: by UNITLS_BACKEND, else the first of `preferred` (ids; may be none), else by the
 * registry's order. UNITLS_BACKEND is strict: when nothing that it names can be loaded, the answer is an error on the
 * field "UNITLS_BACKEND". UNITLS_E_INVALID when no backend has such a name, UNITLS_E_ABI when one has and cannot be
 * loaded, UNITLS_E_UNSUPPORTED when none was found at all. `candidates` then has the reason for each. [thread-safe]
 */
UNITLS_API unitls_status unitls_loader_select(unitls_loader *loader, const char *const *preferred,
                                              size_t preferred_count, unitls_backend_ref **backend,
                                              unitls_error *err);

/* Loads the backend of this id and no other, whatever UNITLS_BACKEND says. Errors as above. [thread-safe] */
UNITLS_API unitls_status unitls_loader_open(unitls_loader *loader, const char *id,
                                            unitls_backend_ref **backend, unitls_error *err);

/*
 * Tells, line by line, where was searched, what was found and decided, and why. A line that begins with "warning: "
 * or "no context may be made: " is a mistake to mend. [thread-safe]
 */
UNITLS_API unitls_status unitls_loader_explain(const unitls_loader *loader, unitls_text_sink sink,
                                               void *user);

/*
 * Tells what a plugin file is that somebody names, as an installer does before it registers one. It is looked at as a
 * candidate is, but who owns it does not matter here; its code does not run. What only a registry says is empty.
 * UNITLS_E_INVALID when the file cannot be read, UNITLS_E_ABI when no loader of this version would take it. What the
 * sink answers is the answer. [thread-safe]
 */
UNITLS_API unitls_status unitls_plugin_inspect(const char *path, unitls_candidate_sink sink, void *user,
                                               unitls_error *err);

/* ------------------------------------------------------------------------------------------ backend ---- */

UNITLS_API void unitls_backend_ref_retain(unitls_backend_ref *backend);
UNITLS_API void unitls_backend_ref_release(unitls_backend_ref *backend);

/* Facts; the texts live as long as the handle. [thread-safe] */
UNITLS_API const char *unitls_backend_ref_id(const unitls_backend_ref *backend);
UNITLS_API const char *unitls_backend_ref_path(const unitls_backend_ref *backend);
UNITLS_API const char *unitls_backend_ref_version(const unitls_backend_ref *backend);
UNITLS_API const char *unitls_backend_ref_description(const unitls_backend_ref *backend);
UNITLS_API const char *unitls_backend_ref_library_version(const unitls_backend_ref *backend);
/* Why this backend and no other: "UNITLS_BACKEND", "asked for by the program", "FILE:LINE", ... */
UNITLS_API const char *unitls_backend_ref_chosen_by(const unitls_backend_ref *backend);
/* A NULL-ended list. */
UNITLS_API const char *const *unitls_backend_ref_capabilities(const unitls_backend_ref *backend);
UNITLS_API int32_t unitls_backend_ref_supports(const unitls_backend_ref *backend, const char *capability);
UNITLS_API unitls_status unitls_backend_ref_list(const unitls_backend_ref *backend, int32_t kind,
                                                 unitls_item_sink sink, void *user);
/* An extension's functions (unitls/backend.h, get_extension), or NULL. No member of those that unitls/extensions.h
 * declares is NULL. Lives as long as the handle. [thread-safe] */
UNITLS_API const void *unitls_backend_ref_extension(const unitls_backend_ref *backend, const char *id);

/*
 * Judges a chain without a connection (unitls.verify-chain/1). A trust that is NULL means the system's store when a
 * server's chain is judged. UNITLS_E_UNSUPPORTED on "unitls.verify-chain/1" from a backend without it. [thread-safe]
 */
UNITLS_API unitls_status unitls_backend_ref_verify_chain(const unitls_backend_ref *backend,
                                                         const unitls_verify_chain_request *request,
                                                         unitls_bytes_sink path, void *user,
                                                         unitls_error *err);

/*
 * Tells what stands in certificates (unitls.certificate-info/1). UNITLS_E_UNSUPPORTED on
 * "unitls.certificate-info/1" from a backend without it. [thread-safe]
 */
UNITLS_API unitls_status unitls_backend_ref_certificate_info(const unitls_backend_ref *backend,
                                                             const unitls_blob *certificate,
                                                             unitls_certificate_sink sink, void *user,
                                                             unitls_error *err);

/* ------------------------------------------------------------------------------------------ context ---- */

/* A backend and an immutable configuration. Shared by threads. */
typedef struct unitls_context unitls_context;

/*
 * Report everything that is wrong with a configuration, UNITLS_E_POLICY being what the administrator's policy forbids. A
 * trust that is NULL means the system's store for a client. [thread-safe]
 */
UNITLS_API unitls_status unitls_client_config_check(const unitls_backend_ref *backend,
                                                    const unitls_client_config *config,
                                                    unitls_finding_sink sink, void *user);
UNITLS_API unitls_status unitls_server_config_check(const unitls_backend_ref *backend,
                                                    const unitls_server_config *config,
                                                    unitls_finding_sink sink, void *user);

UNITLS_API unitls_status unitls_client_context_create(unitls_backend_ref *backend,
                                                      const unitls_client_config *config,
                                                      unitls_context **context, unitls_error *err);
UNITLS_API unitls_status unitls_server_context_create(unitls_backend_ref *backend,
                                                      const unitls_server_config *config,
                                                      unitls_context **context, unitls_error *err);
UNITLS_API void unitls_context_retain(unitls_context *context);
UNITLS_API void unitls_context_release(unitls_context *context);
UNITLS_API unitls_backend_ref *unitls_context_backend(const unitls_context *context);

/* ------------------------------------------------------------------------------------------ channel ---- */

/*
 * TLS over memory: the program moves the bytes. Results are those of unitls/backend.h. All functions are
 * [one at a time].
 *
 * Both directions are bounded by the limit. When the outgoing bytes reach it, `write` takes nothing and answers
 * UNITLS_WANT_WRITE until the program has consumed some; when the incoming bytes reach it, `feed` says how much it
 * took. Handshake and read are never refused; what they send may exceed the limit by 256 KiB, beyond which the
 * session fails with UNITLS_E_TRANSPORT: the peer does not read.
 */
typedef struct unitls_channel unitls_channel;

enum { UNITLS_CHANNEL_LIMIT_DEFAULT = 65536, UNITLS_CHANNEL_LIMIT_MIN = 32768 };

/* `config` may be NULL for a server. `limit` 0 is the default; other values below the minimum, which holds one
 * whole record, are UNITLS_E_INVALID. */
UNITLS_API unitls_status unitls_channel_create(unitls_context *context, const unitls_session_config *config,
                                               size_t limit, unitls_channel **channel, unitls_error *err);
/* Sends nothing: closing is explicit. */
UNITLS_API void unitls_channel_destroy(unitls_channel *channel);

/* Room for received bytes, to be read into and then told by `commit`. Its size is 0 when the limit is reached.
 * Valid until the next call. */
UNITLS_API unitls_status unitls_channel_incoming_buffer(unitls_channel *channel, uint8_t **data,
                                                        size_t *size);
UNITLS_API unitls_status unitls_channel_commit(unitls_channel *channel, size_t size);
/* Copies received bytes in; *taken says how many. */
UNITLS_API unitls_status unitls_channel_feed(unitls_channel *channel, const uint8_t *data, size_t size,
                                             size_t *taken);
/* Says that the transport has ended: without it, a cut answer looks like silence. */
UNITLS_API void unitls_channel_feed_eof(unitls_channel *channel);

/* Bytes to be sent, then told by `consume`. Valid until the next call. */
UNITLS_API unitls_bytes unitls_channel_outgoing(const unitls_channel *channel);
UNITLS_API unitls_status unitls_channel_consume(unitls_channel *channel, size_t size);

UNITLS_API unitls_status unitls_channel_handshake(unitls_channel *channel, unitls_error *err);
UNITLS_API unitls_status unitls_channel_read(unitls_channel *channel, uint8_t *buffer, size_t size,
                                             size_t *done, unitls_error *err);
UNITLS_API unitls_status unitls_channel_write(unitls_channel *channel, const uint8_t *data, size_t size,
                                              size_t *done, unitls_error *err);
/* Puts close_notify into the outgoing bytes. */
UNITLS_API unitls_status unitls_channel_shutdown(unitls_channel *channel, unitls_error *err);
UNITLS_API size_t unitls_channel_pending(const unitls_channel *channel);
UNITLS_API unitls_status unitls_channel_info(const unitls_channel *channel, unitls_info *info);
UNITLS_API unitls_status unitls_channel_peer_certificates(const unitls_channel *channel,
                                                          unitls_bytes_sink sink, void *user);
UNITLS_API unitls_status unitls_channel_verified_certificates(const unitls_channel *channel,
                                                              unitls_bytes_sink sink, void *user);

/* ------------------------------------------------------------------------------------------- stream ---- */

/*
 * TLS over a connected socket. All functions are [one at a time]. SIGPIPE never reaches the program. An error of
 * the socket is UNITLS_E_TRANSPORT with errno as native_code.
 */
typedef struct unitls_stream unitls_stream;

/*
 * REQUEST
 */
typedef struct unitls_connect_options {
  uint32_t struct_size;
  uint32_t flags;
  /* A DNS name or an IP address. */
  const char *host;
  /* Connect to this IP address instead of resolving `host`. NULL: resolve. */
  const char *address;
  /* NULL: SNI and reference name are `host` (no SNI when it is an IP address). */
  const unitls_session_config *session;
  const void *reserved_0;
  uint32_t port;
  uint32_t reserved_1;
  /* Nanoseconds for resolving and connecting together, and for the handshake. 0: 10 seconds. */
  int64_t connect_timeout;
  int64_t handshake_timeout;
} unitls_connect_options;

/* Resolves, tries every address in order, and makes a verified handshake. UNITLS_E_STATE when the verify callback
 * answers UNITLS_WANT_CALLBACK: adopt a connected socket instead, whose handshake can be called again. */
UNITLS_API unitls_status unitls_stream_connect(unitls_context *context, const unitls_connect_options *options,
                                               unitls_stream **stream, unitls_error *err);

/*
 * Takes over a connected stream socket, before any handshake; on success the descriptor belongs to the stream.
 * `ciphertext` are bytes that were already read from it and belong to TLS; bytes that were read in the clear
 * (STARTTLS) must not be given. `config` may be NULL for a server.
 */
UNITLS_API unitls_status unitls_stream_adopt(unitls_context *context, int32_t descriptor,
                                             const unitls_session_config *config, unitls_bytes ciphertext,
                                             unitls_stream **stream, unitls_error *err);
/* Closes the descriptor. Sends nothing: closing is explicit. */
UNITLS_API void unitls_stream_destroy(unitls_stream *stream);

UNITLS_API unitls_status unitls_stream_handshake(unitls_stream *stream, int64_t deadline, unitls_error *err);
UNITLS_API unitls_status unitls_stream_read(unitls_stream *stream, uint8_t *buffer, size_t size, size_t *done,
                                            int64_t deadline, unitls_error *err);
/* With a deadline other than 0, what is told as done has reached the kernel when the answer is UNITLS_OK. After
 * UNITLS_E_TIMEOUT *done says what was taken: the rest of it goes out with the next call, and is not to be written
 * again. */
UNITLS_API unitls_status unitls_stream_write(unitls_stream *stream, const uint8_t *data, size_t size,
                                             size_t *done, int64_t deadline, unitls_error *err);
/* Sends what is still held. */
UNITLS_API unitls_status unitls_stream_flush(unitls_stream *stream, int64_t deadline, unitls_error *err);
/* Sends close_notify; reading goes on. */
UNITLS_API unitls_status unitls_stream_shutdown(unitls_stream *stream, int64_t deadline, unitls_error *err);
/* Sends close_notify, if that is still to do, and waits for the peer's; data that comes before it is dropped. */
UNITLS_API unitls_status unitls_stream_close(unitls_stream *stream, int64_t deadline, unitls_error *err);

UNITLS_API int32_t unitls_stream_descriptor(const unitls_stream *stream);

enum { UNITLS_POLL_READ = 1 << 0, UNITLS_POLL_WRITE = 1 << 1 };
/* What to wait for on the descriptor after a call with deadline 0. A stream reads ahead: wait for input only after
 * UNITLS_WANT_READ. */
UNITLS_API uint32_t unitls_stream_poll_events(const unitls_stream *stream);
UNITLS_API size_t unitls_stream_pending(const unitls_stream *stream);
UNITLS_API unitls_status unitls_stream_info(const unitls_stream *stream, unitls_info *info);
UNITLS_API unitls_status unitls_stream_peer_certificates(const unitls_stream *stream, unitls_bytes_sink sink,
                                                         void *user);
UNITLS_API unitls_status unitls_stream_verified_certificates(const unitls_stream *stream,
                                                             unitls_bytes_sink sink, void *user);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* UNITLS_UNITLS_H */
