// JSON as the commands print it.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace unitls::tool {

// In one line. Paths and texts of libraries may be no UTF-8: what is none becomes U+FFFD.
std::string json_text(const nlohmann::ordered_json &value);

// To standard output, for `--json`; indented.
void write_json(const nlohmann::ordered_json &value);

} // namespace unitls::tool
