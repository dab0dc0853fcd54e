#include "memory_refusal.hpp"

#include <string>

#include <doctest/doctest.h>

using unitls::conformance::take_refusal;

namespace {

const std::string verdict = R"({"verdict":"pass","reason":"refused 12\n"})";
const std::string sentence = "an allocation of 4096 bytes was refused: the process of a case has 1024 MiB";

} // namespace

TEST_CASE("a result without refusals stays as it is") {
  for (const std::string &text : {std::string(), verdict, verdict + "\n", std::string("refused 40"),
                                  std::string("refused \n"), std::string("refused all\n")}) {
    std::string result = text;
    CHECK_FALSE(take_refusal(result));
    CHECK(result == text);
  }
}

TEST_CASE("a refusal is taken off wherever its line stands") {
  for (const std::string &text : {"refused 4096\n" + verdict + "\n", verdict + "\nrefused 4096\n"}) {
    std::string result = text;
    CHECK(take_refusal(result) == sentence);
    CHECK(result == verdict + "\n");
  }
}

TEST_CASE("each process tells its own refusal, and the first is told") {
  std::string result = "refused 4096\nrefused 17\n" + verdict + "\nrefused 18\n";
  CHECK(take_refusal(result) == sentence);
  CHECK(result == verdict + "\n");
}

TEST_CASE("a process that died of it has told it") {
  std::string result = "refused 4096\n";
  CHECK(take_refusal(result) == sentence);
  CHECK(result.empty());
}
