// Layers over backends: found as backends are, wrapped once for each table, options and host.
#pragma once

#include <string>
#include <vector>

#include <unitls/backend.h>

#include "layer_list.hpp"
#include "module.hpp"
#include "search.hpp"

namespace unitls::loader {

// A layer in this process, and what it is told.
struct layer_in_force {
  const loaded_layer *layer = nullptr;
  option_list options; // the registry's and those of UNITLS_LAYERS, which win
};

// Finds and loads the layers that UNITLS_LAYERS asks for, outermost first. Throws a refusal on UNITLS_LAYERS that lists
// those that exist: for an unknown one, and for one that is disabled, forbidden or will not load.
std::vector<layer_in_force> load_layers(std::string_view unitls_layers, const std::vector<candidate> &found);

// The table with the layers around it; the table itself when there are none. `inner` and the answer live for ever, and
// the same question has the same answer. Throws a refusal when a layer does not take an option or will not wrap.
// [thread-safe]
const unitls_backend &wrap_in_layers(const unitls_backend &inner, const std::vector<layer_in_force> &layers,
                                     const unitls_host &host);

// The same for one layer. The refusal names no variable.
const unitls_backend &wrap_in_layer(const unitls_backend &inner, const layer_in_force &layer,
                                    const unitls_host &host);

} // namespace unitls::loader
