#include "backend_list.hpp"

#include <doctest/doctest.h>

#include "backend_id.hpp"
#include "refusal.hpp"

using namespace unitls::loader;

using ids = std::vector<std::string>;

TEST_CASE("ids follow the rule of the ABI") {
  CHECK(is_backend_id("a"));
  CHECK(is_backend_id("a-1"));
  CHECK(is_backend_id(std::string(32, 'a')));
  for (const char *bad :
       {"", "A", "1a", "-a", "a_b", "a.b", "a b", "help", "none", "all", "layer-trace", "\xC3\xA4"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_backend_id(bad));
  }
  CHECK_FALSE(is_backend_id(std::string(33, 'a')));
}

TEST_CASE("a list keeps its order, without repetition") {
  CHECK(parse_backend_list("b,a").ids == ids{"b", "a"});
  CHECK(parse_backend_list(" b , a ").ids == ids{"b", "a"});
  CHECK(parse_backend_list("a,b,a").ids == ids{"a", "b"});
  CHECK(parse_backend_list("a,*").ids == ids{"a", "*"});
  CHECK_FALSE(parse_backend_list("a").help);
  CHECK(parse_backend_list("help").help);
}

TEST_CASE("a list with an impossible name is refused") {
  CHECK_THROWS_WITH_AS(parse_backend_list("a,,b"), "UNITLS_BACKEND=a,,b: a name in the list is empty",
                       refusal);
  CHECK_THROWS_WITH_AS(parse_backend_list("a,"), "UNITLS_BACKEND=a,: a name in the list is empty", refusal);
  CHECK_THROWS_AS(parse_backend_list("../evil"), refusal);
  CHECK_THROWS_AS(parse_backend_list("Upper"), refusal);
}

TEST_CASE("the star is the rest, wherever it stands") {
  CHECK(expand_rest({"b", "*"}, {"a", "b", "c"}) == ids{"b", "a", "c"});
  CHECK(expand_rest({"*", "a"}, {"a", "b", "c"}) == ids{"b", "c", "a"});
  CHECK(expand_rest({"a"}, {"a", "b", "c"}) == ids{"a"});
  CHECK(expand_rest({"*"}, {}) == ids{});
}
