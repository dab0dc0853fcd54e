#include "escape.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace unitls::conformance;
using namespace std::string_literals;

TEST_CASE("markup cannot be closed or begun") {
  CHECK(markup_text("</a> & \"b\" 'c'") == "&lt;/a&gt; &amp; &quot;b&quot; &#39;c&#39;");
  CHECK(markup_text("one\ntwo\tthree") == "one&#10;two&#9;three");
  CHECK(markup_text("]]>\x01") == "]]&gt;\\x01");
}

TEST_CASE("a line of TAP has no directive and no second line in its text") {
  CHECK(tap_text("a # SKIP b") == "a \\# SKIP b");
  CHECK(tap_text("a\\b\nnot ok 1") == "a\\\\b not ok 1");
}

TEST_CASE("a YAML scalar cannot be closed") {
  CHECK(yaml_text("say \"no\"\\") == "\"say \\\"no\\\"\\\\\"");
  CHECK(yaml_text("one\n...\n") == "\"one\\n...\\n\"");
  CHECK(yaml_text("\x01") == "\"\\\\x01\"");
}

TEST_CASE("JSON in a script element says the same without a character of markup") {
  const nlohmann::json value = {{"</script>", "<!-- & \xe2\x80\xa8 ü"}};
  const std::string text = script_json(value);
  CHECK(text.find_first_of("<>&") == std::string::npos);
  CHECK(text.find("\\u2028") != std::string::npos);
  CHECK(nlohmann::json::parse(text) == value);
}
