#include <unitls/plugin/configuration.hpp>

#include <algorithm>
#include <cstring>

#include "credentials.hpp"
#include "findings.hpp"

namespace unitls::plugin {
namespace {

// Thrown to end a check whose sink does not want more.
struct sink_refused {
  unitls_status status;
};

constexpr std::size_t name_size_max = 255;
constexpr std::size_t count_max = 1024; // of anything in a configuration: a wrong count must not be walked

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
  bool request(const Request *value, const std::string &field);
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

  bool count_is_sane(const std::string &field, const void *items, std::size_t count);
  bool known_version(const char *field, std::uint16_t version);
  void protocol(const unitls_bytes &name, const std::string &field, configuration &result);
  identity read_identity(const unitls_identity &source, const std::string &field);
  std::shared_ptr<const anchor_store> trust(const unitls_trust *trust);
  std::shared_ptr<const anchor_store> read_anchors(const unitls_trust &trust);

  backend_instance &backend_;
  const backend_facts &facts_;
  findings found_;
};

std::string indexed(const char *field, std::size_t index) {
  return std::string(field) + "[" + std::to_string(index) + "]";
}

// Nothing has been appended to any request yet: the first version's size is the present one.
template <class Request>
bool checker::request(const Request *value, const std::string &field) {
  const std::string prefix = field.empty() ? field : field + ".";
  if (value == nullptr) {
    invalid(field, "must not be NULL");
    return false;
  }
  const unitls_status status = unitls_check_request(value, sizeof(Request), sizeof(Request));
  if (status == UNITLS_E_INVALID) {
    invalid(prefix + "struct_size", "smaller than the struct's first version");
    return false;
  }
  if (status != UNITLS_OK) {
    unsupported(prefix + "struct_size", "members that this backend does not know are set");
    return false;
  }
  if (value->flags != 0) {
    bool known = false;
    if constexpr (std::is_same_v<Request, unitls_trust>) {
      known = (value->flags & ~std::uint32_t{UNITLS_TRUST_SYSTEM | UNITLS_TRUST_ANCHORS}) == 0;
    }
    if (!known) {
      unsupported(prefix + "flags", "unknown bits are set");
    }
  }
  if constexpr (requires { value->reserved_1; }) {
    if (value->reserved_1 != nullptr) {
      unsupported(prefix + "reserved_1", "must be zero");
    }
  }
  return true;
}

bool checker::count_is_sane(const std::string &field, const void *items, std::size_t count) {
  if (count == 0) {
    return true;
  }
  if (items == nullptr) {
    invalid(field, "is NULL although its count is not 0");
    return false;
  }
  if (count > count_max) {
    invalid(field, "has more than 1024 members");
    return false;
  }
  return true;
}

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
  if (!count_is_sane("alpn", config.alpn, config.alpn_count)) {
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
  if (!count_is_sane("options", config.options, config.option_count)) {
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
  if (!request(&source, field)) {
    return result;
  }
  const std::string certificates = field + ".certificates";
  if (source.certificate_count == 0) {
    invalid(certificates, "an identity has at least one certificate");
    return result;
  }
  if (!count_is_sane(certificates, source.certificates, source.certificate_count)) {
    return result;
  }
  for (std::size_t i = 0; i < source.certificate_count; ++i) {
    read_certificates(source.certificates[i], indexed(certificates.c_str(), i), found_, result.certificates);
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
  if (!count_is_sane("identities", config.identities, config.identity_count)) {
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

std::shared_ptr<const anchor_store> checker::read_anchors(const unitls_trust &trust) {
  std::vector<secret_bytes> certificates;
  for (std::size_t i = 0; i < trust.blob_count; ++i) {
    read_certificates(trust.blobs[i], indexed("trust.blobs", i), found_, certificates);
  }
  std::vector<unitls_bytes> views;
  views.reserve(certificates.size());
  for (const secret_bytes &der : certificates) {
    views.push_back({der.data(), der.size()});
  }
  auto store = anchor_store::create(views, facts_.delete_anchor);
  if (!store->rejections().empty()) {
    const unitls_error warning =
        make_error(UNITLS_E_INVALID, "trust", "%zu of %zu anchors are malformed and left out",
                   store->rejections().size(), certificates.size());
    backend_.log(UNITLS_LOG_WARN, warning.message);
  }
  return store;
}

std::shared_ptr<const anchor_store> checker::trust(const unitls_trust *trust) {
  if (trust == nullptr) {
    invalid("trust", "needed to verify the peer");
    return nullptr;
  }
  if (!request(trust, "trust") || !count_is_sane("trust.blobs", trust->blobs, trust->blob_count)) {
    return nullptr;
  }
  if (trust->blob_count == 0) {
    invalid("trust", "holds no anchors");
    return nullptr;
  }
  auto store = backend_.anchors(trust->generation, [&] { return read_anchors(*trust); });
  if (store->empty()) {
    invalid("trust", "holds no usable anchor");
    return nullptr;
  }
  return store;
}

template <class Request>
void checker::common(const Request &config, configuration &result) {
  versions(config, result);
  identities(config, result);
  alpn(config, result);
  options(config, result);
}

configuration checker::client(const unitls_client_config &config) {
  configuration result;
  if (!request(&config, {})) {
    return result;
  }
  if (config.verify != UNITLS_VERIFY_FULL) {
    unsupported("verify", "an unknown value");
  }
  result.peer = peer_certificate::required;
  result.anchors = trust(config.trust);
  common(config, result);
  return result;
}

configuration checker::server(const unitls_server_config &config) {
  configuration result;
  result.is_server = true;
  if (!request(&config, {})) {
    return result;
  }
  switch (config.client_auth) {
  case UNITLS_CLIENT_AUTH_NONE:
    if (config.trust != nullptr) {
      invalid("trust", "given although no client certificate is asked for");
    }
    break;
  case UNITLS_CLIENT_AUTH_REQUEST:
    result.peer = peer_certificate::requested;
    result.anchors = trust(config.trust);
    break;
  case UNITLS_CLIENT_AUTH_REQUIRE:
    result.peer = peer_certificate::required;
    result.anchors = trust(config.trust);
    break;
  default:
    unsupported("client_auth", "an unknown value");
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
