#include <unitls/unitls.h>

extern "C" const char *unitls_version(void) {
  return UNITLS_VERSION;
}
