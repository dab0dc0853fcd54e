// Fetches https://HOST:PORT/ with errors as values, and says what went wrong.
//
//     example-fetch HOST PORT [CA-FILE]
#include <chrono>
#include <iostream>
#include <string>

#include <unitls/unitls.hpp>

namespace {

int give_up(const char *what, const unitls::error_info &failure) {
  std::cerr << what << ": " << failure << '\n';
  if (failure.flags().has(UNITLS_VERIFY_UNKNOWN_ISSUER)) {
    std::cerr << "its issuer is not trusted here: name its authority's file as CA-FILE\n";
  }
  return 1;
}

} // namespace

int main(int count, char **arguments) {
  using namespace std::chrono_literals;
  if (count < 3) {
    std::cerr << "usage: example-fetch HOST PORT [CA-FILE]\n";
    return 2;
  }
  const std::string host = arguments[1];
  const auto port = static_cast<std::uint16_t>(std::stoi(arguments[2]));
  unitls::error_info failure;

  unitls::client_config config{.min_version = unitls::version::tls1_2, .alpn = {"http/1.1"}};
  if (count > 3) {
    config.trust = unitls::trust_store::from_file(arguments[3], failure);
  }
  if (failure) {
    return give_up("trust", failure);
  }
  auto loader = unitls::loader::create(failure);
  auto backend =
      loader ? loader->select({"openssl", "gnutls"}, failure) : std::nullopt; // the environment wins
  if (!backend) {
    return give_up("backend", failure);
  }
  auto context = unitls::client_context::create(*backend, config, failure);
  if (!context) {
    return give_up("configuration", failure);
  }
  auto connection = context->connect(host, port, failure);
  if (!connection) {
    return give_up("connection", failure);
  }
  const unitls::connection_info info = connection->info();
  std::cerr << backend->library_version() << ": " << info.version.value() << ", " << info.cipher_suite.value()
            << '\n';

  (void)connection->write_all("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n", 5s,
                              failure);
  if (failure) {
    return give_up("request", failure);
  }
  const std::string answer = connection->read_all(1 << 20, 30s, failure);
  if (failure) {
    return give_up("answer", failure);
  }
  std::cout << answer;
}
