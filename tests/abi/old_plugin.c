/*
 * A plugin that was built from an older header, around one of today's: what that header does not know, it does not
 * have. old_plugin_facts.h, made from the note of the plugin inside, has OLD_FILE, its path, and its texts.
 */
#define _POSIX_C_SOURCE 200809L
#define UNITLS_BUILDING_PLUGIN
#include <unitls/backend.h>

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "old_plugin_facts.h"

#define COUNT_ONE(text) +1
enum { CAPABILITIES_MAX = 0 OLD_CAPABILITIES(COUNT_ONE) };

/* The host's view of a plugin goes as far as the older header's; nothing behind that is read. */
static const unitls_plugin *inner_plugin;
static const unitls_backend *inner;
static unitls_backend table;
static const char *capabilities_of_old[CAPABILITIES_MAX + 1];
static pthread_once_t loaded = PTHREAD_ONCE_INIT;
static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;

static void load_inner(void) {
  void *library = dlopen(OLD_FILE, RTLD_NOW | RTLD_LOCAL);
  inner_plugin = library != NULL ? dlsym(library, "unitls_plugin_v1") : NULL;
}

static const char *UNITLS_CALL library_version(void) {
  pthread_once(&loaded, load_inner);
  return inner_plugin != NULL ? inner_plugin->library_version() : NULL;
}

static const char *const *UNITLS_CALL capabilities(const unitls_backend *self) {
  (void)self;
  return capabilities_of_old;
}

/* Of a RESULT that is larger than what is known here, the rest stays as it is. */
static unitls_status UNITLS_CALL info(const unitls_backend_session *session, unitls_info *facts) {
  const uint32_t room = facts->struct_size;
  unitls_status status;
  if (room > sizeof *facts) {
    facts->struct_size = sizeof *facts;
  }
  status = inner->info(session, facts);
  facts->struct_size = room;
  return status;
}

/* Those that the header's functions can keep. */
static void list_capabilities(void) {
  static const char *const known[] = {OLD_CAPABILITIES(UNITLS_PRIVATE_ITEM) NULL};
  size_t count = 0;
  const char *const *each;
  size_t i;
  for (each = inner->capabilities(inner); *each != NULL; ++each) {
    for (i = 0; known[i] != NULL; ++i) {
      if (strcmp(known[i], *each) == 0) {
        capabilities_of_old[count++] = known[i];
      }
    }
  }
}

static unitls_status open_inner(const unitls_host *host, unitls_error *err) {
  const unitls_backend *found = NULL;
  const unitls_status status = inner_plugin->open(host, &found, err);
  if (status != UNITLS_OK) {
    return status;
  }
  inner = found;
  memcpy(&table, inner, sizeof table);
  table.struct_size = sizeof table;
  table.capabilities = capabilities;
  table.info = info;
  list_capabilities();
  return UNITLS_OK;
}

static unitls_status UNITLS_CALL open_old(const unitls_host *host, const unitls_backend **backend,
                                          unitls_error *err) {
  unitls_status status = UNITLS_OK;
  *backend = NULL;
  pthread_once(&loaded, load_inner);
  if (inner_plugin == NULL) {
    return UNITLS_E_ABI;
  }
  pthread_mutex_lock(&opening);
  if (inner == NULL) {
    status = open_inner(host, err);
  }
  pthread_mutex_unlock(&opening);
  if (status == UNITLS_OK) {
    *backend = &table;
  }
  return status;
}

UNITLS_PLUGIN(OLD_ID, OLD_VERSION, OLD_DESCRIPTION, OLD_LIBRARY, OLD_CAPABILITIES, library_version, open_old);
