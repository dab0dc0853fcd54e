// Layers between the cases and the plugins that they judge.
#pragma once

#include <string>
#include <vector>

#include <unitls/backend.h>

namespace unitls::conformance {

// "FILE.so[:NAME=VALUE,...]" of each, the outermost first. Loads them. Throws an exception whose text is one sentence.
void use_layers(const std::vector<std::string> &texts);

// The table with the layers around it. What a plugin has not, a side or all of a function, its layers have not.
const unitls_backend &through_layers(const unitls_backend &plugin);

// ", through fault and trace"; empty without layers.
std::string layers_text();

} // namespace unitls::conformance
