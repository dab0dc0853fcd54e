// The page of the HTML report before anything is filled in: conformance/report/, compiled in.
#pragma once

#include <string_view>

namespace unitls::conformance {

struct page_template {
  std::string_view html; // {{name}} is where something goes
  std::string_view style;
  std::string_view script;
  std::string_view style_digest; // "sha256-..."
  std::string_view script_digest;
};

const page_template &page();

} // namespace unitls::conformance
