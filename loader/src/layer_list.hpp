// The value of UNITLS_LAYERS.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unitls::loader {

using option_list = std::vector<std::pair<std::string, std::string>>;

struct layer_request {
  std::string id;
  option_list options; // in the order in which they were given, each name once

  friend bool operator==(const layer_request &, const layer_request &) = default;
};

// "fault:seed=7:short-read=1,trace", the outermost layer first. Throws a refusal on UNITLS_LAYERS for what is written
// otherwise, for a name that no layer can have, and for a layer or an option that stands there twice.
std::vector<layer_request> parse_layer_list(std::string_view value);

} // namespace unitls::loader
