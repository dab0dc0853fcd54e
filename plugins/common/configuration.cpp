#include <unitls/plugin/configuration.hpp>

#include <algorithm>
#include <cstring>

#include <unitls/insecure.h>

#include "credentials.hpp"
#include "findings.hpp"
#include "parameters.hpp"
#include "requests.hpp"
#include "trust_reader.hpp"

namespace unitls::plugin {
namespace {

// Thrown to end a check whose sink does not want more.
struct sink_refused {
  unitls_status status;
};

constexpr std::size_t name_size_max = 255;

class checker {
public:
  checker(backend_instance &backend, findings::handler handle) noexcept
      : backend_(backend), facts_(backend.facts()), found_(std::move(handle)) {}

  configuration client(const unitls_client_config &config);
  configuration server(const unitls_server_config &config);

private:
  void invalid(const std::string &field, const char *message) { found_.invalid(field, message); }
  void unsupported(const std::string &field, const char *message) { found_.unsupported(field, message); }

  template <class Request>
  void common(const Request &config, configuration &result);
  template <class Request>
  void versions(const Request &config, configuration &result);
  template <class Request>
  void alpn(const Request &config, configuration &result);
  template <class Request>
  void options(const Request &config, configuration &result);
  template <class Request>
  void identities(const Request &config, configuration &result);

  bool known_version(const char *field, std::uint16_t version);
  void protocol(const unitls_bytes &name, const std::string &field, configuration &result);
  identity read_identity(const unitls_identity &source, const std::string &field);
  std::shared_ptr<const anchor_store> trust(const unitls_trust *trust, bool is_needed);
  verification mode(std::uint32_t value, bool is_server);
  peer_certificate client_auth(std::uint32_t value);
  template <class Request>
  void judges(const Request &config, configuration &result);
  void no_judges(const unitls_server_config &config);

  backend_instance &backend_;
  const backend_facts &facts_;
  findings found_;
};

bool checker::known_version(const char *field, std::uint16_t version) {
  if (version == 0 || version == UNITLS_TLS_1_2 || version == UNITLS_TLS_1_3) {
    return true;
  }
  if (version < UNITLS_TLS_1_2) {
    invalid(field, "a version below TLS 1.2");
  } else {
    unsupported(field, "not a version that is known here");
  }
  return false;
}

template <class Request>
void checker::versions(const Request &config, configuration &result) {
  const std::uint16_t highest = facts_.tls13 ? UNITLS_TLS_1_3 : UNITLS_TLS_1_2;
  result.min_version = UNITLS_TLS_1_2;
  result.max_version = highest;
  if (!known_version("min_version", config.min_version) ||
      !known_version("max_version", config.max_version)) {
    return;
  }
  if (config.min_version != 0) {
    result.min_version = config.min_version;
  }
  if (config.max_version != 0 && config.max_version < result.min_version) {
    invalid("min_version", "the lowest version is above the highest");
    return;
  }
  if (result.min_version > highest) {
    unsupported("min_version", "TLS 1.3 is more than this library has");
    return;
  }
  if (config.max_version != 0) {
    result.max_version = std::min(config.max_version, highest);
  }
}

void checker::protocol(const unitls_bytes &name, const std::string &field, configuration &result) {
  if (name.size == 0 || name.data == nullptr) {
    return invalid(field, "an ALPN protocol name has at least one byte");
  }
  if (name.size > name_size_max) {
    return invalid(field, "an ALPN protocol name has at most 255 bytes");
  }
  if (name.size > facts_.alpn_size_max) {
    return unsupported(field, "longer than this library carries");
  }
  if (!facts_.alpn_nul && std::memchr(name.data, 0, name.size) != nullptr) {
    return unsupported(field, "this library carries no name with a NUL byte");
  }
  result.alpn.emplace_back(reinterpret_cast<const char *>(name.data), name.size);
}

template <class Request>
void checker::alpn(const Request &config, configuration &result) {
  if (!is_sane_count("alpn", config.alpn, config.alpn_count, found_)) {
    return;
  }
  for (std::size_t i = 0; i < config.alpn_count; ++i) {
    if (i >= facts_.alpn_count_max) {
      return unsupported(indexed("alpn", i), "more names than this library carries");
    }
    protocol(config.alpn[i], indexed("alpn", i), result);
  }
}

template <class Request>
void checker::options(const Request &config, configuration &result) {
  if (!is_sane_count("options", config.options, config.option_count, found_)) {
    return;
  }
  for (std::size_t i = 0; i < config.option_count; ++i) {
    const unitls_option &option = config.options[i];
    if (option.name == nullptr || option.value == nullptr) {
      invalid(indexed("options", i), "name and value must not be NULL");
      continue;
    }
    const auto known = [&](const option_description &described) {
      return std::strcmp(described.name, option.name) == 0;
    };
    if (std::none_of(facts_.options.begin(), facts_.options.end(), known)) {
      unsupported("options[" + std::string(option.name) + "]", "this backend has no such option");
      continue;
    }
    result.options.emplace_back(option.name, option.value);
  }
}

identity checker::read_identity(const unitls_identity &source, const std::string &field) {
  identity result;
  if (!is_readable_request(&source, field, 0, found_)) {
    return result;
  }
  const std::string certificates = field + ".certificates";
  if (source.certificate_count == 0) {
    invalid(certificates, "an identity has at least one certificate");
    return result;
  }
  if (!is_sane_count(certificates, source.certificates, source.certificate_count, found_)) {
    return result;
  }
  for (std::size_t i = 0; i < source.certificate_count; ++i) {
    read_certificates(source.certificates[i], indexed(certificates, i), found_, result.certificates);
  }
  const std::string key = field + ".private_key";
  if (source.private_key.size != 0) {
    read_private_key(source.private_key, key, found_, result.private_key);
  } else {
    find_private_key({source.certificates, source.certificate_count}, key, found_, result.private_key);
  }
  return result;
}

template <class Request>
void checker::identities(const Request &config, configuration &result) {
  if (!is_sane_count("identities", config.identities, config.identity_count, found_)) {
    return;
  }
  if (result.is_server && config.identity_count == 0) {
    return invalid("identities", "a server needs at least one identity");
  }
  for (std::size_t i = 0; i < config.identity_count; ++i) {
    const std::string field = indexed("identities", i);
    if (i > 0 && !result.is_server) {
      return invalid(field, "a client has at most one identity");
    }
    if (i > 0 && !facts_.identity_set) {
      return unsupported(field, "this backend serves one identity");
    }
    if (config.identities[i] == nullptr) {
      invalid(field, "must not be NULL");
      continue;
    }
    result.identities.push_back(read_identity(*config.identities[i], field));
  }
}

std::shared_ptr<const anchor_store> checker::trust(const unitls_trust *trust, bool is_needed) {
  if (trust == nullptr) {
    if (is_needed) {
      invalid("trust", "needed to verify the peer");
    }
    return anchor_store::create({}, facts_.delete_anchor);
  }
  auto store = read_trust(trust, backend_, found_);
  if (store != nullptr && store->empty() && is_needed) {
    invalid("trust", trust->blob_count == 0 ? "holds no anchors" : "holds no usable anchor");
  }
  return store;
}

verification checker::mode(std::uint32_t value, bool is_server) {
  switch (value) {
  case UNITLS_VERIFY_FULL:
    return verification::full;
  case UNITLS_INSECURE_NO_NAME_CHECK:
    if (is_server) {
      invalid("verify", "a server checks no names");
    }
    return verification::no_name_check;
  case UNITLS_INSECURE_NO_VERIFICATION:
    return verification::none;
  default:
    unsupported("verify", "an unknown value");
    return verification::full;
  }
}

// What judges the peer's certificate.
template <class Request>
void checker::judges(const Request &config, configuration &result) {
  result.verify = mode(config.verify, result.is_server);
  result.anchors = trust(config.trust, result.verify != verification::none);
  if (config.crls != nullptr) {
    result.crls = read_crls(*config.crls, found_);
    if (result.crls != nullptr && result.crls->lists().empty()) {
      invalid("crls", "holds no revocation list");
    }
  }
  if (config.verify_callback == nullptr) {
    return;
  }
  const unitls_verify_callback &callback = *config.verify_callback;
  if (callback.struct_size < sizeof callback || callback.verify == nullptr) {
    return invalid("verify_callback", "has no function");
  }
  result.callback = callback;
}

template <class Request>
void checker::common(const Request &config, configuration &result) {
  versions(config, result);
  identities(config, result);
  result.parameters = read_parameters(config, result, facts_, found_);
  alpn(config, result);
  options(config, result);
}

configuration checker::client(const unitls_client_config &config) {
  configuration result;
  if (!is_readable_request(&config, {}, 0, found_)) {
    return result;
  }
  result.peer = peer_certificate::required;
  judges(config, result);
  if (config.pin_count != 0) {
    unsupported("pins", "libunitls checks pins; a backend takes none");
  }
  common(config, result);
  return result;
}

peer_certificate checker::client_auth(std::uint32_t value) {
  switch (value) {
  case UNITLS_CLIENT_AUTH_NONE:
    return peer_certificate::ignored;
  case UNITLS_CLIENT_AUTH_REQUEST:
    return peer_certificate::requested;
  case UNITLS_CLIENT_AUTH_REQUIRE:
    return peer_certificate::required;
  default:
    unsupported("client_auth", "an unknown value");
    return peer_certificate::ignored;
  }
}

// Nothing that would judge a certificate may be given for nothing.
void checker::no_judges(const unitls_server_config &config) {
  constexpr const char *idle = "given although no client certificate is asked for";
  if (config.verify != UNITLS_VERIFY_FULL) {
    invalid("verify", idle);
  }
  if (config.trust != nullptr) {
    invalid("trust", idle);
  }
  if (config.crls != nullptr) {
    invalid("crls", idle);
  }
  if (config.verify_callback != nullptr) {
    invalid("verify_callback", idle);
  }
}

configuration checker::server(const unitls_server_config &config) {
  configuration result;
  result.is_server = true;
  if (!is_readable_request(&config, {}, UNITLS_SERVER_STRICT_SNI, found_)) {
    return result;
  }
  result.strict_sni = (config.flags & UNITLS_SERVER_STRICT_SNI) != 0;
  result.peer = client_auth(config.client_auth);
  if (result.peer == peer_certificate::ignored) {
    no_judges(config);
  } else {
    judges(config, result);
  }
  common(config, result);
  return result;
}

void throw_finding(const unitls_error &finding) {
  throw error(finding);
}

template <class Walk>
unitls_status report_all(unitls_finding_sink sink, void *user, Walk walk) {
  try {
    walk([&](const unitls_error &finding) {
      const unitls_status status = sink(user, &finding);
      if (status != UNITLS_OK) {
        throw sink_refused{status};
      }
    });
  } catch (const sink_refused &refused) {
    return refused.status;
  }
  return UNITLS_OK;
}

} // namespace

configuration decode(const unitls_client_config &config, backend_instance &backend) {
  return checker(backend, throw_finding).client(config);
}

configuration decode(const unitls_server_config &config, backend_instance &backend) {
  return checker(backend, throw_finding).server(config);
}

unitls_status check(const unitls_client_config &config, backend_instance &backend, unitls_finding_sink sink,
                    void *user) {
  return report_all(sink, user, [&](auto handle) { checker(backend, handle).client(config); });
}

unitls_status check(const unitls_server_config &config, backend_instance &backend, unitls_finding_sink sink,
                    void *user) {
  return report_all(sink, user, [&](auto handle) { checker(backend, handle).server(config); });
}

} // namespace unitls::plugin
