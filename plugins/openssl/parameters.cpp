#include "parameters.hpp"

#include <algorithm>
#include <span>
#include <string>

#include "client_hello.hpp"
#include "failure.hpp"
#include "numbers.hpp"

namespace unitls::openssl {
namespace {

using number_list = std::vector<std::uint16_t>;

// As OpenSSL writes lists. A number that this build lacks has no name, and is missed when the offer is read.
template <class NameOf>
std::string join(const number_list &numbers, NameOf name_of) {
  std::string text;
  for (const std::uint16_t number : numbers) {
    text += text.empty() ? "" : ":";
    text += name_of(number);
  }
  return text;
}

const char *name_of_cipher_suite(std::uint16_t number) {
  const SSL_CIPHER *const suite = find_cipher_suite(number);
  return suite != nullptr ? SSL_CIPHER_get_name(suite) : "";
}

const char *name_of_group(std::uint16_t number) {
  const named_group *const group = find_group(number);
  return group != nullptr ? group->openssl_name : "";
}

const char *name_of_signature_scheme(std::uint16_t number) {
  const named_scheme *const scheme = find_signature_scheme(number);
  return scheme != nullptr ? scheme->name : "";
}

[[noreturn]] void refuse(const char *field) {
  throw_failure(UNITLS_E_UNSUPPORTED, field, "OpenSSL refuses the list");
}

void set_lists(SSL_CTX *context, const plugin::parameter_lists &lists) {
  if (!lists.tls12_cipher_suites.empty() &&
      SSL_CTX_set_cipher_list(context, join(lists.tls12_cipher_suites, name_of_cipher_suite).c_str()) != 1) {
    refuse("tls12_cipher_suites");
  }
  if (!lists.tls13_cipher_suites.empty() &&
      SSL_CTX_set_ciphersuites(context, join(lists.tls13_cipher_suites, name_of_cipher_suite).c_str()) != 1) {
    refuse("tls13_cipher_suites");
  }
  if (std::string names = join(lists.groups, name_of_group);
      !names.empty() && SSL_CTX_set1_groups_list(context, names.data()) != 1) {
    refuse("groups");
  }
  // The second list is what a server asks of its clients, and what a client signs with.
  if (std::string names = join(lists.signature_schemes, name_of_signature_scheme);
      !names.empty() && (SSL_CTX_set1_sigalgs_list(context, names.data()) != 1 ||
                         SSL_CTX_set1_client_sigalgs_list(context, names.data()) != 1)) {
    refuse("signature_schemes");
  }
}

void check_offered(const char *field, const number_list &asked, const number_list &offered) {
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (std::ranges::find(offered, asked[i]) == offered.end()) {
      throw plugin::error(plugin::make_error(
          UNITLS_E_UNSUPPORTED, std::string(field) + "[" + std::to_string(i) + "]",
          "OpenSSL leaves out 0x%04x under its security level and the rest of this configuration", asked[i]));
    }
  }
}

// A server tells what it accepts to nobody. OpenSSL chooses by the same rules on both sides, so a client with the same
// settings speaks for it.
void check_offer(SSL_CTX *context, const plugin::configuration &config) {
  const ssl_ctx_handle client = make_ssl_ctx(TLS_client_method());
  SSL_CTX_set_security_level(client.get(), SSL_CTX_get_security_level(context));
  if (SSL_CTX_set_min_proto_version(client.get(), config.min_version) != 1 ||
      SSL_CTX_set_max_proto_version(client.get(), config.max_version) != 1) {
    throw_failure(UNITLS_E_UNSUPPORTED, "min_version", "OpenSSL refuses the range of versions");
  }
  const plugin::parameter_lists &lists = config.parameters;
  set_lists(client.get(), lists);
  const plugin::offered_parameters offer = read_offer(client.get());
  check_offered("tls12_cipher_suites", lists.tls12_cipher_suites, offer.cipher_suites);
  check_offered("tls13_cipher_suites", lists.tls13_cipher_suites, offer.cipher_suites);
  check_offered("groups", lists.groups, offer.groups);
  check_offered("signature_schemes", lists.signature_schemes, offer.signature_schemes);
}

} // namespace

void apply_parameters(SSL_CTX *context, const plugin::configuration &config) {
  const plugin::parameter_lists &lists = config.parameters;
  if (lists.tls12_cipher_suites.empty() && lists.tls13_cipher_suites.empty() && lists.groups.empty() &&
      lists.signature_schemes.empty()) {
    return;
  }
  attempt_twice([&] { set_lists(context, lists); });
  attempt_twice([&] { check_offer(context, config); });
  if (config.is_server) {
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE); // a list is in the order of our preference
  }
  if (config.is_server && !lists.tls12_cipher_suites.empty()) {
    SSL_CTX_set_dh_auto(context,
                        1); // it may name suites with DHE, which a server by default has no parameters for
  }
}

} // namespace unitls::openssl
