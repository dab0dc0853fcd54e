#include "describe.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <string>

namespace unitls::trace {
namespace {

// Of a list that somebody got wrong, no more is shown.
constexpr std::size_t longest_list = 64;

// In the order of their bits (types.h), as libunitls writes them.
constexpr const char *flag_names[] = {
    "expired",       "not yet valid",  "unknown issuer",     "self-signed",     "name mismatch",
    "bad signature", "revoked",        "revocation unknown", "weak key",        "weak algorithm",
    "wrong purpose", "bad CA",         "path length",        "name constraint", "unknown critical extension",
    "malformed",     "chain too long", "pin mismatch",       "missing staple",  "other"};

// A request that is too short is inner's to refuse.
template <class Request>
bool is_readable(const Request *request) {
  return request != nullptr && request->struct_size >= sizeof *request;
}

void describe_version(line &to, const char *name, std::uint16_t version) {
  switch (version) {
  case 0:
    return;
  case UNITLS_TLS_1_2:
    to.add(name, "1.2");
    return;
  case UNITLS_TLS_1_3:
    to.add(name, "1.3");
    return;
  default:
    to.add(name, std::uint64_t{version});
  }
}

std::string hexadecimal(std::uint16_t number) {
  char text[8];
  (void)std::snprintf(text, sizeof text, "0x%04x", unsigned{number});
  return text;
}

std::string shown(std::uint16_t number) {
  return hexadecimal(number);
}
std::string shown(const char *text) {
  return text != nullptr ? text : "";
}
std::string shown(const unitls_bytes &bytes) {
  return bytes.data != nullptr ? std::string(reinterpret_cast<const char *>(bytes.data), bytes.size) : "";
}
// A value may be a secret.
std::string shown(const unitls_option &option) {
  return shown(option.name);
}

template <class Item>
void describe_list(line &to, const char *name, const Item *items, std::size_t count) {
  if (count == 0 || items == nullptr) {
    return;
  }
  to.begin_list(name);
  for (std::size_t i = 0; i < std::min(count, longest_list); ++i) {
    to.item(shown(items[i]));
  }
  to.end_list();
}

// What clients' and servers' configurations have in common.
template <class Config>
void describe_config(line &to, const Config *config) {
  if (!is_readable(config)) {
    return;
  }
  describe_version(to, "min_version", config->min_version);
  describe_version(to, "max_version", config->max_version);
  if (config->verify != UNITLS_VERIFY_FULL) {
    to.add("verify", std::uint64_t{config->verify});
  }
  if (is_readable(config->trust)) {
    to.add("trust_blobs", std::uint64_t{config->trust->blob_count});
  }
  if (config->identity_count != 0) {
    to.add("identities", std::uint64_t{config->identity_count});
  }
  describe_list(to, "alpn", config->alpn, config->alpn_count);
  describe_list(to, "tls12_cipher_suites", config->tls12_cipher_suites, config->tls12_cipher_suite_count);
  describe_list(to, "tls13_cipher_suites", config->tls13_cipher_suites, config->tls13_cipher_suite_count);
  describe_list(to, "groups", config->groups, config->group_count);
  describe_list(to, "signature_schemes", config->signature_schemes, config->signature_scheme_count);
  describe_list(to, "options", config->options, config->option_count);
  if (is_readable(config->crls)) {
    to.add("crl_blobs", std::uint64_t{config->crls->blob_count});
  }
  if (config->verify_callback != nullptr) {
    to.add("verify_callback", "yes");
  }
}

} // namespace

void describe(line &to, const unitls_client_config *config) {
  describe_config(to, config);
}

void describe(line &to, const unitls_server_config *config) {
  describe_config(to, config);
  if (is_readable(config)) {
    to.add("client_auth", std::uint64_t{config->client_auth});
  }
}

void describe(line &to, const unitls_session_config *config) {
  if (!is_readable(config)) {
    return;
  }
  if (config->server_name != nullptr) {
    to.add("server_name", config->server_name);
  }
  describe_list(to, "reference_names", config->reference_names, config->reference_name_count);
}

void describe(line &to, const unitls_verify_chain_request *request) {
  if (!is_readable(request)) {
    return;
  }
  to.add("chain_blobs", std::uint64_t{request->chain_count});
  describe_list(to, "reference_names", request->reference_names, request->reference_name_count);
  to.add("time", std::to_string(request->time));
  to.add("purpose", request->purpose == UNITLS_PURPOSE_CLIENT ? "client" : "server");
}

void describe(line &to, const unitls_info &facts) {
  describe_version(to, "version", facts.version);
  if (facts.cipher_suite != 0) {
    to.add("cipher_suite", hexadecimal(facts.cipher_suite));
  }
  if (facts.group != 0) {
    to.add("group", hexadecimal(facts.group));
  }
  if (facts.signature_scheme != 0) {
    to.add("signature_scheme", hexadecimal(facts.signature_scheme));
  }
  if (facts.alpn_size != 0 && facts.alpn_size <= sizeof facts.alpn) {
    to.add("alpn", std::string_view(reinterpret_cast<const char *>(facts.alpn), facts.alpn_size));
  }
  if (facts.server_name[0] != '\0') {
    to.add("server_name",
           std::string_view(facts.server_name, ::strnlen(facts.server_name, sizeof facts.server_name)));
  }
}

void describe(line &to, const unitls_error &error) {
  if (error.alert_direction != UNITLS_ALERT_NONE) {
    to.add(error.alert_direction == UNITLS_ALERT_SENT ? "alert_sent" : "alert_received",
           std::uint64_t{error.alert});
  }
  if (error.verify_flags != 0) {
    to.begin_list("verify_flags");
    for (std::size_t bit = 0; bit < std::size(flag_names); ++bit) {
      if ((error.verify_flags >> bit & 1U) != 0) {
        to.item(flag_names[bit]);
      }
    }
    to.end_list();
  }
  if (error.native_code != 0) {
    to.add("native_code", std::to_string(error.native_code));
  }
  if (error.field[0] != '\0') {
    to.add("field", std::string_view(error.field, ::strnlen(error.field, sizeof error.field)));
  }
  if (error.message[0] != '\0') {
    to.add("message", std::string_view(error.message, ::strnlen(error.message, sizeof error.message)));
  }
}

} // namespace unitls::trace
