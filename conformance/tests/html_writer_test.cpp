#include "html_writer.hpp"

#include <doctest/doctest.h>

using namespace unitls::conformance;

TEST_CASE("texts and values of HTML are escaped, elements are not") {
  html_writer out;
  out.open("p", {{"title", "\"><script>"}}).text("<b>").close("p").leaf("i", {}, "&");
  CHECK(out.html() == "<p title=\"&quot;&gt;&lt;script&gt;\">&lt;b&gt;</p><i>&amp;</i>");
}
