#include "log.hpp"

#include <string>

#include <doctest/doctest.h>

#include "captured.hpp"

using unitls::loader::log;
using unitls::loader::log_word;
using unitls::testing::captured;

TEST_CASE("only the chosen words are written") {
  const log chosen("warn, load");
  CHECK(captured([&] { chosen.write(log_word::warn, "one"); }) == "unitls: warn: one\n");
  CHECK(captured([&] { chosen.write(log_word::load, "two"); }) == "unitls: load: two\n");
  CHECK(captured([&] { chosen.write(log_word::error, "three"); }) == "");
  CHECK(captured([&] { log().write(log_word::error, "four"); }) == "");
  CHECK(log("all").wants(log_word::io));
}

TEST_CASE("a bad word is told with the list") {
  CHECK(captured([] { CHECK(log("lod,warn").wants(log_word::warn)); }) ==
        "unitls: UNITLS_DEBUG: \"lod\" is not one of its words: error warn info search load io all\n");
}

TEST_CASE("control characters of a plugin's text are not written as they are") {
  CHECK(captured([] { log("warn").write(log_word::warn, "a\x1b[1mb"); }) == "unitls: warn: a\\x1b[1mb\n");
}

TEST_CASE("a plugin logs through its host") {
  const log chosen("info");
  const unitls_host &host = chosen.host();
  CHECK(host.struct_size == sizeof(unitls_host));
  CHECK(captured([&] { host.log(host.user, UNITLS_LOG_INFO, "opened"); }) == "unitls: info: opened\n");
  CHECK(captured([&] { host.log(host.user, UNITLS_LOG_ERROR, "hidden"); }) == "");
  CHECK(captured([&] { host.log(host.user, UNITLS_LOG_INFO, nullptr); }) == "");
  const log every_word("all");
  const unitls_host &all = every_word.host();
  CHECK(captured([&] { all.log(all.user, UNITLS_LOG_DEBUG, "step"); }) == "unitls: io: step\n");
}

TEST_CASE("a host lives for ever and depends on the words only") {
  const unitls_host *first = &log("warn").host();
  CHECK(first == &log("warn").host());
  CHECK(first != &log("error").host());
}
