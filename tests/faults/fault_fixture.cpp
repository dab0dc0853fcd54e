#include "fault_fixture.hpp"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ; // NOLINT: as POSIX names it

namespace unitls::faults {
namespace {

namespace fs = std::filesystem;

class standard_certificates {
public:
  standard_certificates() : folder_(make_folder()) {
    const std::string out = folder_.string();
    const char *const arguments[] = {UNITLS_PKI, "standard", "--out", out.c_str(), nullptr};
    run(arguments);
  }
  ~standard_certificates() {
    std::error_code ignored; // nothing depends on it any more
    fs::remove_all(folder_, ignored);
  }
  standard_certificates(const standard_certificates &) = delete;
  standard_certificates &operator=(const standard_certificates &) = delete;

  const fs::path &folder() const noexcept { return folder_; }

private:
  // Without the list of the files that it makes.
  static void run(const char *const *arguments) {
    posix_spawn_file_actions_t quietly;
    posix_spawn_file_actions_init(&quietly);
    posix_spawn_file_actions_addopen(&quietly, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    int ended = 0;
    // posix_spawn does not change what the arguments point to.
    const int refused =
        posix_spawn(&child, UNITLS_PKI, &quietly, nullptr, const_cast<char *const *>(arguments), environ);
    posix_spawn_file_actions_destroy(&quietly);
    if (refused != 0 || waitpid(child, &ended, 0) != child || ended != 0) {
      throw std::runtime_error("unitls-pki failed");
    }
  }

  static fs::path make_folder() {
    std::string name = (fs::temp_directory_path() / "unitls-faults-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(), "no folder for certificates");
    }
    return name;
  }

  fs::path folder_;
};

// RFC 4648, 4, in a PEM block that unitls-pki wrote.
std::vector<std::byte> decode_base64(std::string_view text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<std::byte> decoded;
  unsigned held = 0;
  int bits = 0;
  for (const char letter : text) {
    const std::size_t value = alphabet.find(letter);
    if (value == std::string_view::npos) { // ends of lines, and the padding
      continue;
    }
    held = (held << 6 | static_cast<unsigned>(value)) & 0xFFFF;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      decoded.push_back(static_cast<std::byte>(held >> bits & 0xFF));
    }
  }
  return decoded;
}

// Each side goes as far as it can; when both have nothing to say to each other any more, it is over.
void run(channel &side, channel &other, error_info &failure, status &reached) {
  if (!failure && reached != status::ok) {
    reached = side.handshake(failure);
  }
  other.feed(side.outgoing());
  side.consume(side.outgoing().size());
}

} // namespace

std::vector<backend> every_backend() {
  loader from;
  std::vector<backend> all;
  for (const candidate &each : from.candidates()) {
    all.push_back(from.open(each.id)); // throws for what cannot be used
  }
  if (all.empty()) {
    throw std::runtime_error("there is no backend beside libunitls");
  }
  return all;
}

fs::path file(const std::string &name) {
  static const standard_certificates made;
  return made.folder() / name;
}

std::string content(const std::string &name) {
  std::ifstream from(file(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(from), {}};
}

std::vector<std::byte> der(const std::string &name) {
  const std::string text = content(name);
  const std::size_t begin = text.find("-----\n") + 6;
  return decode_base64(std::string_view(text).substr(begin, text.find("-----END") - begin));
}

identity server_identity(const std::string &name) {
  return identity::from_files(file(name + ".pem"), file(name + ".key"));
}

trust_store anchors() {
  return trust_store::from_file(file("ca.pem"));
}

outcome shake_hands(const client_context &client, const server_context &server, const std::string &name) {
  channel asking(client, name);
  channel answering(server);
  outcome result;
  status client_status = status::want_read;
  status server_status = status::want_read;
  // A full handshake has three flights, and a refusal one more.
  for (int flight = 0; flight < 8; ++flight) {
    run(asking, answering, result.client, client_status);
    run(answering, asking, result.server, server_status);
  }
  if (!result.client) {
    result.info = asking.info();
  }
  if (result.succeeded() && (client_status != status::ok || server_status != status::ok)) {
    throw std::runtime_error("the handshake does not end");
  }
  return result;
}

} // namespace unitls::faults
