#include <unitls/plugin/pem.hpp>

#include <doctest/doctest.h>

namespace {

using namespace unitls::plugin;

std::string fault_of(std::string_view text) {
  pem_reader reader(text);
  while (reader.next()) {
  }
  return reader.fault();
}

} // namespace

TEST_CASE("an encrypted block is named and has no content") {
  pem_reader reader(
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n"
      "-----END RSA PRIVATE KEY-----\n");
  const auto block = reader.next();
  REQUIRE(block);
  CHECK(block->label == "RSA PRIVATE KEY");
  CHECK(block->encrypted);
  CHECK(block->der.empty());
  CHECK(reader.fault().empty());
}

TEST_CASE("a header stands before the content") {
  CHECK(fault_of("-----BEGIN A-----\nAAAA\nProc-Type: 4,ENCRYPTED\n-----END A-----\n") ==
        "line 3: not base64");
}
