#include "text/readable.hpp"

#include <doctest/doctest.h>

using namespace unitls::text;
using namespace std::string_view_literals;

TEST_CASE("text that a person sees as itself stays") {
  CHECK(readable("") == "");
  CHECK(readable("/opt/acme \"2\" \\x of <text>") == "/opt/acme \"2\" \\x of <text>");
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
  CHECK(readable("\x1b[31m\r\x7f\0"sv) == "\\x1b[31m\\x0d\\x7f\\x00");
  CHECK(readable("\xc2\x9b") == "\\xc2\\x9b");
  CHECK(readable("\xe2\x80\xae") == "\\xe2\\x80\\xae"); // right-to-left override
  CHECK(readable("\xe2\x80\xa8") == "\\xe2\\x80\\xa8"); // line separator
  CHECK(readable("\xef\xbb\xbf") == "\\xef\\xbb\\xbf"); // byte order mark
  CHECK(readable("\xef\xbf\xbe") == "\\xef\\xbf\\xbe"); // no character, and not allowed in XML
}

TEST_CASE("a text of several lines keeps them, and its tabs") {
  CHECK(readable("two\nlines\tof text") == "two\\x0alines\\x09of text");
  CHECK(readable_lines("two\nlines\tof text\x1b\n") == "two\nlines\tof text\\x1b\n");
}
