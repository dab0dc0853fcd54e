#include "mock_backend.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include <unitls/extensions.h>
#include <unitls/insecure.h>

#include "backend_ref.hpp"
#include "mock_session.hpp"
#include "policy_table.hpp"
#include "registry.hpp"

namespace unitls::testing {
namespace {

mock_session &session_of(unitls_backend_session *session) {
  return *reinterpret_cast<mock_session *>(session);
}
const mock_session &session_of(const unitls_backend_session *session) {
  return *reinterpret_cast<const mock_session *>(session);
}

std::vector<std::uint16_t> numbers(const std::uint16_t *from, std::size_t count) {
  return {from, from + count};
}

template <class Config>
void note(mock_state &state, const Config &config) {
  mock_config seen;
  seen.verify = config.verify;
  seen.min_version = config.min_version;
  seen.max_version = config.max_version;
  seen.flags = config.flags;
  seen.tls12_cipher_suites = numbers(config.tls12_cipher_suites, config.tls12_cipher_suite_count);
  seen.tls13_cipher_suites = numbers(config.tls13_cipher_suites, config.tls13_cipher_suite_count);
  seen.groups = numbers(config.groups, config.group_count);
  seen.signature_schemes = numbers(config.signature_schemes, config.signature_scheme_count);
  for (std::size_t i = 0; config.crls != nullptr && i < config.crls->blob_count; ++i) {
    seen.crls.push_back(text_of(config.crls->blobs[i]));
  }
  seen.has_trust = config.trust != nullptr;
  seen.has_callback = config.verify_callback != nullptr;
  if constexpr (std::is_same_v<Config, unitls_client_config>) {
    seen.has_pins = config.pins != nullptr || config.pin_count != 0;
  }
  state.config = std::move(seen);
  state.options.clear();
  for (std::size_t i = 0; i < config.option_count; ++i) {
    state.options.push_back(std::string(config.options[i].name) + "=" + config.options[i].value);
  }
  state.trust.clear();
  state.trust_generation = config.trust != nullptr ? config.trust->generation : 0;
  for (std::size_t i = 0; config.trust != nullptr && i < config.trust->blob_count; ++i) {
    state.trust += text_of(config.trust->blobs[i]);
  }
}

template <class Config>
unitls_status create(const unitls_backend *self, const Config *config, bool is_server,
                     unitls_backend_context **context, unitls_error *err) {
  auto *const state = static_cast<mock_state *>(self->instance);
  *context = nullptr;
  if (state->makes_no_context) {
    return UNITLS_OK;
  }
  note(*state, *config);
  if (state->create_failure.status != UNITLS_OK) {
    if (err != nullptr) {
      *err = state->create_failure;
    }
    return state->create_failure.status;
  }
  auto made = std::make_unique<mock_context>(mock_context{state, is_server, config->verify});
  if (config->verify_callback != nullptr) {
    made->callback = *config->verify_callback;
  }
  *context = reinterpret_cast<unitls_backend_context *>(made.release());
  return UNITLS_OK;
}

template <class Config>
unitls_status UNITLS_CALL check(const unitls_backend *self, const Config *config, unitls_finding_sink sink,
                                void *user) {
  auto &state = *static_cast<mock_state *>(self->instance);
  note(state, *config);
  for (const auto &finding : state.findings) {
    if (const auto status = sink(user, &finding); status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

unitls_status UNITLS_CALL client_create(const unitls_backend *self, const unitls_client_config *config,
                                        unitls_backend_context **context, unitls_error *err) {
  return create(self, config, false, context, err);
}
unitls_status UNITLS_CALL server_create(const unitls_backend *self, const unitls_server_config *config,
                                        unitls_backend_context **context, unitls_error *err) {
  return create(self, config, true, context, err);
}

void UNITLS_CALL context_destroy(unitls_backend_context *context) {
  delete reinterpret_cast<mock_context *>(context);
}

unitls_status UNITLS_CALL session_create(unitls_backend_context *context, const unitls_session_config *config,
                                         const unitls_transport *transport, unitls_backend_session **session,
                                         unitls_error *) {
  const auto &owner = *reinterpret_cast<mock_context *>(context);
  owner.state->server_name = config->server_name != nullptr ? config->server_name : "";
  owner.state->reference_names.assign(config->reference_names,
                                      config->reference_names + config->reference_name_count);
  *session = reinterpret_cast<unitls_backend_session *>(new mock_session(owner, *transport, config->user));
  return UNITLS_OK;
}

void UNITLS_CALL session_destroy(unitls_backend_session *session) {
  delete reinterpret_cast<mock_session *>(session);
}

unitls_status UNITLS_CALL handshake(unitls_backend_session *session, unitls_error *err) {
  return session_of(session).handshake(err);
}
unitls_status UNITLS_CALL read(unitls_backend_session *session, std::uint8_t *buffer, std::size_t size,
                               std::size_t *done, unitls_error *err) {
  return session_of(session).read(buffer, size, done, err);
}
unitls_status UNITLS_CALL write(unitls_backend_session *session, const std::uint8_t *data, std::size_t size,
                                std::size_t *done, unitls_error *err) {
  return session_of(session).write(data, size, done, err);
}
unitls_status UNITLS_CALL shutdown(unitls_backend_session *session, unitls_error *err) {
  return session_of(session).shutdown(err);
}
std::size_t UNITLS_CALL pending(const unitls_backend_session *session) {
  return session_of(session).pending();
}

unitls_status UNITLS_CALL info(const unitls_backend_session *session, unitls_info *info) {
  const mock_session &from = session_of(session);
  info->version = from.is_done() ? from.state().version : std::uint16_t{0};
  info->cipher_suite = from.is_done() ? from.state().cipher_suite : std::uint16_t{0};
  return UNITLS_OK;
}

unitls_status UNITLS_CALL peer_certificates(const unitls_backend_session *session, unitls_bytes_sink sink,
                                            void *user) {
  return give(session_of(session).state().chain, sink, user);
}
unitls_status UNITLS_CALL verified_certificates(const unitls_backend_session *session, unitls_bytes_sink sink,
                                                void *user) {
  return give(session_of(session).state().path, sink, user);
}

const char *const *UNITLS_CALL capabilities(const unitls_backend *self) {
  return static_cast<const mock_state *>(self->instance)->capabilities.data();
}

unitls_status UNITLS_CALL list(const unitls_backend *self, std::int32_t kind, unitls_item_sink sink,
                               void *user) {
  const auto &state = *static_cast<const mock_state *>(self->instance);
  unitls_item item{};
  item.struct_size = sizeof item;
  if (kind == UNITLS_LIST_CIPHER_SUITES) {
    for (const std::uint16_t number : state.cipher_suites) {
      item.number = number;
      sink(user, &item);
    }
  }
  if (kind == UNITLS_LIST_OPTIONS) {
    for (const auto &[name, changes] : state.listed_options) {
      item.name = name;
      item.number = changes;
      sink(user, &item);
    }
  }
  return UNITLS_OK;
}

unitls_status UNITLS_CALL verify_chain(const unitls_backend *self, const unitls_verify_chain_request *request,
                                       unitls_bytes_sink path, void *user, unitls_error *err) {
  auto &state = *static_cast<mock_state *>(self->instance);
  mock_inquiry seen;
  for (std::size_t i = 0; i < request->chain_count; ++i) {
    seen.chain.push_back(text_of(request->chain[i]));
  }
  seen.names.assign(request->reference_names, request->reference_names + request->reference_name_count);
  seen.has_crls = request->crls != nullptr;
  seen.time = request->time;
  seen.purpose = request->purpose;
  state.inquiry = std::move(seen);
  state.trust = text_of(request->trust->blobs[0]);
  if (state.create_failure.status != UNITLS_OK) {
    if (err != nullptr) {
      *err = state.create_failure;
    }
    return state.create_failure.status;
  }
  if (const auto status = path != nullptr ? give(state.path, path, user) : UNITLS_OK; status != UNITLS_OK) {
    return status;
  }
  if (state.verify_flags == 0) {
    return UNITLS_OK;
  }
  fail(err, UNITLS_E_CERTIFICATE, "the chain is refused");
  if (err != nullptr) {
    err->verify_flags = state.verify_flags;
  }
  return UNITLS_E_CERTIFICATE;
}

unitls_status UNITLS_CALL read_certificate(const unitls_backend *, const unitls_blob *certificate,
                                           unitls_certificate_sink sink, void *user, unitls_error *err) {
  const std::string text = text_of(*certificate);
  if (text.starts_with('!')) {
    if (err != nullptr) {
      *err = mock_error(UNITLS_E_INVALID, "certificate", "the certificate is malformed");
    }
    return UNITLS_E_INVALID;
  }
  const std::string digest = mock_digest(text);
  unitls_name names[2]{};
  names[0].form = UNITLS_NAME_DNS;
  names[0].text = "server.example";
  names[1].form = UNITLS_NAME_IP_ADDRESS;
  names[1].text = "192.0.2.1";
  unitls_certificate_facts facts{};
  facts.struct_size = sizeof facts;
  facts.flags = UNITLS_CERTIFICATE_IS_CA | UNITLS_CERTIFICATE_HAS_PATH_LENGTH;
  facts.version = 3;
  facts.path_length = 2;
  facts.key_usage = UNITLS_KEY_USAGE_CRL_SIGN; // without its flag
  facts.key_bits = 256;
  facts.not_before = 1000;
  facts.not_after = 2000;
  facts.subject = "CN=subject";
  facts.issuer = "CN=issuer";
  facts.key_type = "EC secp256r1";
  facts.signature_algorithm = "ECDSA SHA-256";
  facts.serial_number = bytes_of(text);
  facts.subject_alt_names = names;
  facts.subject_alt_name_count = std::size(names);
  facts.der = bytes_of(text);
  facts.sha256 = bytes_of(digest);
  facts.public_key = bytes_of(text);
  facts.public_key_sha256 = bytes_of(digest);
  return sink(user, &facts);
}

const void *UNITLS_CALL get_extension(const unitls_backend *, const char *id) {
  static const auto chains = [] {
    unitls_verify_chain functions{};
    functions.struct_size = sizeof functions;
    functions.verify = &verify_chain;
    return functions;
  }();
  static const auto certificates = [] {
    unitls_certificate_info functions{};
    functions.struct_size = sizeof functions;
    functions.read = &read_certificate;
    return functions;
  }();
  if (std::string_view(id) == "unitls.verify-chain/1") {
    return &chains;
  }
  return std::string_view(id) == "unitls.certificate-info/1" ? &certificates : nullptr;
}

unitls_backend_ref *make_ref(mock_state &state, mock_backend::extensions wanted) {
  unitls_backend table{};
  table.struct_size = sizeof table;
  table.instance = &state;
  table.capabilities = &capabilities;
  table.list = &list;
  table.get_extension = wanted == mock_backend::extensions::present ? &get_extension : nullptr;
  table.client_config_check = &check<unitls_client_config>;
  table.server_config_check = &check<unitls_server_config>;
  table.client_context_create = &client_create;
  table.server_context_create = &server_create;
  table.context_destroy = &context_destroy;
  table.session_create = &session_create;
  table.session_destroy = &session_destroy;
  table.handshake = &handshake;
  table.read = &read;
  table.write = &write;
  table.shutdown = &shutdown;
  table.pending = &pending;
  table.info = &info;
  table.peer_certificates = &peer_certificates;
  table.verified_certificates = &verified_certificates;
  auto ref = std::make_unique<unitls_backend_ref>();
  loader::adopt_backend(table, *ref);
  return ref.release();
}

} // namespace

mock_backend::mock_backend(extensions wanted) : ref(make_ref(state, wanted)) {}

mock_backend::~mock_backend() {
  unitls_backend_ref_release(ref);
}

void mock_backend::refuse_by_policy(const std::string &sentence) const {
  auto rules = std::make_shared<loader::policy>();
  rules->mistake = sentence;
  ref->rules = std::move(rules);
}

// The table of before goes on below the policy's.
void mock_backend::set_policy(const std::string &lines) const {
  const auto file = loader::parse_registry("format = 1\n[policy]\n" + lines, "/etc/unitls/backends.toml");
  auto rules = std::make_shared<const loader::policy>(file.rules->value);
  const unitls_backend plugin = ref->table;
  loader::adopt_backend(loader::under_policy(plugin, *rules), *ref);
  ref->rules = std::move(rules);
}

void mock_backend::add_registry_option(const std::string &name, const std::string &value) const {
  ref->options.emplace_back(name, value);
}

unitls_error mock_error(unitls_status status, std::string_view field, std::string_view message) {
  unitls_error error{};
  error.struct_size = sizeof error;
  error.status = status;
  field.copy(error.field, sizeof error.field - 1);
  message.copy(error.message, sizeof error.message - 1);
  return error;
}

std::string mock_digest(std::string_view certificate) {
  std::string digest(certificate.substr(0, 32));
  digest.resize(32, '\0');
  return digest;
}

std::string mock_frame(std::uint8_t type, std::string_view payload) {
  std::string frame;
  frame += static_cast<char>(type);
  frame += static_cast<char>(payload.size() >> 8);
  frame += static_cast<char>(payload.size() & 0xFF);
  frame += payload;
  return frame;
}

} // namespace unitls::testing
