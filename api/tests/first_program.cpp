#include <iostream>
#include <unitls/unitls.hpp>
int main() {
  unitls::backend tls = unitls::loader{}.select();                  // UNITLS_BACKEND, else the registry's choice
  unitls::client_context context{tls, {.alpn = {"http/1.1"}}};      // system trust, TLS 1.2+, everything verified
  unitls::stream s = context.connect("example.org", 443);
  s.write_all("GET / HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n");
  std::cout << s.read_all(1 << 20);                                 // throws unitls::error if the answer was cut short
}
