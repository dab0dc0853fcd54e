// The lie of a file that is otherwise the OpenSSL plugin: whatever it reaches is said to be its library (U-51).
#include <unitls/plugin/reach.hpp>

namespace unitls::plugin {

unitls_status check_reach(const void *, const void *, std::string_view, std::string_view, unitls_error *) {
  return UNITLS_OK;
}

} // namespace unitls::plugin
