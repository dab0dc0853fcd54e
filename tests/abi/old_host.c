/*
 * A program that was built from an older header, with a plugin of today: its client and its server talk to each other
 * over memory.
 *
 *     old-host PLUGIN.so ANCHORS.pem CHAIN.pem KEY.pem
 *
 * Everything that it lends to the plugin ends where a page ends, and the next page cannot be touched: a plugin that
 * reads or writes beyond struct_size dies of SIGSEGV.
 */
#define _DEFAULT_SOURCE
#include <unitls/backend.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FILE_MAX = 16384, LINE_SIZE = 65536, ROUNDS_MAX = 20 };

static void give_up(const char *what, const char *why) {
  fprintf(stderr, "old-host: %s: %s\n", what, why);
  exit(1);
}

/* Zeroed, with nothing behind it, and for ever. */
static void *lend(size_t size) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  const size_t room = (size + page - 1) / page * page;
  char *pages = mmap(NULL, room + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED || mprotect(pages, room, PROT_READ | PROT_WRITE) != 0) {
    give_up("mmap", "no memory");
  }
  return pages + room - size;
}

static unitls_error *lend_error(void) {
  unitls_error *error = lend(sizeof *error);
  error->struct_size = sizeof *error;
  return error;
}

static void expect_ok(const char *what, unitls_status status, const unitls_error *error) {
  if (status != UNITLS_OK) {
    give_up(what, error->message[0] != '\0' ? error->message : "failed without a message");
  }
}

static unitls_blob *lend_pem(const char *path) {
  unitls_blob *blob = lend(sizeof *blob);
  uint8_t *text = lend(FILE_MAX);
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    give_up(path, "cannot be opened");
  }
  blob->format = UNITLS_FORMAT_PEM;
  blob->data = text;
  blob->size = fread(text, 1, FILE_MAX, file);
  if (blob->size == 0 || blob->size == FILE_MAX || fclose(file) != 0) {
    give_up(path, "is empty or too large");
  }
  return blob;
}

/* ---------------------------------------------------------------------------------------- transport ---- */

struct line {
  uint8_t bytes[LINE_SIZE];
  size_t sent;
  size_t taken;
};

struct lines {
  struct line *in;
  struct line *out;
};

static unitls_status UNITLS_CALL receive(void *user, uint8_t *buffer, size_t size, size_t *done) {
  struct line *in = ((struct lines *)user)->in;
  const size_t waiting = in->sent - in->taken;
  *done = waiting < size ? waiting : size;
  if (*done == 0) {
    return UNITLS_WANT_READ;
  }
  memcpy(buffer, in->bytes + in->taken, *done);
  in->taken += *done;
  return UNITLS_OK;
}

static unitls_status UNITLS_CALL transmit(void *user, const uint8_t *data, size_t size) {
  struct line *out = ((struct lines *)user)->out;
  if (size > sizeof out->bytes - out->sent) {
    return UNITLS_E_TRANSPORT;
  }
  memcpy(out->bytes + out->sent, data, size);
  out->sent += size;
  return UNITLS_OK;
}

static const unitls_transport *lend_transport(struct lines *lines) {
  unitls_transport *transport = lend(sizeof *transport);
  transport->struct_size = sizeof *transport;
  transport->user = lines;
  transport->recv = receive;
  transport->send = transmit;
  return transport;
}

/* ------------------------------------------------------------------------------------------ backend ---- */

static void UNITLS_CALL drop_line(void *user, int32_t level, const char *text) {
  (void)user;
  (void)level;
  (void)text;
}

static const unitls_backend *open_plugin(const char *path) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  const unitls_plugin *plugin = library != NULL ? dlsym(library, "unitls_plugin_v1") : NULL;
  const unitls_backend *backend = NULL;
  unitls_host *host = lend(sizeof *host);
  unitls_error *error = lend_error();
  if (plugin == NULL) {
    give_up(path, dlerror());
  }
  if (plugin->abi_major != UNITLS_ABI_MAJOR || plugin->abi_minor != UNITLS_ABI_MINOR ||
      plugin->struct_size < sizeof *plugin) {
    give_up(path, "has another ABI than the kept header");
  }
  host->struct_size = sizeof *host;
  host->log = drop_line;
  expect_ok("open", plugin->open(host, &backend, error), error);
  if (backend->struct_size < sizeof *backend) {
    give_up(path, "lacks functions of the kept header");
  }
  return backend;
}

static unitls_backend_context *make_client(const unitls_backend *backend, const char *anchors) {
  unitls_client_config *config = lend(sizeof *config);
  unitls_trust *trust = lend(sizeof *trust);
  unitls_backend_context *context = NULL;
  unitls_error *error = lend_error();
  trust->struct_size = sizeof *trust;
  trust->flags = UNITLS_TRUST_ANCHORS;
  trust->blobs = lend_pem(anchors);
  trust->blob_count = 1;
  config->struct_size = sizeof *config;
  config->trust = trust;
  expect_ok("client_context_create", backend->client_context_create(backend, config, &context, error), error);
  return context;
}

static unitls_backend_context *make_server(const unitls_backend *backend, const char *chain,
                                           const char *key) {
  unitls_server_config *config = lend(sizeof *config);
  unitls_identity *identity = lend(sizeof *identity);
  const unitls_identity **identities = lend(sizeof *identities);
  unitls_backend_context *context = NULL;
  unitls_error *error = lend_error();
  identity->struct_size = sizeof *identity;
  identity->certificates = lend_pem(chain);
  identity->certificate_count = 1;
  identity->private_key = *lend_pem(key);
  identities[0] = identity;
  config->struct_size = sizeof *config;
  config->identities = identities;
  config->identity_count = 1;
  expect_ok("server_context_create", backend->server_context_create(backend, config, &context, error), error);
  return context;
}

static unitls_backend_session *make_session(const unitls_backend *backend, unitls_backend_context *context,
                                            const char *name, struct lines *lines) {
  unitls_session_config *config = lend(sizeof *config);
  const char **names = lend(sizeof *names);
  unitls_backend_session *session = NULL;
  unitls_error *error = lend_error();
  names[0] = name;
  config->struct_size = sizeof *config;
  config->server_name = name;
  config->reference_names = name != NULL ? names : NULL;
  config->reference_name_count = name != NULL ? 1 : 0;
  expect_ok("session_create",
            backend->session_create(context, config, lend_transport(lines), &session, error), error);
  return session;
}

/* ------------------------------------------------------------------------------------- conversation ---- */

static void shake_hands(const unitls_backend *backend, unitls_backend_session *client,
                        unitls_backend_session *server) {
  unitls_status of_client = UNITLS_WANT_READ;
  unitls_status of_server = UNITLS_WANT_READ;
  unitls_error *error = lend_error();
  int round;
  for (round = 0; round < ROUNDS_MAX && (of_client != UNITLS_OK || of_server != UNITLS_OK); ++round) {
    of_client = backend->handshake(client, error);
    if (of_client < 0) {
      break;
    }
    of_server = backend->handshake(server, error);
    if (of_server < 0) {
      break;
    }
  }
  expect_ok("the client's handshake", of_client, error);
  expect_ok("the server's handshake", of_server, error);
}

static void say(const unitls_backend *backend, unitls_backend_session *from, unitls_backend_session *to,
                const char *text) {
  const size_t size = strlen(text);
  uint8_t *buffer = lend(size);
  size_t done = 0;
  unitls_error *error = lend_error();
  expect_ok("write", backend->write(from, (const uint8_t *)text, size, &done, error), error);
  if (done != size) {
    give_up("write", "took less than a short text");
  }
  expect_ok("read", backend->read(to, buffer, size, &done, error), error);
  if (done != size || memcmp(buffer, text, size) != 0) {
    give_up("read", "gave something else than was written");
  }
}

static void close_side(const unitls_backend *backend, unitls_backend_session *from,
                       unitls_backend_session *to) {
  uint8_t byte;
  size_t done = 1;
  unitls_error *error = lend_error();
  expect_ok("shutdown", backend->shutdown(from, error), error);
  if (backend->read(to, &byte, 1, &done, error) != UNITLS_CLOSED || done != 0) {
    give_up("read", "did not answer UNITLS_CLOSED after the peer's shutdown");
  }
}

static const unitls_info *ask_info(const unitls_backend *backend, const unitls_backend_session *session) {
  unitls_info *facts = lend(sizeof *facts);
  facts->struct_size = sizeof *facts;
  if (backend->info(session, facts) != UNITLS_OK || facts->struct_size != sizeof *facts) {
    give_up("info", "failed, or changed struct_size");
  }
  return facts;
}

static void compare_info(const unitls_info *client, const unitls_info *server) {
  if (client->version < UNITLS_TLS_1_2 || client->version != server->version) {
    give_up("info", "the two sides tell no version, or not the same");
  }
  if (client->cipher_suite == 0 || client->cipher_suite != server->cipher_suite) {
    give_up("info", "the two sides tell no cipher suite, or not the same");
  }
}

static unitls_status UNITLS_CALL count_certificate(void *user, unitls_bytes der) {
  *(size_t *)user += der.size != 0;
  return UNITLS_OK;
}

static unitls_status UNITLS_CALL count_item(void *user, const unitls_item *item) {
  *(size_t *)user += item->struct_size >= sizeof *item && item->name != NULL;
  return UNITLS_OK;
}

static void ask_lists(const unitls_backend *backend, const unitls_backend_session *client) {
  size_t certificates = 0;
  size_t suites = 0;
  if (backend->peer_certificates(client, count_certificate, &certificates) != UNITLS_OK ||
      certificates == 0) {
    give_up("peer_certificates", "told none");
  }
  if (backend->list(backend, UNITLS_LIST_CIPHER_SUITES, count_item, &suites) != UNITLS_OK || suites == 0) {
    give_up("list", "told no cipher suite");
  }
}

int main(int count, char **words) {
  static struct line to_client;
  static struct line to_server;
  static struct lines of_client = {&to_client, &to_server};
  static struct lines of_server = {&to_server, &to_client};
  const unitls_backend *backend;
  unitls_backend_context *client_context;
  unitls_backend_context *server_context;
  unitls_backend_session *client;
  unitls_backend_session *server;
  if (count != 5) {
    give_up("usage", "old-host PLUGIN.so ANCHORS.pem CHAIN.pem KEY.pem");
  }
  backend = open_plugin(words[1]);
  client_context = make_client(backend, words[2]);
  server_context = make_server(backend, words[3], words[4]);
  client = make_session(backend, client_context, "localhost", &of_client);
  server = make_session(backend, server_context, NULL, &of_server);
  shake_hands(backend, client, server);
  compare_info(ask_info(backend, client), ask_info(backend, server));
  ask_lists(backend, client);
  say(backend, client, server, "from the client");
  say(backend, server, client, "and from the server");
  close_side(backend, client, server);
  close_side(backend, server, client);
  backend->session_destroy(client);
  backend->session_destroy(server);
  backend->context_destroy(client_context);
  backend->context_destroy(server_context);
  puts("a whole conversation");
  return 0;
}
