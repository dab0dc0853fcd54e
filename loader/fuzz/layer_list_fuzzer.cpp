// The value of UNITLS_LAYERS.
#include "fuzz.hpp"
#include "layer_list.hpp"

#include <set>

#include "backend_id.hpp"
#include "refusal.hpp"

namespace {

using namespace unitls::loader;
using unitls::fuzz::require;

std::string written(const std::vector<layer_request> &layers) {
  std::string text;
  for (const layer_request &each : layers) {
    text += (text.empty() ? "" : ",") + each.id;
    for (const auto &[name, value] : each.options) {
      text.append(":").append(name).append("=").append(value);
    }
  }
  return text;
}

void check_layers(const std::vector<layer_request> &layers) {
  require(!layers.empty(), "a list says something");
  std::set<std::string> ids;
  for (const layer_request &each : layers) {
    require(is_backend_id(each.id), "each layer has an id");
    require(ids.insert(each.id).second, "no layer stands twice");
    std::set<std::string> names;
    for (const auto &[name, value] : each.options) {
      require(!name.empty() && names.insert(name).second, "each option has a name of its own");
      require(value.find_first_of(",:") == std::string::npos, "a value ends where the next thing begins");
    }
  }
  require(parse_layer_list(written(layers)) == layers, "a list is the same written again");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  try {
    check_layers(parse_layer_list(unitls::fuzz::text_of({data, size})));
  } catch (const refusal &reason) {
    require(std::string_view(reason.what()).starts_with("UNITLS_LAYERS="), "a refusal names the variable");
    require(printable(reason.what()) == reason.what(), "a refusal is fit for a terminal");
  }
  return 0;
}
