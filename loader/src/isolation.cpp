#include "isolation.hpp"

#include <iterator>

#include <dlfcn.h>

namespace unitls::loader {
namespace {

// Their functions stand before those of the C library; a plugin with deepbind would call past them, and
// AddressSanitizer ends the process in dlopen.
struct sanitizer {
  const char *name;
  const char *symbol;
};
constexpr sanitizer sanitizers[] = {{"AddressSanitizer", "__asan_init"},
                                    {"ThreadSanitizer", "__tsan_init"},
                                    {"MemorySanitizer", "__msan_init"}};

} // namespace

// The program may be built with one, and libunitls not: what counts is what is in the process.
const char *sanitizer_against_deepbind() noexcept {
  for (const sanitizer &each : sanitizers) {
    if (::dlsym(RTLD_DEFAULT, each.symbol) != nullptr) {
      return each.name;
    }
  }
  return nullptr;
}

} // namespace unitls::loader
