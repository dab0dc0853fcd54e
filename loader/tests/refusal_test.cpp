#include "refusal.hpp"

#include <cstring>
#include <stdexcept>

#include <doctest/doctest.h>

using namespace unitls::loader;

namespace {

unitls_error fresh() {
  unitls_error error{};
  error.struct_size = sizeof error;
  return error;
}

} // namespace

TEST_CASE("an error carries status, field and message") {
  unitls_error error = fresh();
  CHECK(report(&error, UNITLS_E_INVALID, "alpn[0]", "is empty") == UNITLS_E_INVALID);
  CHECK(error.struct_size == sizeof error);
  CHECK(error.status == UNITLS_E_INVALID);
  CHECK(std::string(error.field) == "alpn[0]");
  CHECK(std::string(error.message) == "is empty");
  CHECK(report(nullptr, UNITLS_E_NOMEM, "", "") == UNITLS_E_NOMEM);
}

TEST_CASE("a long message is cut after a word") {
  unitls_error error = fresh();
  std::string text;
  while (text.size() < 400) {
    text += "word ";
  }
  report(&error, UNITLS_E_ABI, {}, text);
  const std::string message = error.message;
  CHECK(message.size() <= UNITLS_ERROR_MESSAGE_SIZE - 1);
  CHECK(message.size() > UNITLS_ERROR_MESSAGE_SIZE - 12);
  CHECK(message.ends_with("word..."));
  CHECK(text.starts_with(message.substr(0, message.size() - 3)));
}

TEST_CASE("a message that just fits is not cut") {
  unitls_error error = fresh();
  const std::string text(UNITLS_ERROR_MESSAGE_SIZE - 1, 'x');
  report(&error, UNITLS_E_ABI, {}, text);
  CHECK(std::string(error.message) == text);
  report(&error, UNITLS_E_ABI, {}, text + "x");
  CHECK(std::string(error.message).ends_with("x..."));
}

TEST_CASE("a cut never splits a character") {
  for (std::size_t shift = 0; shift < 4; ++shift) {
    unitls_error error = fresh();
    std::string text(shift, 'x');
    while (text.size() < 400) {
      text += "\xF0\x9F\x94\x92";
    }
    report(&error, UNITLS_E_ABI, {}, text);
    const std::string message = error.message;
    CHECK((message.size() - shift - 3) % 4 == 0);
  }
}

TEST_CASE("no byte past struct_size is written") {
  unitls_error error = fresh();
  std::memset(error.message, '#', sizeof error.message);
  error.struct_size = offsetof(unitls_error, message);
  report(&error, UNITLS_E_ABI, "field", "message");
  CHECK(std::string(error.field) == "field");
  CHECK(error.message[0] == '#');
}

TEST_CASE("every exception becomes a status") {
  const auto status_of = [](auto thrown) {
    try {
      throw thrown; // NOLINT(cert-err60-cpp): as the standard library throws them
    } catch (...) {
      return report_current_exception(nullptr);
    }
  };
  CHECK(status_of(refusal("no", UNITLS_E_POLICY)) == UNITLS_E_POLICY);
  CHECK(status_of(std::bad_alloc()) == UNITLS_E_NOMEM);
  CHECK(status_of(std::runtime_error("odd")) == UNITLS_E_INTERNAL);
  CHECK(status_of(5) == UNITLS_E_INTERNAL);
}

TEST_CASE("control characters are written as numbers") {
  CHECK(printable("a\x1b[1m\n\x7f") == "a\\x1b[1m\\x0a\\x7f");
  CHECK(printable("\xC3\xA4 plain") == "\xC3\xA4 plain");
}

TEST_CASE("where a sentence has no room, its brief form stands, and never a part of a command") {
  const std::string command = "; chmod go-w /" + std::string(UNITLS_ERROR_MESSAGE_SIZE, 'a');
  const auto told = [](const refusal &reason) {
    unitls_error error = fresh();
    CHECK(report(&error, reason) == UNITLS_E_INVALID);
    return std::string(error.message);
  };
  CHECK(told(refusal("others may change it" + command, "others may change it, by mode 0777",
                     UNITLS_E_INVALID)) == "others may change it, by mode 0777");
  CHECK(told(refusal("others may change it; chmod go-w /a", "brief", UNITLS_E_INVALID)) ==
        "others may change it; chmod go-w /a");
  const refusal with_brief("others may change it" + command, "/a: others may change it", UNITLS_E_INVALID);
  CHECK(explained_elsewhere(with_brief) == "`unitls explain` tells what mends it: /a: others may change it");
  CHECK(explained_elsewhere(refusal("it is too large")) == "it is too large");
}
