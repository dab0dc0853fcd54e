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

// One suite, no compression, an unknown extension, two groups and one scheme.
const octets parameters{0,    2,    0x13, 0x01, 1, 0, 0,    22,         //
                        0xfe, 0xed, 0,    0,                            //
                        0,    10,   0,    6,    0, 4, 0,    29,  0, 23, //
                        0,    13,   0,    4,    0, 2, 0x08, 0x04};

TEST_CASE("groups and signature schemes of a ClientHello come in its order") {
  const offered_parameters offer = read_offered_parameters(hello(octets(32, 0xaa), parameters));
  CHECK(offer.cipher_suites == numbers{0x1301});
  CHECK(offer.groups == numbers{29, 23});
  CHECK(offer.signature_schemes == numbers{0x0804});
}

TEST_CASE("a ClientHello without extensions offers its suites alone") {
  const offered_parameters offer = read_offered_parameters(hello({}, {0, 2, 0xc0, 0x2f, 1, 0}));
  CHECK(offer.cipher_suites == numbers{0xc02f});
  CHECK(offer.groups.empty());
  CHECK(offer.signature_schemes.empty());
}

TEST_CASE("a ClientHello that is cut inside its extensions offers nothing") {
  const octets whole = hello({}, parameters);
  const std::size_t without_extensions = whole.size() - 24;
  for (std::size_t size = without_extensions + 1; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(read_offered_parameters({whole.data(), size}).cipher_suites.empty());
  }
}

TEST_CASE("an extension that is longer than its list, and octets after the extensions, are refused") {
  octets longer = parameters;
  longer[17] = 2; // one group, in an extension with room for two
  CHECK(read_offered_parameters(hello({}, longer)).cipher_suites.empty());
  octets trailing = parameters;
  trailing.push_back(0);
  CHECK(read_offered_parameters(hello({}, trailing)).cipher_suites.empty());
}

} // namespace
} // namespace unitls::plugin
