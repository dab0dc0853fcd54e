// Hosts that are addresses. The loader, which connects, and the plugins, which compare with certificates, must see
// the same address in them. Names are never resolved here.
#include "address.hpp"
#include "fuzz.hpp"
#include "monotonic.hpp"

#include <cstring>

#include <netinet/in.h>

#include <unitls/plugin/name_match.hpp>

namespace {

using namespace unitls;
using fuzz::require;

// The only address that a literal stands for.
loader::address resolved(const std::string &literal) {
  const auto found = loader::resolve(literal, 443, loader::for_ever, loader::for_ever);
  require(found.size() == 1, "a literal is one address");
  return found.front();
}

plugin::bytes octets_of(const loader::address &address) {
  if (address.storage.ss_family == AF_INET) {
    return {reinterpret_cast<const std::uint8_t *>(
                &reinterpret_cast<const sockaddr_in *>(&address.storage)->sin_addr),
            4};
  }
  return {reinterpret_cast<const std::uint8_t *>(
              &reinterpret_cast<const sockaddr_in6 *>(&address.storage)->sin6_addr),
          16};
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  // Hosts come as C strings.
  const std::string given(fuzz::text_of({data, size}));
  const std::string host(given.c_str());
  const bool is_address = loader::is_ip_address(host);
  require(is_address == plugin::is_ip_literal(host), "loader and plugins agree about what is an address");
  if (!is_address) {
    return 0;
  }
  const loader::address address = resolved(host);
  const auto reference = plugin::reference_name::parse(host);
  require(reference && plugin::equal(octets_of(address), reference->address()),
          "one connects to the address that is compared with the certificate");
  const loader::address again = resolved(address.text());
  require(plugin::equal(octets_of(again), octets_of(address)), "an address is the same written again");
  return 0;
}
