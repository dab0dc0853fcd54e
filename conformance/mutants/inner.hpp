// The good backend that a mutant lies about.
#pragma once

#include <unitls/backend.h>

namespace unitls::mutants {

// Loads the plugin that UNITLS_MUTANT_OF names, or else the one that was given when this was built, and opens it. Once in
// a process; throws plugin::error.
void open_inner(const unitls_host &host);

// Only after that.
const unitls_backend &inner() noexcept;

// NULL when the plugin cannot be loaded. Does not open it.
const unitls_plugin *inner_plugin() noexcept;

} // namespace unitls::mutants
