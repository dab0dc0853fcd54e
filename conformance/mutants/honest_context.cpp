// The honest functions of the table and of contexts.
#include <memory>
#include <string_view>
#include <utility>

#include <unitls/insecure.h>
#include <unitls/plugin/error.hpp>

#include "honest.hpp"
#include "inner.hpp"
#include "requests.hpp"

namespace unitls::mutants::honest {
namespace {

constexpr char verify_chain_id[] = "unitls.verify-chain/1";
constexpr char certificate_info_id[] = "unitls.certificate-info/1";

// The inner backend lists its options under its own id, and an option is named after the plugin that lists it: a wrapper
// has none.
constexpr std::string_view not_ours = "options";

std::vector<const char *> own_capabilities() {
  std::vector<const char *> all;
  for (const char *const *each = inner().capabilities(&inner()); *each != nullptr; ++each) {
    if (*each != not_ours) {
      all.push_back(*each);
    }
  }
  all.push_back(nullptr);
  return all;
}

unitls_status UNITLS_CALL verify_chain_by_parts(const unitls_backend *self,
                                                const unitls_verify_chain_request *request,
                                                unitls_bytes_sink path, void *user, unitls_error *err) {
  return current().verify_chain(self, request, path, user, err);
}

unitls_status UNITLS_CALL read_by_parts(const unitls_backend *self, const unitls_blob *certificate,
                                        unitls_certificate_sink sink, void *user, unitls_error *err) {
  return current().read_certificate(self, certificate, sink, user, err);
}

constexpr unitls_verify_chain verify_chain_extension{sizeof(unitls_verify_chain), 0, verify_chain_by_parts,
                                                     nullptr};
constexpr unitls_certificate_info certificate_info_extension{sizeof(unitls_certificate_info), 0,
                                                             read_by_parts, nullptr};

template <class Extension>
const Extension &inner_extension(const char *id) {
  return *static_cast<const Extension *>(inner().get_extension(&inner(), id));
}

// The inner backend's callback: its user is our context.
unitls_status UNITLS_CALL judge_by_parts(void *user, const unitls_verify_request *request,
                                         unitls_verify_flags *flags) {
  return current().judge(*static_cast<const context *>(user), *request, flags);
}

// What is no callback at all goes on as it is, to be refused.
bool is_callback(const unitls_verify_callback *given) {
  return given != nullptr && given->struct_size >= sizeof *given && given->verify != nullptr;
}

template <class Config>
void put_own_callback(context &of, Config &config) {
  of.to_inner.struct_size = sizeof of.to_inner;
  of.to_inner.user = &of;
  of.to_inner.verify = judge_by_parts;
  config.verify_callback = &of.to_inner;
}

template <class Config>
using inner_create = unitls_status(UNITLS_CALL *)(const unitls_backend *, const Config *,
                                                  unitls_backend_context **, unitls_error *);

template <class Config>
unitls_status create(std::unique_ptr<context> made, inner_create<Config> create_inner, const Config *config,
                     bool is_always_judged, unitls_backend_context **handle, unitls_error *err) {
  changed_request<Config> changed(config);
  if (Config *const own = changed.get(); own != nullptr) {
    const bool has_callback = is_callback(own->verify_callback);
    if (has_callback) {
      made->program = *own->verify_callback;
    }
    if (has_callback || is_always_judged) {
      put_own_callback(*made, *own);
    }
  }
  const unitls_status status = create_inner(&inner(), changed.native(), &made->inner, err);
  if (status == UNITLS_OK) {
    *handle = reinterpret_cast<unitls_backend_context *>(made.release());
  }
  return status;
}

} // namespace

unitls_status UNITLS_CALL open(const unitls_host *, const unitls_backend **backend, unitls_error *) {
  *backend = &current().table;
  return UNITLS_OK;
}

const char *const *UNITLS_CALL capabilities(const unitls_backend *) {
  static const std::vector<const char *> all = own_capabilities();
  return all.data();
}

unitls_status UNITLS_CALL list(const unitls_backend *, std::int32_t kind, unitls_item_sink sink, void *user) {
  return kind == UNITLS_LIST_OPTIONS ? UNITLS_OK : inner().list(&inner(), kind, sink, user);
}

const void *UNITLS_CALL get_extension(const unitls_backend *, const char *id) {
  const void *const found = inner().get_extension(&inner(), id);
  if (found == nullptr) {
    return nullptr;
  }
  const std::string_view name = id;
  return name == verify_chain_id       ? &verify_chain_extension
         : name == certificate_info_id ? static_cast<const void *>(&certificate_info_extension)
                                       : found;
}

unitls_status UNITLS_CALL client_config_check(const unitls_backend *, const unitls_client_config *config,
                                              unitls_finding_sink sink, void *user) {
  return inner().client_config_check(&inner(), config, sink, user);
}

unitls_status UNITLS_CALL server_config_check(const unitls_backend *, const unitls_server_config *config,
                                              unitls_finding_sink sink, void *user) {
  return inner().server_config_check(&inner(), config, sink, user);
}

unitls_status UNITLS_CALL client_context_create(const unitls_backend *, const unitls_client_config *config,
                                                unitls_backend_context **made, unitls_error *err) {
  *made = nullptr;
  return plugin::guarded(err, [&] {
    auto of = std::make_unique<context>();
    of->is_client = true;
    return create(std::move(of), inner().client_context_create, config, false, made, err);
  });
}

unitls_status UNITLS_CALL server_context_create(const unitls_backend *, const unitls_server_config *config,
                                                unitls_backend_context **made, unitls_error *err) {
  *made = nullptr;
  return plugin::guarded(err, [&] {
    return create(std::make_unique<context>(), inner().server_context_create, config, false, made, err);
  });
}

unitls_status create_judged_client(const unitls_client_config *config, unitls_backend_context **made,
                                   unitls_error *err) {
  *made = nullptr;
  return plugin::guarded(err, [&] {
    auto of = std::make_unique<context>();
    of->is_client = true;
    of->needs_names = true;
    return create(std::move(of), inner().client_context_create, config, true, made, err);
  });
}

void UNITLS_CALL context_destroy(unitls_backend_context *of) {
  if (of == nullptr) {
    return;
  }
  inner().context_destroy(as_context(of).inner);
  delete &as_context(of);
}

unitls_status judge(const context &of, const unitls_verify_request &request, unitls_verify_flags *flags) {
  if (of.program.verify == nullptr) {
    return UNITLS_OK;
  }
  unitls_verify_request told = request;
  told.struct_size = sizeof told;
  told.session_user = static_cast<const session *>(request.session_user)->user;
  return of.program.verify(of.program.user, &told, flags);
}

unitls_status UNITLS_CALL verify_chain(const unitls_backend *, const unitls_verify_chain_request *request,
                                       unitls_bytes_sink path, void *user, unitls_error *err) {
  return inner_extension<unitls_verify_chain>(verify_chain_id).verify(&inner(), request, path, user, err);
}

unitls_status UNITLS_CALL read_certificate(const unitls_backend *, const unitls_blob *certificate,
                                           unitls_certificate_sink sink, void *user, unitls_error *err) {
  return inner_extension<unitls_certificate_info>(certificate_info_id)
      .read(&inner(), certificate, sink, user, err);
}

} // namespace unitls::mutants::honest
