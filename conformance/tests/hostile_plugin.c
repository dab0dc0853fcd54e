/*
 * A plugin whose texts try to break out of every format of a report, and whose functions fail, crash and hang: what the
 * tests of reports judge. Whatever it does not declare is skipped.
 */
#define UNITLS_BUILDING_PLUGIN
#include <unitls/backend.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MARKUP "</script><script>document.title='owned'</script><!-- ]]> \"'& # \\ {{data}} \n...\n"
/* No UTF-8, a character that turns what follows, and the separators of lines of JavaScript. */
#define BYTES "\xff\xfe\x80 \xe2\x80\xae \xe2\x80\xa8 \xc2\x9b \x1b[31m\x01"

#define CAPABILITIES(X) X("client") X("tls1.2") X("<b>&'\"#\\")

static const char *const *UNITLS_CALL capabilities(const unitls_backend *self) {
  static const char *const all[] = {CAPABILITIES(UNITLS_PRIVATE_ITEM) NULL};
  (void)self;
  return all;
}

static const char *UNITLS_CALL library_version(void) {
  return "Hostile " MARKUP BYTES;
}

/* One item whose name is markup: cases say so in their failures. */
static unitls_status UNITLS_CALL list(const unitls_backend *self, int32_t kind, unitls_item_sink sink,
                                      void *user) {
  const unitls_item item = {sizeof item, 1, MARKUP BYTES, NULL, NULL, NULL};
  (void)self;
  (void)kind;
  return sink(user, &item);
}

static const void *UNITLS_CALL get_extension(const unitls_backend *self, const char *id) {
  (void)self;
  (void)id;
  return NULL;
}

static unitls_status UNITLS_CALL client_config_check(const unitls_backend *self,
                                                     const unitls_client_config *config,
                                                     unitls_finding_sink sink, void *user) {
  (void)self;
  (void)config;
  (void)sink;
  (void)user;
  pause(); /* the runner ends it */
  return UNITLS_OK;
}

static unitls_status UNITLS_CALL client_context_create(const unitls_backend *self,
                                                       const unitls_client_config *config,
                                                       unitls_backend_context **context, unitls_error *err) {
  static const char last_words[] = MARKUP BYTES;
  (void)self;
  (void)config;
  (void)context;
  (void)err;
  fwrite(last_words, 1, sizeof last_words - 1, stdout);
  fflush(stdout);
  abort();
}

static void UNITLS_CALL context_destroy(unitls_backend_context *context) {
  (void)context;
}

static void UNITLS_CALL session_destroy(unitls_backend_session *session) {
  (void)session;
}

static unitls_status UNITLS_CALL open_backend(const unitls_host *host, const unitls_backend **backend,
                                              unitls_error *err) {
  static const unitls_backend table = {.struct_size = sizeof table,
                                       .capabilities = capabilities,
                                       .list = list,
                                       .get_extension = get_extension,
                                       .client_config_check = client_config_check,
                                       .client_context_create = client_context_create,
                                       .context_destroy = context_destroy,
                                       .session_destroy = session_destroy};
  (void)host;
  (void)err;
  *backend = &table;
  return UNITLS_OK;
}

#ifdef UNITLS_HOSTILE_SECOND_SYMBOL
UNITLS_PLUGIN_EXPORT const char unitls_hostile_second_symbol[] = "no other library has it";
#endif

UNITLS_PLUGIN("hostile", "1.0 </title><script>", "Says <script> where it can", "Hostile <b>1</b>",
              CAPABILITIES, library_version, open_backend);
