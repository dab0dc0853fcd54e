// TLS without sockets: two channels, and a program that carries the bytes between them. In a real program one of the
// two is on the other side of whatever it uses to talk: an event loop, a message queue, a serial line.
//
//     example-over_memory CA-FILE CERTIFICATE-FILE KEY-FILE NAME
#include <array>
#include <iostream>
#include <string>

#include <unitls/unitls.hpp>

namespace {

// Carries what `from` has to say to `to`. False when there was nothing.
bool carry(unitls::channel &from, unitls::channel &to) {
  const auto bytes = from.outgoing();
  const std::size_t taken = to.feed(bytes);
  from.consume(taken);
  return taken != 0;
}

// Each side goes as far as it can with what it has; a refusal throws.
void shake_hands(unitls::channel &client, unitls::channel &server) {
  for (;;) {
    const bool client_is_done = client.handshake() == unitls::status::ok;
    const bool server_is_done = server.handshake() == unitls::status::ok;
    if (client_is_done && server_is_done) {
      return;
    }
    carry(client, server);
    carry(server, client);
  }
}

} // namespace

int main(int count, char **arguments) {
  if (count < 5) {
    std::cerr << "usage: example-over_memory CA-FILE CERTIFICATE-FILE KEY-FILE NAME\n";
    return 2;
  }
  try {
    const unitls::backend tls = unitls::loader{}.select();
    const unitls::client_context asking(tls, {.trust = unitls::trust_store::from_file(arguments[1])});
    const unitls::server_context answering(
        tls, {.identities = {unitls::identity::from_files(arguments[2], arguments[3])}});
    unitls::channel client(asking, arguments[4]);
    unitls::channel server(answering);

    shake_hands(client, server);
    (void)client.write("hello");
    (void)client.shutdown();
    while (carry(client, server)) {
    }

    std::array<std::byte, 100> text;
    for (unitls::io_result got = server.read(text); got.status == unitls::status::ok;
         got = server.read(text)) {
      std::cout << std::string_view(reinterpret_cast<const char *>(text.data()), got.size) << '\n';
    }
  } catch (const unitls::error &failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
