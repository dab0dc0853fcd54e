// A backend under a policy: its own table, with the policy between whoever makes a context and the plugin.
#pragma once

#include <unitls/backend.h>

#include "policy.hpp"

namespace unitls::loader {

// The table that stands for `table` under `rules`; `table` itself when they say nothing about contexts. Contexts and
// sessions are the plugin's own objects, so that what a session does goes straight to it. An extension that is not
// known here could make contexts of its own, and is absent. Lives for ever; the same for the same arguments.
// [thread-safe]
const unitls_backend &under_policy(const unitls_backend &table, const policy &rules);

} // namespace unitls::loader
