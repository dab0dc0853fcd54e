// What the options of a command line become in a configuration. All of it throws failure, or error, naming the option
// or the file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <unitls/unitls.hpp>

namespace unitls::tool {

struct version_range {
  std::optional<std::string> min;
  std::optional<std::string> max;
};

// Lists by IANA's names, in order of preference. None: the library's default.
struct parameter_lists {
  std::vector<std::string> suites;
  std::vector<std::string> groups;
  std::vector<std::string> schemes;
};

// What is negotiated, the same for clients and servers.
struct tls_options {
  std::string alpn; // "A,B"
  version_range versions;
  parameter_lists parameters;
  std::vector<std::string> options; // NAME=VALUE
};

// How a server is judged.
struct server_judgement {
  std::optional<std::string> ca; // a file or a folder
  bool system_trust = false;
  std::vector<std::string> crls;
  std::vector<std::string> pins;
  bool no_name_check = false;
  bool no_verification = false;
};

// Sets versions, ALPN, lists and options.
void set(client_config &config, const tls_options &from);
void set(server_config &config, const tls_options &from);
// Sets trust, revocation lists and pins.
void set(client_config &config, const server_judgement &from);

// The one place where verification is weakened, when the command line asks for it.
client_context make_context(const backend &backend, client_config config, const server_judgement &how);

// The certificates in a file, or in the files of a folder.
trust_store trust_from(const std::string &path);
std::vector<revocation_list> crls_from(const std::vector<std::string> &paths);
// Without a key's file the key stands among the certificates.
identity identity_from(const std::string &certificate, const std::optional<std::string> &key);

} // namespace unitls::tool
