#include "trace.hpp"

#include <chrono>
#include <new>

#include "describe.hpp"

namespace unitls::trace {
namespace {

using calls = plugin::forward<layer>;
using clock = std::chrono::steady_clock;

// One call of which a line is to tell.
class traced_call {
public:
  traced_call(const layer &of, const char *name) noexcept : of_(of), name_(name) {}

  // Writes the line; `describe` adds what belongs between the name and the time.
  template <class Describe>
  void end(Describe describe) const noexcept {
    const auto time = std::chrono::duration_cast<std::chrono::microseconds>(clock::now() - begin_);
    try {
      line text(of_.lines().format(), name_);
      describe(text);
      text.add("microseconds", static_cast<std::uint64_t>(time.count()));
      of_.lines().write(std::move(text).finish());
    } catch (const std::bad_alloc &) { // the line is lost, and nothing else
    }
  }

private:
  const layer &of_;
  const char *const name_;
  const clock::time_point begin_ = clock::now();
};

// The caller's error, or one of ours where the caller wants none.
class failure {
public:
  explicit failure(unitls_error *err) noexcept : err_(err) { own_.struct_size = sizeof own_; }

  unitls_error *place() noexcept { return err_ != nullptr ? err_ : &own_; }

  void describe_to(line &to, unitls_status status) const {
    to.add("status", status_text(status));
    const unitls_error &told = err_ != nullptr ? *err_ : own_;
    if (status < 0 && told.struct_size >= sizeof told) {
      describe(to, told);
    }
  }

private:
  unitls_error *const err_;
  unitls_error own_{};
};

// Hands on what a sink gets, and counts it.
template <class Item>
struct counted_sink {
  using function = unitls_status(UNITLS_CALL *)(void *, Item);

  static unitls_status UNITLS_CALL take(void *user, Item item) {
    auto &self = *static_cast<counted_sink *>(user);
    ++self.count;
    return self.sink(self.user, item);
  }
  // A sink that is not there stays so.
  function given() const noexcept { return sink == nullptr ? nullptr : &take; }

  function sink;
  void *user;
  std::uint64_t count = 0;
};

const layer &of(const unitls_backend *self) {
  return calls::real(self).layer;
}
const layer &of(const unitls_backend_session *handle) {
  return calls::real(handle).of.layer;
}
std::uint64_t number(const unitls_backend_session *handle) {
  return calls::real(handle).own.number;
}
std::uint64_t number(unitls_backend_context *handle) {
  return calls::real(handle).own.number;
}

const char *name_of_list(std::int32_t kind) {
  switch (kind) {
  case UNITLS_LIST_CIPHER_SUITES:
    return "cipher suites";
  case UNITLS_LIST_GROUPS:
    return "groups";
  case UNITLS_LIST_SIGNATURE_SCHEMES:
    return "signature schemes";
  case UNITLS_LIST_OPTIONS:
    return "options";
  default:
    return "unknown";
  }
}

const char *const *UNITLS_CALL capabilities(const unitls_backend *self) {
  const traced_call call(of(self), "capabilities");
  const char *const *const list = calls::capabilities(self);
  call.end([list](line &to) {
    to.begin_list("has");
    for (const char *const *each = list; *each != nullptr; ++each) {
      to.item(*each);
    }
    to.end_list();
  });
  return list;
}

unitls_status UNITLS_CALL list(const unitls_backend *self, std::int32_t kind, unitls_item_sink sink,
                               void *user) {
  counted_sink<const unitls_item *> counted{sink, user};
  const traced_call call(of(self), "list");
  const unitls_status status = calls::list(self, kind, counted.given(), &counted);
  call.end([&](line &to) {
    to.add("kind", name_of_list(kind)).add("status", status_text(status)).add("items", counted.count);
  });
  return status;
}

const void *UNITLS_CALL get_extension(const unitls_backend *self, const char *id) {
  const traced_call call(of(self), "get_extension");
  const void *const found = calls::get_extension(self, id);
  call.end([&](line &to) { to.add("id", id).add("found", found != nullptr ? "yes" : "no"); });
  return found;
}

unitls_status UNITLS_CALL verify_chain(const unitls_backend *self, const unitls_verify_chain_request *request,
                                       unitls_bytes_sink path, void *user, unitls_error *err) {
  counted_sink<unitls_bytes> counted{path, user};
  failure told(err);
  const traced_call call(of(self), "verify_chain");
  const unitls_status status = calls::verify_chain(self, request, counted.given(), &counted, told.place());
  call.end([&](line &to) {
    describe(to, request);
    told.describe_to(to, status);
    to.add("path", counted.count);
  });
  return status;
}

unitls_status UNITLS_CALL read_certificate(const unitls_backend *self, const unitls_blob *certificate,
                                           unitls_certificate_sink sink, void *user, unitls_error *err) {
  counted_sink<const unitls_certificate_facts *> counted{sink, user};
  failure told(err);
  const traced_call call(of(self), "read_certificate");
  const unitls_status status =
      calls::read_certificate(self, certificate, counted.given(), &counted, told.place());
  call.end([&](line &to) {
    told.describe_to(to, status);
    to.add("certificates", counted.count);
  });
  return status;
}

template <class Config>
unitls_status check(const char *name,
                    unitls_status(UNITLS_CALL *function)(const unitls_backend *, const Config *,
                                                         unitls_finding_sink, void *),
                    const unitls_backend *self, const Config *config, unitls_finding_sink sink, void *user) {
  counted_sink<const unitls_error *> counted{sink, user};
  const traced_call call(of(self), name);
  const unitls_status status = function(self, config, counted.given(), &counted);
  call.end([&](line &to) {
    describe(to, config);
    to.add("status", status_text(status)).add("findings", counted.count);
  });
  return status;
}

unitls_status UNITLS_CALL client_config_check(const unitls_backend *self, const unitls_client_config *config,
                                              unitls_finding_sink sink, void *user) {
  return check("client_config_check", calls::client_config_check, self, config, sink, user);
}

unitls_status UNITLS_CALL server_config_check(const unitls_backend *self, const unitls_server_config *config,
                                              unitls_finding_sink sink, void *user) {
  return check("server_config_check", calls::server_config_check, self, config, sink, user);
}

template <class Config>
unitls_status create(const char *name,
                     unitls_status(UNITLS_CALL *function)(const unitls_backend *, const Config *,
                                                          unitls_backend_context **, unitls_error *),
                     const unitls_backend *self, const Config *config, unitls_backend_context **made,
                     unitls_error *err) {
  failure told(err);
  const traced_call call(of(self), name);
  const unitls_status status = function(self, config, made, told.place());
  call.end([&](line &to) {
    if (status == UNITLS_OK) {
      to.add("context", number(*made));
    }
    describe(to, config);
    told.describe_to(to, status);
  });
  return status;
}

unitls_status UNITLS_CALL client_context_create(const unitls_backend *self,
                                                const unitls_client_config *config,
                                                unitls_backend_context **made, unitls_error *err) {
  return create("client_context_create", calls::client_context_create, self, config, made, err);
}

unitls_status UNITLS_CALL server_context_create(const unitls_backend *self,
                                                const unitls_server_config *config,
                                                unitls_backend_context **made, unitls_error *err) {
  return create("server_context_create", calls::server_context_create, self, config, made, err);
}

void UNITLS_CALL context_destroy(unitls_backend_context *handle) {
  if (handle == nullptr) {
    return;
  }
  const std::uint64_t context = number(handle);
  const traced_call call(calls::real(handle).of.layer, "context_destroy");
  calls::context_destroy(handle);
  call.end([context](line &to) { to.add("context", context); });
}

unitls_status UNITLS_CALL session_create(unitls_backend_context *handle, const unitls_session_config *config,
                                         const unitls_transport *transport, unitls_backend_session **made,
                                         unitls_error *err) {
  failure told(err);
  const traced_call call(calls::real(handle).of.layer, "session_create");
  const unitls_status status = calls::session_create(handle, config, transport, made, told.place());
  call.end([&](line &to) {
    to.add("context", number(handle));
    if (status == UNITLS_OK) {
      to.add("session", number(*made));
    }
    describe(to, config);
    told.describe_to(to, status);
  });
  return status;
}

void UNITLS_CALL session_destroy(unitls_backend_session *handle) {
  if (handle == nullptr) {
    return;
  }
  const std::uint64_t session = number(handle);
  const traced_call call(of(handle), "session_destroy");
  calls::session_destroy(handle);
  call.end([session](line &to) { to.add("session", session); });
}

unitls_status UNITLS_CALL handshake(unitls_backend_session *handle, unitls_error *err) {
  failure told(err);
  const traced_call call(of(handle), "handshake");
  const unitls_status status = calls::handshake(handle, told.place());
  call.end([&](line &to) {
    to.add("session", number(handle));
    told.describe_to(to, status);
  });
  return status;
}

unitls_status UNITLS_CALL read(unitls_backend_session *handle, std::uint8_t *buffer, std::size_t size,
                               std::size_t *done, unitls_error *err) {
  failure told(err);
  const traced_call call(of(handle), "read");
  const unitls_status status = calls::read(handle, buffer, size, done, told.place());
  call.end([&](line &to) {
    to.add("session", number(handle)).add("size", std::uint64_t{size});
    told.describe_to(to, status);
    to.add("done", std::uint64_t{*done});
  });
  return status;
}

unitls_status UNITLS_CALL write(unitls_backend_session *handle, const std::uint8_t *data, std::size_t size,
                                std::size_t *done, unitls_error *err) {
  failure told(err);
  const traced_call call(of(handle), "write");
  const unitls_status status = calls::write(handle, data, size, done, told.place());
  call.end([&](line &to) {
    to.add("session", number(handle)).add("size", std::uint64_t{size});
    told.describe_to(to, status);
    to.add("done", std::uint64_t{*done});
  });
  return status;
}

unitls_status UNITLS_CALL shutdown(unitls_backend_session *handle, unitls_error *err) {
  failure told(err);
  const traced_call call(of(handle), "shutdown");
  const unitls_status status = calls::shutdown(handle, told.place());
  call.end([&](line &to) {
    to.add("session", number(handle));
    told.describe_to(to, status);
  });
  return status;
}

std::size_t UNITLS_CALL pending(const unitls_backend_session *handle) {
  const traced_call call(of(handle), "pending");
  const std::size_t size = calls::pending(handle);
  call.end([&](line &to) { to.add("session", number(handle)).add("size", std::uint64_t{size}); });
  return size;
}

unitls_status UNITLS_CALL info(const unitls_backend_session *handle, unitls_info *facts) {
  const traced_call call(of(handle), "info");
  const unitls_status status = calls::info(handle, facts);
  call.end([&](line &to) {
    to.add("session", number(handle)).add("status", status_text(status));
    if (status == UNITLS_OK && facts->struct_size >= sizeof *facts) {
      describe(to, *facts);
    }
  });
  return status;
}

// The peer's certificates, or the path by which it was verified.
unitls_status certificates(const char *name,
                           unitls_status(UNITLS_CALL *function)(const unitls_backend_session *,
                                                                unitls_bytes_sink, void *),
                           const unitls_backend_session *handle, unitls_bytes_sink sink, void *user) {
  counted_sink<unitls_bytes> counted{sink, user};
  const traced_call call(of(handle), name);
  const unitls_status status = function(handle, counted.given(), &counted);
  call.end([&](line &to) {
    to.add("session", number(handle)).add("status", status_text(status)).add("certificates", counted.count);
  });
  return status;
}

unitls_status UNITLS_CALL peer_certificates(const unitls_backend_session *handle, unitls_bytes_sink sink,
                                            void *user) {
  return certificates("peer_certificates", calls::peer_certificates, handle, sink, user);
}

unitls_status UNITLS_CALL verified_certificates(const unitls_backend_session *handle, unitls_bytes_sink sink,
                                                void *user) {
  return certificates("verified_certificates", calls::verified_certificates, handle, sink, user);
}

} // namespace

unitls_status layer::receive(session &of, const unitls_transport &outer, std::uint8_t *buffer,
                             std::size_t size, std::size_t *done) noexcept {
  const traced_call call(*this, "recv");
  const unitls_status status = outer.recv(outer.user, buffer, size, done);
  call.end([&](line &to) {
    to.add("session", of.number).add("size", std::uint64_t{size});
    to.add("status", status_text(status)).add("done", std::uint64_t{*done});
  });
  return status;
}

unitls_status layer::send(session &of, const unitls_transport &outer, const std::uint8_t *data,
                          std::size_t size) noexcept {
  const traced_call call(*this, "send");
  const unitls_status status = outer.send(outer.user, data, size);
  call.end([&](line &to) {
    to.add("session", of.number).add("size", std::uint64_t{size}).add("status", status_text(status));
  });
  return status;
}

plugin::layer_table traced_table() noexcept {
  plugin::layer_table all = calls::table();
  all.chains.verify = verify_chain;
  all.certificates.read = read_certificate;
  unitls_backend &functions = all.backend;
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

} // namespace unitls::trace
