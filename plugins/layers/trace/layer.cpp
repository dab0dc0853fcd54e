#include <unitls/layer.h>

#include "trace.hpp"

namespace unitls::trace {
namespace {

unitls_status UNITLS_CALL wrap(const unitls_host *host, const unitls_backend *inner,
                               const unitls_option *options, std::size_t option_count, unitls_backend *table,
                               unitls_error *err) {
  return plugin::forward<layer>::wrap(host, inner, options, option_count, table, err, traced_table());
}

} // namespace
} // namespace unitls::trace

UNITLS_LAYER("trace", UNITLS_PLUGIN_VERSION, "Writes a line about every call, with result, time and bytes",
             unitls::trace::wrap);
