#include <unitls/layer.h>
#include <unitls/plugin/layer.hpp>

#include "fault.hpp"

namespace unitls::fault {
namespace {

unitls_status UNITLS_CALL wrap(const unitls_host *host, const unitls_backend *inner,
                               const unitls_option *options, std::size_t option_count, unitls_backend *table,
                               unitls_error *err) {
  using calls = plugin::forward<layer>;
  return calls::wrap(host, inner, options, option_count, table, err, calls::table());
}

} // namespace
} // namespace unitls::fault

UNITLS_LAYER("fault", UNITLS_PLUGIN_VERSION,
             "Makes the transport fail on purpose: short reads, would-blocks, delays, ends and errors",
             unitls::fault::wrap);
