// The bounds of a message that comes from a stranger.
#include <unitls/plugin/client_hello.hpp>

#include <doctest/doctest.h>

namespace unitls::plugin {
namespace {

using octets = std::vector<std::uint8_t>;
using numbers = std::vector<std::uint16_t>;

octets hello(const octets &session_id, const octets &after) {
  octets message(2 + 32, 0x03); // legacy_version and random
  message.push_back(static_cast<std::uint8_t>(session_id.size()));
  message.insert(message.end(), session_id.begin(), session_id.end());
  message.insert(message.end(), after.begin(), after.end());
  return message;
}

TEST_CASE("cipher suites of a ClientHello come in its order") {
  CHECK(read_offered_cipher_suites(hello({}, {0, 4, 0xc0, 0x2f, 0x13, 0x01, 1, 0})) ==
        numbers{0xc02f, 0x1301});
}

TEST_CASE("a session id is skipped, and what follows the suites is not looked at") {
  CHECK(read_offered_cipher_suites(hello(octets(32, 0xaa), {0, 2, 0x00, 0x9c, 0xff})) == numbers{0x009c});
}

TEST_CASE("a ClientHello that is cut before the end of its suites offers none") {
  const octets whole = hello(octets(32, 0xaa), {0, 4, 0xc0, 0x2f, 0x13, 0x01});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(read_offered_cipher_suites({whole.data(), size}).empty());
  }
  CHECK(read_offered_cipher_suites(whole).size() == 2);
}

TEST_CASE("half a cipher suite is none") {
  CHECK(read_offered_cipher_suites(hello({}, {0, 3, 0xc0, 0x2f, 0x13})).empty());
}

TEST_CASE("an empty list offers none") {
  CHECK(read_offered_cipher_suites(hello({}, {0, 0})).empty());
}

} // namespace
} // namespace unitls::plugin
