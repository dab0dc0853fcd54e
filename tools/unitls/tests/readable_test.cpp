#include "../readable.hpp"

#include <doctest/doctest.h>

using namespace unitls::tool;
using namespace std::string_view_literals;

TEST_CASE("text that a person sees as itself stays") {
  CHECK(readable("") == "");
  CHECK(readable("/opt/acme \"2\" \\x") == "/opt/acme \"2\" \\x");
  CHECK(readable("Z\xC3\xBCrich \xE2\x82\xAC") == "Z\xC3\xBCrich \xE2\x82\xAC");
}

TEST_CASE("what a terminal or a reader would obey is written out") {
  CHECK(readable("a\x1B[2J\tb\n\x7F\0"sv) == "a\\x1b[2J\\x09b\\x0a\\x7f\\x00");
  CHECK(readable("\xC2\x9B") == "\\xc2\\x9b");          // CSI
  CHECK(readable("\xE2\x80\xAE") == "\\xe2\\x80\\xae"); // RIGHT-TO-LEFT OVERRIDE
}

TEST_CASE("bytes that are no UTF-8 are written out one by one") {
  CHECK(readable("\xFFz") == "\\xffz");
  CHECK(readable("\xE2\x82") == "\\xe2\\x82"); // cut short
  CHECK(readable("\xC0\xAF") == "\\xc0\\xaf"); // longer than it needs to be
}

TEST_CASE("a text of our own keeps its lines") {
  CHECK(readable_lines("a\n  b\x1B\n") == "a\n  b\\x1b\n");
  CHECK(readable_lines("a") == "a");
}
