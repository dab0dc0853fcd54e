// Which object a library's code really lies in (backend.h, U-51).
#pragma once

#include <string>

namespace unitls::plugin {

// Says nothing when `function` lies in an object that the plugin was linked to (its DT_NEEDED), or in the plugin
// itself; else one sentence that names the object. `own` is any address inside the plugin.
std::string misplaced_object(const void *function, const void *own);

} // namespace unitls::plugin
