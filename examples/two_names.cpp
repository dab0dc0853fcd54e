// One server with two certificates. A client is shown the one for the name that it asks for, and learns here which one
// that was. All names of a certificate count, wildcards too; for several keys of one name (RSA and ECDSA) the client's
// own abilities decide.
//
//     example-two_names PORT CERTIFICATE-1 KEY-1 CERTIFICATE-2 KEY-2
//     curl --cacert ca.pem --resolve b.example:PORT:127.0.0.1 --http0.9 https://b.example:PORT/
#include <chrono>
#include <iostream>
#include <string>

#include <unitls/unitls.hpp>

#include "listener.hpp"

namespace {

using namespace std::chrono_literals;

// A failed connection is one client's business: it is told, and the server goes on.
void serve(const unitls::server_context &context, int descriptor) {
  unitls::error_info failure;
  auto connection = unitls::stream::adopt(context, descriptor, {}, failure);
  if (!connection) {
    close(descriptor); // it is still ours
    std::cerr << failure << std::endl;
    return;
  }
  (void)connection->handshake(10s, failure);
  if (failure) {
    std::cerr << failure << std::endl;
    return;
  }
  const std::string name = connection->info().server_name;
  (void)connection->write_all("you asked for " + (name.empty() ? "no name" : name) + "\n", 10s, failure);
  if (!failure) {
    (void)connection->close(5s, failure);
  }
  std::cout << "served " << name << std::endl;
}

} // namespace

int main(int count, char **arguments) {
  if (count != 6) {
    std::cerr << "usage: example-two_names PORT CERTIFICATE-1 KEY-1 CERTIFICATE-2 KEY-2\n";
    return 2;
  }
  try {
    const unitls::backend tls = unitls::loader{}.select();
    const unitls::server_config config{
        .identities = {unitls::identity::from_files(arguments[2], arguments[3]), // for unknown names, too
                       unitls::identity::from_files(arguments[4], arguments[5])},
        .strict_sni = false, // true: a client that asks for an unknown name is refused
    };
    const unitls::server_context context(tls, config);
    const listener door(static_cast<std::uint16_t>(std::stoi(arguments[1])));
    for (;;) {
      serve(context, door.accept());
    }
  } catch (const std::exception &problem) { // unitls::error is one, and says which file is wrong and why
    std::cerr << problem.what() << '\n';
    return 1;
  }
}
