/* What the C API can tell about backends without loading any of them.
 *
 *     example-backends
 */
#include <stdio.h>

#include <unitls/unitls.h>

static unitls_status print(void *user, const unitls_candidate *candidate) {
  (void)user;
  printf("%s: %s\n", candidate->id,
         candidate->reason[0] != '\0' ? candidate->reason : candidate->library_build_version);
  return UNITLS_OK;
}

int main(void) {
  unitls_error error = {sizeof error, 0, 0, 0, 0, 0, "", ""};
  unitls_loader *loader = NULL;
  char text[512];
  if (unitls_loader_create(NULL, &loader, &error) != UNITLS_OK) {
    unitls_error_text(&error, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    return 1;
  }
  unitls_loader_candidates(loader, print, NULL);
  unitls_loader_destroy(loader);
  return 0;
}
