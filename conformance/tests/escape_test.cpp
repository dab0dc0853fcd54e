#include "escape.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace unitls::conformance;
using namespace std::string_literals;

TEST_CASE("readable text stays, also beyond ASCII") {
  CHECK(readable("") == "");
  CHECK(readable("two\nlines\tof <text>") == "two\nlines\tof <text>");
  CHECK(readable("Grüße, 世界, 😀") == "Grüße, 世界, 😀");
}

TEST_CASE("bytes that are no UTF-8 become numbers, one by one") {
  CHECK(readable("a\xff\xfe") == "a\\xff\\xfe");
  CHECK(readable("\xc3") == "\\xc3");                            // cut short
  CHECK(readable("\xc0\xaf") == "\\xc0\\xaf");                   // longer than needed
  CHECK(readable("\xe0\x80\xaf") == "\\xe0\\x80\\xaf");          // longer than needed
  CHECK(readable("\xed\xa0\x80") == "\\xed\\xa0\\x80");          // a surrogate
  CHECK(readable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80"); // above U+10FFFF
  CHECK(readable("\xe2\x28\xa1") == "\\xe2(\\xa1");
}

TEST_CASE("control characters and marks of direction become numbers") {
  CHECK(readable("\x1b[31m\r\x7f"s + '\0') == "\\x1b[31m\\x0d\\x7f\\x00");
  CHECK(readable("\xc2\x9b") == "\\xc2\\x9b");
  CHECK(readable("\xe2\x80\xae") == "\\xe2\\x80\\xae"); // right-to-left override
  CHECK(readable("\xe2\x80\xa8") == "\\xe2\\x80\\xa8"); // line separator
  CHECK(readable("\xef\xbb\xbf") == "\\xef\\xbb\\xbf"); // byte order mark
  CHECK(readable("\xef\xbf\xbe") == "\\xef\\xbf\\xbe"); // no character, and not allowed in XML
}

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
