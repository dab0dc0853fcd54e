#include "text_layout.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "progress.hpp"

using namespace unitls::conformance;

TEST_CASE("words are wrapped at the width, each line with its indent") {
  const std::string a(50, 'a');
  const std::string b(50, 'b');
  const std::string words = a + " " + b + " cccc";
  CHECK(wrapped(words, 4) == "    " + a + " " + b + " cccc\n"); // 110 columns
  CHECK(wrapped(words, 5) == "     " + a + " " + b + "\n     cccc\n");
  CHECK(wrapped(std::string(300, 'x'), 2) == "  " + std::string(300, 'x') + "\n");
  CHECK(wrapped("", 2) == "");
}

TEST_CASE("columns of a table are as wide as they need") {
  CHECK(table({{"plugin", "passed"}, {"a", "7"}, {"longer name", "1234567"}}) == "plugin         passed\n"
                                                                                 "a                   7\n"
                                                                                 "longer name   1234567\n");
}

TEST_CASE("numbers have a point and as many digits as asked for") {
  CHECK(decimal(0.0125, 3) == "0.013");
  CHECK(decimal(12, 1) == "12.0");
  CHECK(decimal(-0.5, 0) == "-0");
  CHECK(decimal(1e300, 3) == "0"); // no time is that long
}

TEST_CASE("seconds have no digits that say nothing") {
  using std::chrono::milliseconds;
  CHECK(seconds_text(milliseconds(60000)) == "60");
  CHECK(seconds_text(milliseconds(1500)) == "1.5");
  CHECK(seconds_text(milliseconds(100)) == "0.1");
}

TEST_CASE("the progress line has time and losses, and fits the terminal") {
  using std::chrono::seconds;
  CHECK(progress_text(3, 10, seconds(7), 0, "a/b", 79) == "3/10  0:07  a/b");
  CHECK(progress_text(3, 10, seconds(67), 2, "a/b", 79) == "3/10  1:07  2 failed  a/b");
  CHECK(progress_text(3, 10, seconds(67), 2, std::string(100, 'x'), 40).size() == 40);
}
