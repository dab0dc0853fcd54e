// Which library a plugin really reaches (backend.h, U-51).
#pragma once

#include <string_view>

#include <unitls/types.h>

namespace unitls::plugin {

// UNITLS_OK when `function`, any one of the library's, lies in an object that the plugin was linked to (its DT_NEEDED)
// or in the plugin itself, and the library that is there, such as "GnuTLS 3.7.9", is of the line that the plugin was
// built for, such as "GnuTLS 3.7". Otherwise UNITLS_E_ABI naming both. `own` is any address inside the plugin.
unitls_status check_reach(const void *function, const void *own, std::string_view built_for,
                          std::string_view reached, unitls_error *err);

} // namespace unitls::plugin
