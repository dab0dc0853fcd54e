#include "json_output.hpp"

#include <iostream>

namespace unitls::tool {

using nlohmann::ordered_json;

std::string json_text(const ordered_json &value) {
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

void write_json(const ordered_json &value) {
  std::cout << value.dump(2, ' ', false, ordered_json::error_handler_t::replace) << '\n';
}

} // namespace unitls::tool
