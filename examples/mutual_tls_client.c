/* Connects with a certificate of its own, and prints what the server says. In C.
 *
 *     example-mutual_tls_client HOST PORT CA CERTIFICATE KEY
 */
#include <stdio.h>
#include <stdlib.h>

#include <unitls/unitls.h>

/* One buffer for each file: they must live until the context is made. */
static unitls_blob read_pem(const char *path, uint32_t flags, unitls_buffer **buffer, unitls_error *error) {
  unitls_blob blob = {UNITLS_FORMAT_PEM, 0, NULL, 0};
  if (error->status == UNITLS_OK && unitls_buffer_read_file(path, flags, buffer, error) == UNITLS_OK) {
    blob.data = unitls_buffer_bytes(*buffer).data;
    blob.size = unitls_buffer_bytes(*buffer).size;
  }
  return blob;
}

static unitls_context *make_context(unitls_backend_ref *tls, char **files, unitls_error *error) {
  unitls_buffer *buffers[3] = {NULL, NULL, NULL};
  const unitls_blob anchors = read_pem(files[0], 0, &buffers[0], error);
  const unitls_blob chain = read_pem(files[1], 0, &buffers[1], error);
  const unitls_blob key = read_pem(files[2], UNITLS_BUFFER_SECRET, &buffers[2], error);
  const unitls_trust trust = {sizeof trust, UNITLS_TRUST_ANCHORS, 0, &anchors, 1};
  const unitls_identity identity = {sizeof identity, 0, &chain, 1, key};
  const unitls_identity *const identities[] = {&identity};
  unitls_client_config config = {
      .struct_size = sizeof config, .trust = &trust, .identities = identities, .identity_count = 1};
  unitls_context *context = NULL;
  if (error->status == UNITLS_OK) {
    unitls_client_context_create(tls, &config, &context, error);
  }
  for (size_t i = 0; i < 3; ++i) {
    unitls_buffer_release(buffers[i]); /* a context has copied what it needs */
  }
  return context;
}

static void print_answer(unitls_stream *stream, unitls_error *error) {
  uint8_t piece[1024];
  size_t size = 0;
  /* In TLS 1.3 a server that refuses our certificate says so only now. */
  while (unitls_stream_read(stream, piece, sizeof piece, &size, INT64_MAX, error) == UNITLS_OK) {
    fwrite(piece, 1, size, stdout);
  }
}

int main(int count, char **arguments) {
  unitls_error error = {.struct_size = sizeof error};
  unitls_loader *loader = NULL;
  unitls_backend_ref *tls = NULL;
  unitls_context *context = NULL;
  unitls_stream *stream = NULL;
  char text[512];
  if (count != 6) {
    fprintf(stderr, "usage: example-mutual_tls_client HOST PORT CA CERTIFICATE KEY\n");
    return 2;
  }
  const unitls_connect_options where = {
      .struct_size = sizeof where, .host = arguments[1], .port = (uint32_t)strtoul(arguments[2], NULL, 10)};
  if (unitls_loader_create(NULL, &loader, &error) == UNITLS_OK &&
      unitls_loader_select(loader, NULL, 0, &tls, &error) == UNITLS_OK &&
      (context = make_context(tls, arguments + 3, &error)) != NULL &&
      unitls_stream_connect(context, &where, &stream, &error) == UNITLS_OK) {
    print_answer(stream, &error);
  }
  unitls_stream_destroy(stream); /* all of these take NULL */
  unitls_context_release(context);
  unitls_backend_ref_release(tls);
  unitls_loader_destroy(loader);
  if (error.status != UNITLS_OK) {
    unitls_error_text(&error, text, sizeof text);
    fprintf(stderr, "%s\n", text);
  }
  return error.status == UNITLS_OK ? 0 : 1;
}
