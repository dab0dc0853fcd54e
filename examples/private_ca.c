/* Judges a chain by a private authority and nothing else, without a connection. In C.
 *
 *     example-private_ca CA CHAIN NAME
 */
#include <stdio.h>
#include <time.h>

#include <unitls/unitls.h>

static unitls_blob pem(unitls_buffer *buffer) {
  const unitls_bytes bytes = unitls_buffer_bytes(buffer);
  const unitls_blob blob = {UNITLS_FORMAT_PEM, 0, bytes.data, bytes.size};
  return blob;
}

/* What a handshake would say about these certificates, now and under this name. */
static unitls_status judge(unitls_backend_ref *tls, unitls_buffer *ca, unitls_buffer *chain, const char *name,
                           unitls_error *error) {
  const unitls_blob anchors = pem(ca);
  const unitls_blob presented = pem(chain);
  /* Only these anchors: with UNITLS_TRUST_SYSTEM in the flags the system's would count as well. */
  const unitls_trust trust = {sizeof trust, UNITLS_TRUST_ANCHORS, 0, &anchors, 1};
  const unitls_verify_chain_request request = {.struct_size = sizeof request,
                                               .chain = &presented,
                                               .chain_count = 1,
                                               .trust = &trust,
                                               .reference_names = &name,
                                               .reference_name_count = 1,
                                               .time = (int64_t)time(NULL),
                                               .purpose = UNITLS_PURPOSE_SERVER};
  return unitls_backend_ref_verify_chain(tls, &request, NULL, NULL, error);
}

int main(int count, char **arguments) {
  unitls_error error = {.struct_size = sizeof error};
  unitls_loader *loader = NULL;
  unitls_backend_ref *tls = NULL;
  unitls_buffer *ca = NULL;
  unitls_buffer *chain = NULL;
  char text[512];
  if (count != 4) {
    fprintf(stderr, "usage: example-private_ca CA CHAIN NAME\n");
    return 2;
  }
  if (unitls_loader_create(NULL, &loader, &error) == UNITLS_OK &&
      unitls_loader_select(loader, NULL, 0, &tls, &error) == UNITLS_OK &&
      unitls_buffer_read_file(arguments[1], 0, &ca, &error) == UNITLS_OK &&
      unitls_buffer_read_file(arguments[2], 0, &chain, &error) == UNITLS_OK &&
      judge(tls, ca, chain, arguments[3], &error) == UNITLS_OK) {
    printf("accepted\n");
  } else {
    unitls_error_text(&error, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    /* The flags are a set: ask for the one that matters. */
    if ((error.verify_flags & UNITLS_VERIFY_UNKNOWN_ISSUER) != 0) {
      fprintf(stderr, "%s is not its authority\n", arguments[1]);
    }
  }
  unitls_buffer_release(chain); /* all of these take NULL */
  unitls_buffer_release(ca);
  unitls_backend_ref_release(tls);
  unitls_loader_destroy(loader);
  return error.status == UNITLS_OK ? 0 : 1;
}
