// What the tests of the prototype's faults share: the backends, certificates, and one connection in memory.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <unitls/testing/pipe.hpp>
#include <unitls/unitls.hpp>

namespace unitls::faults {

// Every backend beside libunitls. Throws when there is none, or when one cannot be used.
std::vector<backend> every_backend();

// The standard certificates of unitls-pki, in a folder that ends with the program.
std::filesystem::path file(const std::string &name);
std::string content(const std::string &name);

// The DER in the first PEM block of a file.
std::vector<std::byte> der(const std::string &name);

identity server_identity(const std::string &name = "server");
trust_store anchors();

// What both sides say after a handshake in memory; the client wants `name`.
struct outcome {
  error_info client;
  error_info server;
  connection_info info; // the client's
  bool succeeded() const noexcept { return !client && !server; }
};
outcome shake_hands(const client_context &client, const server_context &server,
                    const std::string &name = "localhost");

} // namespace unitls::faults
