// A server that lets in only clients with a certificate of one authority, and greets them by name. Everybody else is
// refused inside the handshake and never reaches this program's own code. example-mutual_tls_client is the other side.
//
//     example-mutual_tls PORT CERTIFICATE KEY CLIENTS-CA
#include <chrono>
#include <iostream>
#include <string>

#include <unitls/unitls.hpp>

#include "listener.hpp"

namespace {

using namespace std::chrono_literals;

// The subject of what the client presented: it is verified, or the handshake would have failed.
std::string name_of(const unitls::backend &tls, const unitls::stream &connection) {
  const auto chain = connection.peer_certificates();
  return tls.certificate_info(chain.at(0)).at(0).subject;
}

void serve(const unitls::backend &tls, const unitls::server_context &context, int descriptor) {
  unitls::error_info failure;
  auto connection = unitls::stream::adopt(context, descriptor, {}, failure);
  if (!connection) {
    close(descriptor); // it is still ours
    std::cerr << failure << std::endl;
    return;
  }
  try {
    (void)connection->handshake(10s); // ok, or an exception: there is no verify callback to wait for
    const std::string name = name_of(tls, *connection);
    std::cout << "welcome " << name << std::endl;
    connection->write_all("hello " + name + "\n", 10s);
    (void)connection->close(5s);
  } catch (const unitls::error &refused) {
    std::cout << "refused: " << refused.what() << std::endl;
  }
}

} // namespace

int main(int count, char **arguments) {
  if (count != 5) {
    std::cerr << "usage: example-mutual_tls PORT CERTIFICATE KEY CLIENTS-CA\n";
    return 2;
  }
  try {
    const unitls::backend tls = unitls::loader{}.select();
    const unitls::server_context context(
        tls,
        {.client_auth = unitls::client_auth::require, // `request` serves clients without a certificate, too
         .trust = unitls::trust_store::from_file(arguments[4]),
         .identities = {unitls::identity::from_files(arguments[2], arguments[3])}});
    const listener door(static_cast<std::uint16_t>(std::stoi(arguments[1])));
    for (;;) {
      serve(tls, context, door.accept());
    }
  } catch (const std::exception &problem) {
    std::cerr << problem.what() << '\n';
    return 1;
  }
}
