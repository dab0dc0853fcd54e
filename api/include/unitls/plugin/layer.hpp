// The table of a layer, made from its type. Every call goes on to the inner backend, and every byte of the transport
// passes through the layer. A layer that wants to see more replaces functions of the table by its own, which call those
// of forward<Layer>.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <list>
#include <memory>
#include <mutex>
#include <span>

#include <unitls/backend.h>
#include <unitls/extensions.h>
#include <unitls/plugin/error.hpp>
#include <unitls/plugin/layer_options.hpp>

namespace unitls::plugin {

// What a layer knows of the backend that it wraps: a copy of its table (backend.h, U-48), and of the extensions.
struct inner_backend {
  explicit inner_backend(const unitls_backend &wrapped) noexcept {
    std::memcpy(&table, &wrapped, std::min<std::size_t>(wrapped.struct_size, sizeof table));
    find("unitls.verify-chain/1", chains);
    find("unitls.certificate-info/1", certificates);
  }

  unitls_backend table{};
  unitls_verify_chain chains{};           // its functions are NULL when inner has none
  unitls_certificate_info certificates{}; // likewise

private:
  template <class Extension>
  void find(const char *id, Extension &to) const noexcept {
    if (const auto *const from = static_cast<const Extension *>(table.get_extension(&table, id))) {
      std::memcpy(&to, from, std::min<std::size_t>(from->struct_size, sizeof to));
    }
  }
};

// The functions of a layer: those that it shows of an extension are shown when inner has the same.
struct layer_table {
  unitls_backend backend{};
  unitls_verify_chain chains{};
  unitls_certificate_info certificates{};
};

// `Layer` offers:
//
//   static constexpr char id[] = ...;                the ID of unitls-layer-ID.so
//   static constexpr const char *option_names[] = ...;
//   Layer(const unitls_host &, const layer_options &);   throws error
//   using context = ...;                             what it keeps of one context: context(Layer &)
//   using session = ...;                             and of one session: session(Layer &, context &)
//
//   and, with nothing thrown, what stands between the inner session and the host's transport:
//
//   unitls_status receive(session &, const unitls_transport &, std::uint8_t *buffer, std::size_t size, std::size_t *done);
//   unitls_status send(session &, const unitls_transport &, const std::uint8_t *data, std::size_t size);
template <class Layer>
class forward {
public:
  // What stands behind a layer's table. It lives as long as the table: for ever.
  struct instance {
    instance(const unitls_host &host, const unitls_backend &wrapped, const layer_options &options,
             const layer_table &functions)
        : inner(wrapped), layer(host, options), chains(functions.chains),
          certificates(functions.certificates) {}

    const inner_backend inner;
    Layer layer;
    const unitls_verify_chain chains;
    const unitls_certificate_info certificates;
  };

  struct context {
    explicit context(instance &made_by) : of(made_by), own(made_by.layer) {}
    instance &of;
    unitls_backend_context *inner = nullptr;
    typename Layer::context own;
  };

  struct session {
    explicit session(context &made_in) : of(made_in.of), own(made_in.of.layer, made_in.own) {}
    instance &of;
    unitls_backend_session *inner = nullptr;
    const unitls_transport *outer = nullptr; // the host's
    unitls_transport to_inner{};             // what inner gets in its place
    typename Layer::session own;

    const unitls_backend &table() const noexcept { return of.inner.table; }
  };

  static instance &real(const unitls_backend *self) noexcept {
    return *static_cast<instance *>(self->instance);
  }
  static context &real(unitls_backend_context *handle) noexcept {
    return *reinterpret_cast<context *>(handle);
  }
  static session &real(unitls_backend_session *handle) noexcept {
    return *reinterpret_cast<session *>(handle);
  }
  static const session &real(const unitls_backend_session *handle) noexcept {
    return *reinterpret_cast<const session *>(handle);
  }

  // The layer's `wrap`. `functions` is table(), or that with members replaced.
  static unitls_status wrap(const unitls_host *host, const unitls_backend *inner,
                            const unitls_option *options, std::size_t option_count, unitls_backend *table,
                            unitls_error *err, const layer_table &functions) noexcept {
    return guarded(err, [&]() -> unitls_status {
      const layer_options given(Layer::id, Layer::option_names, {options, option_count});
      unitls_backend made = functions.backend;
      made.instance = &keep(*host, *inner, given, functions);
      made.struct_size = std::min<std::uint32_t>(table->struct_size, sizeof made);
      std::memcpy(table, &made, made.struct_size);
      return UNITLS_OK;
    });
  }

  static const char *const *UNITLS_CALL capabilities(const unitls_backend *self) {
    const unitls_backend &inner = real(self).inner.table;
    return inner.capabilities(&inner);
  }

  static unitls_status UNITLS_CALL list(const unitls_backend *self, std::int32_t kind, unitls_item_sink sink,
                                        void *user) {
    const unitls_backend &inner = real(self).inner.table;
    return inner.list(&inner, kind, sink, user);
  }

  static const void *UNITLS_CALL get_extension(const unitls_backend *self, const char *id) {
    const instance &of = real(self);
    if (std::strcmp(id, "unitls.verify-chain/1") == 0 && of.inner.chains.verify != nullptr) {
      return &of.chains;
    }
    if (std::strcmp(id, "unitls.certificate-info/1") == 0 && of.inner.certificates.read != nullptr) {
      return &of.certificates;
    }
    return nullptr;
  }

  static unitls_status UNITLS_CALL verify_chain(const unitls_backend *self,
                                                const unitls_verify_chain_request *request,
                                                unitls_bytes_sink path, void *user, unitls_error *err) {
    const inner_backend &inner = real(self).inner;
    return inner.chains.verify(&inner.table, request, path, user, err);
  }

  static unitls_status UNITLS_CALL read_certificate(const unitls_backend *self,
                                                    const unitls_blob *certificate,
                                                    unitls_certificate_sink sink, void *user,
                                                    unitls_error *err) {
    const inner_backend &inner = real(self).inner;
    return inner.certificates.read(&inner.table, certificate, sink, user, err);
  }

  static unitls_status UNITLS_CALL client_config_check(const unitls_backend *self,
                                                       const unitls_client_config *config,
                                                       unitls_finding_sink sink, void *user) {
    const unitls_backend &inner = real(self).inner.table;
    return inner.client_config_check(&inner, config, sink, user);
  }

  static unitls_status UNITLS_CALL server_config_check(const unitls_backend *self,
                                                       const unitls_server_config *config,
                                                       unitls_finding_sink sink, void *user) {
    const unitls_backend &inner = real(self).inner.table;
    return inner.server_config_check(&inner, config, sink, user);
  }

  static unitls_status UNITLS_CALL client_context_create(const unitls_backend *self,
                                                         const unitls_client_config *config,
                                                         unitls_backend_context **handle, unitls_error *err) {
    return create_context(self, &unitls_backend::client_context_create, config, handle, err);
  }

  static unitls_status UNITLS_CALL server_context_create(const unitls_backend *self,
                                                         const unitls_server_config *config,
                                                         unitls_backend_context **handle, unitls_error *err) {
    return create_context(self, &unitls_backend::server_context_create, config, handle, err);
  }

  static void UNITLS_CALL context_destroy(unitls_backend_context *handle) {
    if (handle != nullptr) {
      const std::unique_ptr<context> of(&real(handle));
      of->of.inner.table.context_destroy(of->inner);
    }
  }

  static unitls_status UNITLS_CALL session_create(unitls_backend_context *handle,
                                                  const unitls_session_config *config,
                                                  const unitls_transport *transport,
                                                  unitls_backend_session **out, unitls_error *err) {
    *out = nullptr;
    return guarded(err, [&]() -> unitls_status {
      context &from = real(handle);
      auto made = std::make_unique<session>(from);
      const unitls_status status =
          made->table().session_create(from.inner, config, lend(*made, transport), &made->inner, err);
      if (status == UNITLS_OK) {
        *out = reinterpret_cast<unitls_backend_session *>(made.release());
      }
      return status;
    });
  }

  static void UNITLS_CALL session_destroy(unitls_backend_session *handle) {
    if (handle != nullptr) {
      const std::unique_ptr<session> of(&real(handle));
      of->table().session_destroy(of->inner);
    }
  }

  static unitls_status UNITLS_CALL handshake(unitls_backend_session *handle, unitls_error *err) {
    const session &of = real(handle);
    return of.table().handshake(of.inner, err);
  }

  static unitls_status UNITLS_CALL read(unitls_backend_session *handle, std::uint8_t *buffer,
                                        std::size_t size, std::size_t *done, unitls_error *err) {
    const session &of = real(handle);
    return of.table().read(of.inner, buffer, size, done, err);
  }

  static unitls_status UNITLS_CALL write(unitls_backend_session *handle, const std::uint8_t *data,
                                         std::size_t size, std::size_t *done, unitls_error *err) {
    const session &of = real(handle);
    return of.table().write(of.inner, data, size, done, err);
  }

  static unitls_status UNITLS_CALL shutdown(unitls_backend_session *handle, unitls_error *err) {
    const session &of = real(handle);
    return of.table().shutdown(of.inner, err);
  }

  static std::size_t UNITLS_CALL pending(const unitls_backend_session *handle) {
    const session &of = real(handle);
    return of.table().pending(of.inner);
  }

  static unitls_status UNITLS_CALL info(const unitls_backend_session *handle, unitls_info *facts) {
    const session &of = real(handle);
    return of.table().info(of.inner, facts);
  }

  static unitls_status UNITLS_CALL peer_certificates(const unitls_backend_session *handle,
                                                     unitls_bytes_sink sink, void *user) {
    const session &of = real(handle);
    return of.table().peer_certificates(of.inner, sink, user);
  }

  static unitls_status UNITLS_CALL verified_certificates(const unitls_backend_session *handle,
                                                         unitls_bytes_sink sink, void *user) {
    const session &of = real(handle);
    return of.table().verified_certificates(of.inner, sink, user);
  }

  // All of these.
  static constexpr layer_table table() noexcept {
    layer_table all;
    all.chains = {sizeof all.chains, 0, verify_chain, nullptr};
    all.certificates = {sizeof all.certificates, 0, read_certificate, nullptr};
    unitls_backend &functions = all.backend;
    functions.struct_size = sizeof functions;
    functions.capabilities = capabilities;
    functions.list = list;
    functions.get_extension = get_extension;
    functions.client_config_check = client_config_check;
    functions.server_config_check = server_config_check;
    functions.client_context_create = client_context_create;
    functions.server_context_create = server_context_create;
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
    return all;
  }

private:
  static instance &keep(const unitls_host &host, const unitls_backend &inner, const layer_options &options,
                        const layer_table &functions) {
    static std::mutex mutex;
    static auto &all = *new std::list<instance>; // tables live for ever, also while the process ends
    const std::lock_guard lock(mutex);
    return all.emplace_back(host, inner, options, functions);
  }

  template <class Create, class Config>
  static unitls_status create_context(const unitls_backend *self, Create unitls_backend::*create,
                                      const Config *config, unitls_backend_context **handle,
                                      unitls_error *err) {
    *handle = nullptr;
    return guarded(err, [&]() -> unitls_status {
      auto made = std::make_unique<context>(real(self));
      const unitls_backend &inner = made->of.inner.table;
      const unitls_status status = (inner.*create)(&inner, config, &made->inner, err);
      if (status == UNITLS_OK) {
        *handle = reinterpret_cast<unitls_backend_context *>(made.release());
      }
      return status;
    });
  }

  // A function that the host did not lend is not lent either. `sendv`, which may be missing, always is: what it gathers
  // then comes by `send`.
  static const unitls_transport *lend(session &of, const unitls_transport *transport) noexcept {
    if (transport == nullptr) {
      return nullptr;
    }
    of.outer = transport;
    of.to_inner.struct_size = sizeof of.to_inner;
    of.to_inner.user = &of;
    of.to_inner.recv = transport->recv == nullptr ? nullptr : &forward::receive;
    of.to_inner.send = transport->send == nullptr ? nullptr : &forward::send;
    return &of.to_inner;
  }

  static unitls_status UNITLS_CALL receive(void *user, std::uint8_t *buffer, std::size_t size,
                                           std::size_t *done) {
    session &of = *static_cast<session *>(user);
    return of.of.layer.receive(of.own, *of.outer, buffer, size, done);
  }

  static unitls_status UNITLS_CALL send(void *user, const std::uint8_t *data, std::size_t size) {
    session &of = *static_cast<session *>(user);
    return of.of.layer.send(of.own, *of.outer, data, size);
  }
};

} // namespace unitls::plugin
