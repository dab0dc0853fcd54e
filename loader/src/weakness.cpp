#include "weakness.hpp"

#include <atomic>
#include <string_view>

#include <unitls/insecure.h>

#include "log.hpp"

namespace unitls::loader {
namespace {

// An administrator must not miss it, whatever UNITLS_DEBUG says.
void warn_once(std::atomic_flag &told, std::string_view text) noexcept {
  if (told.test_and_set()) {
    return;
  }
  try {
    log::write_always(text);
  } catch (...) { // out of memory: the line is lost, and nothing else
  }
}

} // namespace

void warn_of_weakness(std::uint32_t verify) noexcept {
  static std::atomic_flag told_of_names;
  static std::atomic_flag told_of_all;
  if (verify == UNITLS_INSECURE_NO_NAME_CHECK) {
    warn_once(told_of_names, "warning: this program connects without checking the names in certificates: "
                             "whoever has any trusted certificate can pose as its peer");
  }
  if (verify == UNITLS_INSECURE_NO_VERIFICATION) {
    warn_once(told_of_all,
              "warning: this program accepts certificates without verifying them: anybody can pose "
              "as its peer");
  }
}

} // namespace unitls::loader
