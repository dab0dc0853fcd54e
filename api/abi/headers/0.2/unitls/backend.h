/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Kept headers of ABI 0.2: today's without their comments and without the last members of some structs. Made by
 * api/abi/keep_headers.py --renew; not to be edited. */
#ifndef UNITLS_BACKEND_H
#define UNITLS_BACKEND_H

#include <unitls/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { UNITLS_ABI_MAJOR = 0, UNITLS_ABI_MINOR = 2 };

typedef struct unitls_backend_context unitls_backend_context;
typedef struct unitls_backend_session unitls_backend_session;

enum { UNITLS_LOG_ERROR = 1, UNITLS_LOG_WARN = 2, UNITLS_LOG_INFO = 3, UNITLS_LOG_DEBUG = 4 };

typedef struct unitls_host {
  uint32_t struct_size;
  uint32_t reserved_0;
  void *user;

  void(UNITLS_CALL *log)(void *user, int32_t level, const char *text);
} unitls_host;

typedef struct unitls_transport {
  uint32_t struct_size;
  uint32_t reserved_0;
  void *user;

  unitls_status(UNITLS_CALL *recv)(void *user, uint8_t *buffer, size_t size, size_t *done);

  unitls_status(UNITLS_CALL *send)(void *user, const uint8_t *data, size_t size);
} unitls_transport;

typedef struct unitls_backend {
  uint32_t struct_size;
  uint32_t reserved_0;
  void *instance;

  const char *const *(UNITLS_CALL *capabilities)(const struct unitls_backend *self);

  unitls_status(UNITLS_CALL *list)(const struct unitls_backend *self, int32_t kind, unitls_item_sink sink,
                                   void *user);

  const void *(UNITLS_CALL *get_extension)(const struct unitls_backend *self, const char *id);

  unitls_status(UNITLS_CALL *client_config_check)(const struct unitls_backend *self,
                                                  const unitls_client_config *config,
                                                  unitls_finding_sink sink, void *user);
  unitls_status(UNITLS_CALL *server_config_check)(const struct unitls_backend *self,
                                                  const unitls_server_config *config,
                                                  unitls_finding_sink sink, void *user);

  unitls_status(UNITLS_CALL *client_context_create)(const struct unitls_backend *self,
                                                    const unitls_client_config *config,
                                                    unitls_backend_context **context, unitls_error *err);
  unitls_status(UNITLS_CALL *server_context_create)(const struct unitls_backend *self,
                                                    const unitls_server_config *config,
                                                    unitls_backend_context **context, unitls_error *err);

  void(UNITLS_CALL *context_destroy)(unitls_backend_context *context);

  unitls_status(UNITLS_CALL *session_create)(unitls_backend_context *context,
                                             const unitls_session_config *config,
                                             const unitls_transport *transport,
                                             unitls_backend_session **session, unitls_error *err);

  void(UNITLS_CALL *session_destroy)(unitls_backend_session *session);

  unitls_status(UNITLS_CALL *handshake)(unitls_backend_session *session, unitls_error *err);

  unitls_status(UNITLS_CALL *read)(unitls_backend_session *session, uint8_t *buffer, size_t size,
                                   size_t *done, unitls_error *err);

  unitls_status(UNITLS_CALL *write)(unitls_backend_session *session, const uint8_t *data, size_t size,
                                    size_t *done, unitls_error *err);

  unitls_status(UNITLS_CALL *shutdown)(unitls_backend_session *session, unitls_error *err);

  size_t(UNITLS_CALL *pending)(const unitls_backend_session *session);

  unitls_status(UNITLS_CALL *info)(const unitls_backend_session *session, unitls_info *info);

  unitls_status(UNITLS_CALL *peer_certificates)(const unitls_backend_session *session, unitls_bytes_sink sink,
                                                void *user);
} unitls_backend;

typedef struct unitls_plugin {
  uint32_t struct_size;
  uint16_t abi_major;
  uint16_t abi_minor;

  const char *id;

  const char *version;

  const char *description;

  const char *library_build_version;

  const char *const *capabilities;

  const char *(UNITLS_CALL *library_version)(void);

  unitls_status(UNITLS_CALL *open)(const unitls_host *host, const unitls_backend **backend,
                                   unitls_error *err);
} unitls_plugin;

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

typedef struct unitls_layer {
  uint32_t struct_size;
  uint16_t abi_major;
  uint16_t abi_minor;
  const char *id;
  const char *version;
  const char *description;

  unitls_status(UNITLS_CALL *wrap)(const unitls_host *host, const unitls_backend *inner,
                                   const unitls_option *options, size_t option_count, unitls_backend *table,
                                   unitls_error *err);
} unitls_layer;

enum { UNITLS_NOTE_PLUGIN = 1, UNITLS_NOTE_LAYER = 2 };

static inline unitls_status unitls_check_request(const void *request, size_t oldest, size_t known) {
  const unsigned char *bytes = (const unsigned char *)request;
  uint32_t size = 0;
  size_t i;
  if (request == NULL) {
    return UNITLS_E_INVALID;
  }

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
                                          open}

#define UNITLS_PRIVATE_ABI_MAJOR 0
#define UNITLS_PRIVATE_ABI_MINOR 2

#ifdef __cplusplus
}
#endif

#endif
