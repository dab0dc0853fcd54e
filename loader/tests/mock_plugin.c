/* Plugins for the loader's tests, good and bad, from one source: every macro below can be set when compiling. */
#ifndef MOCK_SYMBOL_IS_FUNCTION
#define UNITLS_BUILDING_PLUGIN
#endif
#include <unitls/backend.h>

#ifdef MOCK_LEAVES_MARK
#include <stdlib.h>
#endif

#ifndef MOCK_ID
#define MOCK_ID "good"
#endif
#ifndef MOCK_NOTE_ID
#define MOCK_NOTE_ID MOCK_ID
#endif
#ifndef MOCK_NOTE_TYPE
#define MOCK_NOTE_TYPE 1
#endif
#ifndef MOCK_NOTE_ABI
#define MOCK_NOTE_ABI "0.2"
#endif
#ifndef MOCK_NOTE_CAPABILITIES
#define MOCK_NOTE_CAPABILITIES "client\0"
#endif
#ifndef MOCK_NOTE_VERSION
#define MOCK_NOTE_VERSION "1.0"
#endif
#ifndef MOCK_ABI_MINOR
#define MOCK_ABI_MINOR UNITLS_ABI_MINOR
#endif
#ifndef MOCK_STRUCT_SIZE
#define MOCK_STRUCT_SIZE sizeof(unitls_plugin)
#endif
#ifndef MOCK_OPEN
#define MOCK_OPEN open_good
#endif
#ifndef MOCK_CAPABILITY_LIST
#define MOCK_CAPABILITY_LIST declared
#endif

#ifndef MOCK_WITHOUT_NOTE
UNITLS_PRIVATE_NOTE(MOCK_NOTE_TYPE, MOCK_NOTE_ID "\0" MOCK_NOTE_VERSION "\0"
                                                 "A mock\0"
                                                 "Mock 1.0\0" MOCK_NOTE_ABI "\0" MOCK_NOTE_CAPABILITIES)
#endif

#ifdef MOCK_LEAVES_MARK
/* The dynamic linker calls it: whoever loads the file has the variable afterwards. */
__attribute__((constructor)) static void leave_a_mark(void) {
  (void)setenv("mock-was-run:" MOCK_ID, "1", 1);
}
#endif

#ifdef MOCK_TEXT_RELOCATION
/* An address among the code: the dynamic linker would have to write it there. */
__asm__(".pushsection .text\n\t"
        ".dc.a unitls_plugin_v1\n\t"
        ".popsection");
#endif

#if defined(MOCK_SYMBOL_IS_FUNCTION)
__attribute__((visibility("default"))) int unitls_plugin_v1(void);
int unitls_plugin_v1(void) {
  return 1;
}
#elif defined(MOCK_WITHOUT_SYMBOL)
extern const int unitls_mock_unused;
const int unitls_mock_unused = 1;
#else

static const char *const declared[] = {"client", NULL};

static const char *const *UNITLS_CALL declared_capabilities(const unitls_backend *self) {
  (void)self;
  return declared;
}

static const char *UNITLS_CALL library_version(void) {
  return "Mock 1.1";
}

static unitls_status UNITLS_CALL open_good(const unitls_host *host, const unitls_backend **backend,
                                           unitls_error *err) {
  static const unitls_backend table = {.struct_size = sizeof table, .capabilities = declared_capabilities};
  (void)err;
  host->log(host->user, UNITLS_LOG_INFO, "the mock was opened");
  *backend = &table;
  return UNITLS_OK;
}

#if defined(MOCK_OPEN_FAILS)
static unitls_status UNITLS_CALL open_failing(const unitls_host *host, const unitls_backend **backend,
                                              unitls_error *err) {
  static const char message[] = "the library behind the mock is another one";
  size_t i;
  (void)host;
  *backend = NULL;
  err->status = UNITLS_E_ABI;
  for (i = 0; i < sizeof message; ++i) {
    err->message[i] = message[i];
  }
  return UNITLS_E_ABI;
}
#elif defined(MOCK_OPEN_NOTHING)
static unitls_status UNITLS_CALL open_nothing(const unitls_host *host, const unitls_backend **backend,
                                              unitls_error *err) {
  (void)host;
  (void)err;
  *backend = NULL;
  return UNITLS_OK;
}
#elif defined(MOCK_OPEN_FACT)
static unitls_status UNITLS_CALL open_fact(const unitls_host *host, const unitls_backend **backend,
                                           unitls_error *err) {
  (void)open_good(host, backend, err);
  return UNITLS_WANT_READ;
}
#elif defined(MOCK_OPEN_TOO_CAPABLE)
static const char *const *UNITLS_CALL too_many(const unitls_backend *self) {
  static const char *const list[] = {"client", "server", NULL};
  (void)self;
  return list;
}
static unitls_status UNITLS_CALL open_too_capable(const unitls_host *host, const unitls_backend **backend,
                                                  unitls_error *err) {
  static const unitls_backend table = {.struct_size = sizeof table, .capabilities = too_many};
  (void)host;
  (void)err;
  *backend = &table;
  return UNITLS_OK;
}
#elif defined(MOCK_OPEN_SMALL)
static unitls_status UNITLS_CALL open_small(const unitls_host *host, const unitls_backend **backend,
                                            unitls_error *err) {
  static const unitls_backend table = {.struct_size = 4, .capabilities = declared_capabilities};
  (void)host;
  (void)err;
  *backend = &table;
  return UNITLS_OK;
}
#endif

/* Every variant refers to the good one, so that none is unused. */
unitls_status (*const volatile unitls_mock_good)(const unitls_host *, const unitls_backend **,
                                                 unitls_error *) = open_good;

const unitls_plugin unitls_plugin_v1 = {.struct_size = MOCK_STRUCT_SIZE,
                                        .abi_major = UNITLS_ABI_MAJOR,
                                        .abi_minor = MOCK_ABI_MINOR,
                                        .id = MOCK_ID,
                                        .version = "1.0",
                                        .description = "A mock",
                                        .library_build_version = "Mock 1.0",
                                        .capabilities = MOCK_CAPABILITY_LIST,
                                        .library_version = library_version,
                                        .open = MOCK_OPEN};
#endif
