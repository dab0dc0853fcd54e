#include "clause_reader.hpp"

#include <stdexcept>

#include <doctest/doctest.h>

using namespace unitls::conformance;

TEST_CASE("clauses are read with number, section and whole text") {
  const auto clauses = read_clauses("/*\n"
                                    " * SESSIONS: STATES\n"
                                    " *\n"
                                    " *   U-02  The second\n"
                                    " *         goes on.\n"
                                    " *   U-01  The first.\n"
                                    " *\n"
                                    " *         No clause.\n"
                                    " */\n"
                                    "/* ------ plugin ---- */\n"
                                    "  /*\n"
                                    "   * OFFER\n"
                                    "   * U-10  Inside, see\n"
                                    "   *       (U-02). */\n"
                                    "  int not_a_clause;\n");
  REQUIRE(clauses.size() == 3);
  CHECK(clauses[0].id == "U-01");
  CHECK(clauses[0].section == "Sessions: states");
  CHECK(clauses[0].text == "The first.");
  CHECK(clauses[1].id == "U-02");
  CHECK(clauses[1].text == "The second goes on.");
  CHECK(clauses[2].id == "U-10");
  CHECK(clauses[2].section == "Plugin");
  CHECK(clauses[2].text == "Inside, see (U-02).");
}

TEST_CASE("a number that occurs twice is refused") {
  CHECK_THROWS_WITH_AS(read_clauses("/*\n * U-01  One.\n * U-01  Another.\n */\n"),
                       "line 3: U-01 is there twice", std::runtime_error);
}

TEST_CASE("a clause without words is refused") {
  CHECK_THROWS_WITH_AS(read_clauses("/*\n * U-01  \n */\n"), "no clause is found", std::runtime_error);
  CHECK_THROWS_WITH_AS(read_clauses("/*\n * U-01  One.\n * See U-02.\n */\n"),
                       "line 3: U-02 is mentioned, and its text is nowhere", std::runtime_error);
}

TEST_CASE("a clause that never ends is refused") {
  std::string header = "/*\n * U-01  One\n";
  for (int i = 0; i < 1000; ++i) {
    header += " *       more words\n";
  }
  CHECK_THROWS_WITH_AS(read_clauses(header + " */\n"), "line 2: U-01 does not end", std::runtime_error);
}

TEST_CASE("what is outside of comments is no clause") {
  CHECK_THROWS_WITH_AS(read_clauses("U-01  One.\n"), "no clause is found", std::runtime_error);
  CHECK_THROWS_WITH_AS(read_clauses(""), "no clause is found", std::runtime_error);
}
