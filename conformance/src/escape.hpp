// Text that somebody else wrote, inside of what a report is made of.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace unitls::conformance {

// For character data and quoted attributes of XML 1.0 and HTML.
std::string markup_text(std::string_view bytes);

// For a description or a reason of TAP 14, in one line.
std::string tap_text(std::string_view bytes);

// A scalar of YAML 1.2 in double quotes.
std::string yaml_text(std::string_view bytes);

// For a script element of HTML: nothing in it can end the element or begin a comment.
std::string script_json(const nlohmann::json &value);

} // namespace unitls::conformance
