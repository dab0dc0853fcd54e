// A backend for tests. Its "TLS" is trivial framing without any protection, so that every byte is known and every
// fault can be made:
//
//     record     type (1 byte), length (2 bytes, big-endian), payload
//     handshake  client hello -> server flight -> done on both sides
//     ping       answered by a pong from inside read, as a key update is
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unitls/unitls.h>

namespace unitls::testing {

namespace mock_record {
inline constexpr std::uint8_t hello = 1;
inline constexpr std::uint8_t data = 2;
inline constexpr std::uint8_t close_notify = 3;
inline constexpr std::uint8_t ping = 4;
inline constexpr std::uint8_t pong = 5;
} // namespace mock_record

inline constexpr std::size_t mock_header = 3;

// The configuration of the context made or checked last, as the mock saw it.
struct mock_config {
  std::uint32_t verify = 0;
  std::uint32_t flags = 0;
  std::uint16_t min_version = 0;
  std::uint16_t max_version = 0;
  std::vector<std::uint16_t> tls12_cipher_suites;
  std::vector<std::uint16_t> tls13_cipher_suites;
  std::vector<std::uint16_t> groups;
  std::vector<std::uint16_t> signature_schemes;
  std::vector<std::string> crls;
  bool has_trust = false;
  bool has_callback = false;
  bool has_pins = false;
};

// A question to its verify-chain.
struct mock_inquiry {
  std::vector<std::string> chain;
  std::vector<std::string> names;
  bool has_crls = false;
  std::int64_t time = 0;
  std::uint32_t purpose = 0;
};

// What a test wants of the mock, and what the mock saw.
struct mock_state {
  std::vector<const char *> capabilities{"verify-callback", "async-verify-client", nullptr};
  // What it lists.
  std::vector<std::uint16_t> cipher_suites;
  std::vector<std::pair<const char *, std::uint32_t>> listed_options;
  // What its info tells after the handshake.
  std::uint16_t version = UNITLS_TLS_1_3;
  std::uint16_t cipher_suite = 0;
  // A peer of the mock, as a client sees it. A certificate is any text; its "SHA-256" is its first 32 bytes, and one
  // that begins with '!' is malformed.
  std::vector<std::string> chain{"leaf", "intermediate"};
  std::vector<std::string> path{"leaf", "intermediate", "root"};
  unitls_verify_flags verify_flags = 0;
  std::vector<unitls_error> findings; // of a check
  unitls_error create_failure{};      // of a create; none when its status is 0
  mock_config config;
  mock_inquiry inquiry;
  std::size_t flight_size = 16;       // of a hello's payload
  bool tells_impossible_size = false; // write says that it took nothing
  bool makes_no_context = false;      // create answers OK and NULL
  std::size_t largest_write = 0;      // plaintext of one write call
  std::string server_name;            // of the session made last
  std::vector<std::string> reference_names;
  std::vector<std::string> options; // "name=value" of the context made last
  std::string trust;                // its anchors, joined
  std::uint64_t trust_generation = 0;
};

// Two backends never share a state. (This header knows none of the loader's, whose namespace has the name of a class of
// the C++ API.)
struct mock_backend {
  enum class extensions { present, absent };

  explicit mock_backend(extensions wanted = extensions::present);
  ~mock_backend();
  mock_backend(const mock_backend &) = delete;
  mock_backend &operator=(const mock_backend &) = delete;

  // What an administrator's files say about it.
  void refuse_by_policy(const std::string &sentence) const;
  // The lines of the [policy] of /etc/unitls/backends.toml, the first being its third. Set what it lists before.
  void set_policy(const std::string &lines) const;
  void add_registry_option(const std::string &name, const std::string &value) const;

  mock_state state;
  unitls_backend_ref *const ref;
};

// An error as the mock tells it.
unitls_error mock_error(unitls_status status, std::string_view field, std::string_view message);

// The mock's "SHA-256" of a certificate's key.
std::string mock_digest(std::string_view certificate);

// A record as it stands on the wire.
std::string mock_frame(std::uint8_t type, std::string_view payload);

} // namespace unitls::testing
