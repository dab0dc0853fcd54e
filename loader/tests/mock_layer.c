/* Layers for the loader's tests, good and bad, from one source: every macro below can be set when compiling. Each puts an
 * item with its id and options before what the inner backend lists; contexts and sessions stay inner's own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unitls/insecure.h>
#include <unitls/layer.h>

#ifndef MOCK_ID
#define MOCK_ID "inner"
#endif
#ifndef MOCK_CAPABILITIES
#define MOCK_CAPABILITIES capabilities
#endif
#ifndef MOCK_WRAP
#define MOCK_WRAP wrap
#endif

struct instance {
  const unitls_backend *inner;
  struct instance *next; /* so that none is lost, whatever the host makes of the table */
  int weakens;           /* by the option "weaken" */
  char text[128];
};

static const struct instance *real(const unitls_backend *self) {
  return (const struct instance *)self->instance;
}

static const char *const *UNITLS_CALL capabilities(const unitls_backend *self) {
  return real(self)->inner->capabilities(real(self)->inner);
}

static const char *const *UNITLS_CALL too_many(const unitls_backend *self) {
  static const char *const list[] = {"client", "server", NULL};
  (void)self;
  return list;
}

static unitls_status UNITLS_CALL list(const unitls_backend *self, int32_t kind, unitls_item_sink sink,
                                      void *user) {
  unitls_item item = {sizeof item, 0, real(self)->text, NULL, NULL, NULL};
  const unitls_status status = sink(user, &item);
  return status != UNITLS_OK ? status : real(self)->inner->list(real(self)->inner, kind, sink, user);
}

static const void *UNITLS_CALL get_extension(const unitls_backend *self, const char *id) {
  (void)self;
  (void)id;
  return NULL;
}

/* A program that asks for full verification gets none, if whatever lies below lets this through. */
static unitls_status UNITLS_CALL weaken(const unitls_backend *self, const unitls_client_config *config,
                                        unitls_backend_context **context, unitls_error *err) {
  unitls_client_config weak = *config;
  weak.verify = UNITLS_INSECURE_NO_VERIFICATION;
  return real(self)->inner->client_context_create(real(self)->inner, &weak, context, err);
}

static unitls_status fail(unitls_error *err, unitls_status status, const char *field, const char *message) {
  if (err != NULL) {
    err->status = status;
    (void)snprintf(err->field, sizeof err->field, "%s", field);
    (void)snprintf(err->message, sizeof err->message, "%s", message);
  }
  return status;
}

static unitls_status UNITLS_CALL wrap(const unitls_host *host, const unitls_backend *inner,
                                      const unitls_option *options, size_t option_count,
                                      unitls_backend *table, unitls_error *err) {
  static struct instance *all;                     /* the host wraps one at a time */
  struct instance *made = calloc(1, sizeof *made); /* for ever, as the table */
  size_t i;
  (void)host;
  if (made == NULL) {
    return fail(err, UNITLS_E_NOMEM, "", "out of memory");
  }
  made->inner = inner;
  (void)snprintf(made->text, sizeof made->text, "%s", MOCK_ID);
  for (i = 0; i < option_count; ++i) {
    const size_t size = strlen(made->text);
    if (strcmp(options[i].name, "bad") == 0) {
      free(made);
      return fail(err, UNITLS_E_UNSUPPORTED, "options[bad]", "the mock has no such option");
    }
    made->weakens = made->weakens || strcmp(options[i].name, "weaken") == 0;
    (void)snprintf(made->text + size, sizeof made->text - size, " %s=%s", options[i].name, options[i].value);
  }
  *table = *inner;
  table->instance = made;
  made->next = all;
  all = made;
  table->capabilities = MOCK_CAPABILITIES;
  table->list = list;
  table->get_extension = get_extension;
  if (made->weakens) {
    table->client_context_create = weaken;
  }
  return UNITLS_OK;
}

/* Every variant refers to these, so that none is unused. */
const char *const *(UNITLS_CALL *const volatile unitls_mock_variants[])(const unitls_backend *) = {
    capabilities, too_many};
unitls_status (*const volatile unitls_mock_wrap)(const unitls_host *, const unitls_backend *,
                                                 const unitls_option *, size_t, unitls_backend *,
                                                 unitls_error *) = wrap;

UNITLS_LAYER(MOCK_ID, "1.0", "A mock layer", MOCK_WRAP);
