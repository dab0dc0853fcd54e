// Connects only to a server whose verified path has one of the given keys. A pin outlives certificates, which may be
// renewed with the same key; give a second one for a key that is kept in reserve.
//
//     example-pinning HOST PORT CA-FILE PIN...
#include <iostream>
#include <string>

#include <unitls/unitls.hpp>

namespace {

// "sha256/BASE64", as `unitls inspect` prints it.
std::vector<unitls::spki_pin> pins_from(char **begin, char **end) {
  std::vector<unitls::spki_pin> pins;
  for (; begin != end; ++begin) {
    pins.push_back(unitls::spki_pin::from_base64(*begin));
  }
  return pins;
}

} // namespace

int main(int count, char **arguments) {
  if (count < 5) {
    std::cerr << "usage: example-pinning HOST PORT CA-FILE PIN...\n";
    return 2;
  }
  try {
    const unitls::backend tls = unitls::loader{}.select();
    const unitls::client_context context(tls, {.trust = unitls::trust_store::from_file(arguments[3]),
                                               .pins = pins_from(arguments + 4, arguments + count)});
    unitls::stream connection =
        context.connect(arguments[1], static_cast<std::uint16_t>(std::stoi(arguments[2])));
    std::cout << "the path of " << arguments[1] << " is\n";
    for (const unitls::certificate &entry : connection.verified_certificates()) {
      const auto facts = tls.certificate_info(entry).front();
      std::cout << "  " << facts.pin << "  " << facts.subject << '\n';
    }
    connection.write_all("GET / HTTP/1.0\r\n\r\n");
    std::cout << connection.read_all(1 << 20);
  } catch (const unitls::error &problem) {
    std::cerr << problem.what() << '\n';
    // Nothing has been sent: pins are judged inside the handshake.
    return problem.flags().has(UNITLS_VERIFY_PIN_MISMATCH) ? 3 : 1;
  }
}
