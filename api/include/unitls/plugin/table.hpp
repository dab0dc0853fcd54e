// The table of a C++ backend, made from its types. Each function of the ABI checks its pointers, runs guarded, and
// is otherwise one line.
#pragma once

#include <algorithm>
#include <cstring>
#include <list>
#include <memory>
#include <mutex>
#include <span>

#include <unitls/backend.h>
#include <unitls/extensions.h>
#include <unitls/plugin/certificate_facts.hpp>
#include <unitls/plugin/chain_inquiry.hpp>
#include <unitls/plugin/configuration.hpp>
#include <unitls/plugin/error.hpp>
#include <unitls/plugin/session.hpp>

namespace unitls::plugin {

// Gives one suite, group or signature scheme.
unitls_status give_item(unitls_item_sink sink, void *user, std::uint32_t number, const char *name);

// Gives all options in the order of the facts.
unitls_status list_options(const backend_facts &facts, unitls_item_sink sink, void *user);

// `Backend` offers, all static:
//
//   using context = ...;     context(const configuration &); immutable; bool is_server() const
//   using connection = ...;  see session.hpp; connection(transport_link &, const context &, const unitls_session_config &)
//   const backend_facts &facts();
//   const char *const *capabilities();
//   unitls_status list_cipher_suites(unitls_item_sink, void *); and list_groups, list_signature_schemes
//   using offline_verifier = ...;  a chain_verifier (peer.hpp), made from
//                                  (const presented_chain &, const anchor_store &, purpose)
//   sha256_digest sha256(bytes);
//   const void *extension(const char *id);   those of the backend's own; null for an unknown id
//   unitls_status start(unitls_error *);     which library is reached (backend.h, U-51), and what it needs once a process
template <class Backend>
class table {
public:
  // The plugin's `open`.
  static unitls_status UNITLS_CALL open(const unitls_host *host, const unitls_backend **out,
                                        unitls_error *err) {
    *out = nullptr;
    return guarded(err, [&]() -> unitls_status {
      const unitls_status status = Backend::start(err);
      if (status == UNITLS_OK) {
        *out = for_host(*host);
      }
      return status;
    });
  }

private:
  // Always the same one for the same host.
  static const unitls_backend *for_host(const unitls_host &host) {
    static std::mutex mutex;
    static auto &all = *new std::list<bound>; // tables live for ever, also while the process ends
    const std::lock_guard lock(mutex);
    for (const bound &one : all) {
      if (one.host == &host) {
        return &one.functions;
      }
    }
    return &all.emplace_back(host).functions;
  }

  using context = typename Backend::context;
  using live_session = session<typename Backend::connection>;

  struct bound {
    explicit bound(const unitls_host &lender)
        : host(&lender), instance(lender, Backend::facts()), functions(make(&instance)) {}
    const unitls_host *host;
    backend_instance instance;
    unitls_backend functions;
  };

  static backend_instance &instance(const unitls_backend *self) {
    return *static_cast<backend_instance *>(self->instance);
  }
  static context &real(unitls_backend_context *handle) { return *reinterpret_cast<context *>(handle); }
  static live_session &real(unitls_backend_session *handle) {
    return *reinterpret_cast<live_session *>(handle);
  }
  static const live_session &real(const unitls_backend_session *handle) {
    return *reinterpret_cast<const live_session *>(handle);
  }

  static const char *const *UNITLS_CALL capabilities(const unitls_backend *) {
    return Backend::capabilities();
  }

  static unitls_status UNITLS_CALL list(const unitls_backend *, std::int32_t kind, unitls_item_sink sink,
                                        void *user) {
    return guarded(nullptr, [&]() -> unitls_status {
      switch (kind) {
      case UNITLS_LIST_CIPHER_SUITES:
        return Backend::list_cipher_suites(sink, user);
      case UNITLS_LIST_GROUPS:
        return Backend::list_groups(sink, user);
      case UNITLS_LIST_SIGNATURE_SCHEMES:
        return Backend::list_signature_schemes(sink, user);
      case UNITLS_LIST_OPTIONS:
        return list_options(Backend::facts(), sink, user);
      default:
        return UNITLS_E_UNSUPPORTED;
      }
    });
  }

  static const void *UNITLS_CALL get_extension(const unitls_backend *, const char *id) {
    static constexpr unitls_verify_chain chains{sizeof chains, 0, verify_chain, nullptr};
    static constexpr unitls_certificate_info certificates{sizeof certificates, 0, read_certificate, nullptr};
    if (std::strcmp(id, "unitls.verify-chain/1") == 0) {
      return &chains;
    }
    if (std::strcmp(id, "unitls.certificate-info/1") == 0) {
      return &certificates;
    }
    return Backend::extension(id);
  }

  static unitls_status UNITLS_CALL verify_chain(const unitls_backend *self,
                                                const unitls_verify_chain_request *request,
                                                unitls_bytes_sink path, void *user, unitls_error *err) {
    return guarded(err, [&]() -> unitls_status {
      if (request == nullptr) {
        return fail(err, UNITLS_E_INVALID, "request", "must not be NULL");
      }
      const chain_inquiry inquiry(*request, instance(self));
      typename Backend::offline_verifier library(inquiry.presented(), inquiry.anchors(), inquiry.peer());
      return inquiry.judge(library, path, user, err);
    });
  }

  static unitls_status UNITLS_CALL read_certificate(const unitls_backend *, const unitls_blob *certificate,
                                                    unitls_certificate_sink sink, void *user,
                                                    unitls_error *err) {
    return guarded(err, [&]() -> unitls_status {
      if (certificate == nullptr || sink == nullptr) {
        return fail(err, UNITLS_E_INVALID, "certificate", "must not be NULL");
      }
      return read_certificate_facts(*certificate, Backend::sha256, sink, user);
    });
  }

  template <class Config>
  static unitls_status UNITLS_CALL config_check(const unitls_backend *self, const Config *config,
                                                unitls_finding_sink sink, void *user) {
    return guarded(nullptr, [&]() -> unitls_status {
      return config == nullptr ? UNITLS_E_INVALID : check(*config, instance(self), sink, user);
    });
  }

  template <class Config>
  static unitls_status UNITLS_CALL context_create(const unitls_backend *self, const Config *config,
                                                  unitls_backend_context **out, unitls_error *err) {
    *out = nullptr;
    return guarded(err, [&]() -> unitls_status {
      if (config == nullptr) {
        return fail(err, UNITLS_E_INVALID, "config", "must not be NULL");
      }
      auto made = std::make_unique<context>(decode(*config, instance(self)));
      *out = reinterpret_cast<unitls_backend_context *>(made.release());
      return UNITLS_OK;
    });
  }

  static void UNITLS_CALL context_destroy(unitls_backend_context *handle) {
    delete reinterpret_cast<context *>(handle);
  }

  static unitls_status UNITLS_CALL session_create(unitls_backend_context *handle,
                                                  const unitls_session_config *config,
                                                  const unitls_transport *transport,
                                                  unitls_backend_session **out, unitls_error *err) {
    *out = nullptr;
    return guarded(err, [&]() -> unitls_status {
      if (config == nullptr) {
        return fail(err, UNITLS_E_INVALID, "config", "must not be NULL");
      }
      if (transport == nullptr || transport->recv == nullptr || transport->send == nullptr) {
        return fail(err, UNITLS_E_INVALID, "transport", "needs recv and send");
      }
      auto made = std::make_unique<live_session>(*transport, real(handle), *config);
      *out = reinterpret_cast<unitls_backend_session *>(made.release());
      return UNITLS_OK;
    });
  }

  static void UNITLS_CALL session_destroy(unitls_backend_session *handle) {
    delete reinterpret_cast<live_session *>(handle);
  }

  // The path of data: nothing below this line throws.
  static unitls_status UNITLS_CALL handshake(unitls_backend_session *handle, unitls_error *err) {
    return real(handle).handshake(err);
  }

  static unitls_status UNITLS_CALL read(unitls_backend_session *handle, std::uint8_t *buffer,
                                        std::size_t size, std::size_t *done, unitls_error *err) {
    return real(handle).read({buffer, size}, *done, err);
  }

  static unitls_status UNITLS_CALL write(unitls_backend_session *handle, const std::uint8_t *data,
                                         std::size_t size, std::size_t *done, unitls_error *err) {
    return real(handle).write({data, size}, *done, err);
  }

  static unitls_status UNITLS_CALL shutdown(unitls_backend_session *handle, unitls_error *err) {
    return real(handle).shutdown(err);
  }

  static std::size_t UNITLS_CALL pending(const unitls_backend_session *handle) {
    return real(handle).pending();
  }

  static unitls_status UNITLS_CALL info(const unitls_backend_session *handle, unitls_info *info) {
    constexpr std::size_t header = sizeof info->struct_size;
    if (info == nullptr || info->struct_size < header) {
      return UNITLS_E_INVALID;
    }
    unitls_info facts{};
    real(handle).info(facts);
    std::memcpy(reinterpret_cast<char *>(info) + header, reinterpret_cast<const char *>(&facts) + header,
                std::min<std::size_t>(info->struct_size, sizeof facts) - header);
    return UNITLS_OK;
  }

  static unitls_status UNITLS_CALL peer_certificates(const unitls_backend_session *handle,
                                                     unitls_bytes_sink sink, void *user) {
    return guarded(nullptr, [&] { return real(handle).peer_certificates(sink, user); });
  }

  static unitls_status UNITLS_CALL verified_certificates(const unitls_backend_session *handle,
                                                         unitls_bytes_sink sink, void *user) {
    return guarded(nullptr, [&] { return real(handle).verified_certificates(sink, user); });
  }

  static unitls_backend make(backend_instance *instance) {
    unitls_backend functions{};
    functions.struct_size = sizeof functions;
    functions.instance = instance;
    functions.capabilities = capabilities;
    functions.list = list;
    functions.get_extension = get_extension;
    functions.client_config_check = config_check<unitls_client_config>;
    functions.server_config_check = config_check<unitls_server_config>;
    functions.client_context_create = context_create<unitls_client_config>;
    functions.server_context_create = context_create<unitls_server_config>;
    functions.context_destroy = context_destroy;
    functions.session_create = session_create;
    functions.session_destroy = session_destroy;
    functions.handshake = handshake;
    functions.read = read;
    functions.write = write;
    functions.shutdown = shutdown;
    functions.pending = pending;
    functions.info = info;
    functions.peer_certificates = peer_certificates;
    functions.verified_certificates = verified_certificates;
    return functions;
  }
};

} // namespace unitls::plugin
