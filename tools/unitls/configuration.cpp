#include "configuration.hpp"

#include <algorithm>
#include <filesystem>

#include <unitls/insecure.hpp>

#include "failure.hpp"

namespace unitls::tool {
namespace {

std::optional<version> parse_version(const std::optional<std::string> &text, const char *option) {
  if (!text) {
    return std::nullopt;
  }
  if (*text == "1.2") {
    return version::tls1_2;
  }
  if (*text == "1.3") {
    return version::tls1_3;
  }
  throw failure(exit_code::wrong_input, std::string(option) + " \"" + *text + "\": write 1.2 or 1.3");
}

std::vector<std::string> split_list(const std::string &text) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

std::vector<option> parse_options(const std::vector<std::string> &texts) {
  std::vector<option> options;
  for (const std::string &text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw failure(exit_code::wrong_input, "--option \"" + text + "\": write NAME=VALUE");
    }
    options.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  return options;
}

template <class Named>
std::vector<Named> parse_names(const std::vector<std::string> &texts, const char *option) {
  std::vector<Named> all;
  for (const std::string &text : texts) {
    const auto known = parse<Named>(text);
    if (!known) {
      throw failure(
          exit_code::wrong_input,
          std::string(option) + " \"" + text +
              "\" is no name of IANA's that is known here; `unitls info ID` lists those of a backend");
    }
    all.push_back(*known);
  }
  return all;
}

// IANA keeps the suites of TLS 1.3 together (RFC 8446, B.4).
bool is_of_tls13(cipher_suite suite) noexcept {
  return static_cast<std::uint16_t>(suite) >> 8 == 0x13;
}

template <class Config>
void set_all(Config &config, const tls_options &from) {
  config.min_version = parse_version(from.versions.min, "--min");
  config.max_version = parse_version(from.versions.max, "--max");
  config.alpn = split_list(from.alpn);
  for (const cipher_suite suite : parse_names<cipher_suite>(from.parameters.suites, "--suite")) {
    (is_of_tls13(suite) ? config.tls13_cipher_suites : config.tls12_cipher_suites).push_back(suite);
  }
  config.groups = parse_names<group>(from.parameters.groups, "--group");
  config.signature_schemes = parse_names<signature_scheme>(from.parameters.schemes, "--scheme");
  config.options = parse_options(from.options);
}

std::vector<spki_pin> parse_pins(const std::vector<std::string> &texts) {
  std::vector<spki_pin> pins;
  for (const std::string &text : texts) {
    error_info info;
    const auto pin = spki_pin::from_base64(text, info);
    if (!pin) {
      throw failure(info, "--pin \"" + text + "\"");
    }
    pins.push_back(*pin);
  }
  return pins;
}

} // namespace

void set(client_config &config, const tls_options &from) {
  set_all(config, from);
}

void set(server_config &config, const tls_options &from) {
  set_all(config, from);
}

void set(client_config &config, const server_judgement &from) {
  if (from.ca) {
    config.trust = trust_from(*from.ca);
    if (from.system_trust) {
      config.trust = trust_store::system() + *config.trust;
    }
  }
  config.crls = crls_from(from.crls);
  config.pins = parse_pins(from.pins);
}

client_context make_context(const backend &backend, client_config config, const server_judgement &how) {
  if (how.no_verification) {
    return insecure::make_client_context(backend, std::move(config), insecure::weakness::no_verification);
  }
  if (how.no_name_check) {
    return insecure::make_client_context(backend, std::move(config), insecure::weakness::no_name_check);
  }
  return client_context(backend, std::move(config));
}

trust_store trust_from(const std::string &path) {
  std::error_code fault; // what is wrong with it is told by whoever reads it
  return std::filesystem::is_directory(path, fault) ? trust_store::from_directory(path)
                                                    : trust_store::from_file(path);
}

std::vector<revocation_list> crls_from(const std::vector<std::string> &paths) {
  std::vector<revocation_list> lists;
  for (const std::string &path : paths) {
    lists.push_back(revocation_list::from_file(path));
  }
  return lists;
}

identity identity_from(const std::string &certificate, const std::optional<std::string> &key) {
  if (key) {
    return identity::from_files(certificate, *key);
  }
  return {{unitls::certificate::from_file(certificate)}, std::nullopt};
}

} // namespace unitls::tool
