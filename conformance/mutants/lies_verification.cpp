// Lies about who is trusted and why: U-06, U-16, U-42 to U-45, U-47, U-55 to U-58, U-61, U-62.
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <strings.h>

#include <unitls/insecure.h>
#include <unitls/plugin/error.hpp>

#include "honest.hpp"
#include "lies.hpp"
#include "requests.hpp"

namespace unitls::mutants::lies {
namespace {

// A client that is to verify its server, and can.
bool is_verifying(const unitls_client_config &config) {
  return config.verify == UNITLS_VERIFY_FULL && config.trust != nullptr && config.trust->blob_count != 0;
}

// A client whose library verifies less than it was told; what else is refused, current().judge says. Whether the
// configuration is right is asked of the inner backend first.
unitls_status create_weakened_client(const unitls_client_config *config, std::uint32_t mode,
                                     unitls_backend_context **made, unitls_error *err) {
  const unitls_status status = honest::client_context_create(nullptr, config, made, err);
  if (status != UNITLS_OK || !is_verifying(*config)) {
    return status;
  }
  honest::context_destroy(*made);
  *made = nullptr;
  return plugin::guarded(err, [&] {
    changed_request<unitls_client_config> request(config);
    request.get()->verify = mode;
    return honest::create_judged_client(request.native(), made, err);
  });
}

bool was_weakened(const context &of) {
  return of.needs_names;
}

// What is left of the flags is refused, and then the program is asked. In a context that was not weakened the program
// is asked alone.
unitls_status judge_without(const context &of, const unitls_verify_request &request,
                            unitls_verify_flags forgiven, unitls_verify_flags *flags) {
  const unitls_verify_flags left = was_weakened(of) ? request.verify_flags & ~forgiven : 0;
  const unitls_status status = honest::judge(of, request, flags);
  if (left == 0) {
    return status;
  }
  *flags = left | (status == UNITLS_E_CERTIFICATE ? *flags : 0);
  return UNITLS_E_CERTIFICATE;
}

struct common_name {
  std::string text;
  bool is_alone = false; // without alternative names
};

unitls_status UNITLS_CALL keep_common_name(void *user, const unitls_certificate_facts *facts) {
  constexpr std::string_view key = "CN=";
  auto &found = *static_cast<common_name *>(user);
  const std::string_view subject = facts->subject;
  if (subject.starts_with(key)) {
    found = {std::string(subject.substr(key.size())), facts->subject_alt_name_count == 0};
  }
  return UNITLS_OK;
}

// Whether the leaf has no alternative name and a reference name as its common name.
bool has_fitting_common_name(const unitls_verify_request &request) {
  if (request.chain_size == 0) {
    return false;
  }
  const unitls_blob leaf{UNITLS_FORMAT_DER, 0, request.chain[0].data, request.chain[0].size};
  common_name found;
  honest::read_certificate(nullptr, &leaf, keep_common_name, &found, nullptr);
  const std::vector<std::string> &names = static_cast<const session *>(request.session_user)->names;
  return found.is_alone && std::any_of(names.begin(), names.end(), [&](const std::string &each) {
           return ::strcasecmp(each.c_str(), found.text.c_str()) == 0;
         });
}

std::size_t labels_of(std::string_view name) {
  return 1 + static_cast<std::size_t>(std::count(name.begin(), name.end(), '.'));
}

bool is_digits_and_dots(std::string_view name) {
  return name.find_first_not_of("0123456789.") == std::string_view::npos;
}

// A sink that hands everything on but the last piece.
struct all_but_last {
  unitls_bytes_sink sink;
  void *user;
  std::vector<std::uint8_t> waiting;
};

unitls_status UNITLS_CALL pass_one_before(void *user, unitls_bytes bytes) {
  auto &listener = *static_cast<all_but_last *>(user);
  const std::vector<std::uint8_t> before = std::move(listener.waiting);
  listener.waiting.assign(bytes.data, bytes.data + bytes.size);
  return before.empty() ? unitls_status{UNITLS_OK}
                        : listener.sink(listener.user, {before.data(), before.size()});
}

struct facts_listener {
  unitls_certificate_sink sink;
  void *user;
};

unitls_status UNITLS_CALL pass_later_end(void *user, const unitls_certificate_facts *facts) {
  const auto &listener = *static_cast<const facts_listener *>(user);
  unitls_certificate_facts told = *facts;
  ++told.not_after;
  return listener.sink(listener.user, &told);
}

unitls_status UNITLS_CALL pass_fewer_names(void *user, const unitls_certificate_facts *facts) {
  const auto &listener = *static_cast<const facts_listener *>(user);
  unitls_certificate_facts told = *facts;
  told.subject_alt_name_count -= told.subject_alt_name_count == 0 ? 0 : 1;
  return listener.sink(listener.user, &told);
}

} // namespace

void anchors_not_needed(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    return create_changed(honest::client_context_create, config, made, err, [](unitls_client_config &own) {
      if (own.verify == UNITLS_VERIFY_FULL && (own.trust == nullptr || own.trust->blob_count == 0)) {
        own.verify = UNITLS_INSECURE_NO_VERIFICATION;
      }
    });
  };
}

void verdict_too_late(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    return create_weakened_client(config, UNITLS_INSECURE_NO_VERIFICATION, made, err);
  };
  changed.judge = [](const context &of, const unitls_verify_request &request, unitls_verify_flags *flags) {
    if (was_weakened(of)) {
      static_cast<session *>(request.session_user)->found = request.verify_flags;
    }
    const unitls_status status = honest::judge(of, request, flags);
    const bool is_decided =
        was_weakened(of) && request.verify_flags != 0; // whatever the program may say later
    return is_decided && status == UNITLS_WANT_CALLBACK ? unitls_status{UNITLS_OK} : status;
  };
  changed.table.handshake = [](unitls_backend_session *of, unitls_error *err) {
    const unitls_status status = honest::handshake(of, err);
    session &self = as_session(of);
    if (status != UNITLS_OK || self.found == 0) {
      return status;
    }
    self.has_failed = true;
    unitls_error late = plugin::make_error(UNITLS_E_CERTIFICATE, {}, "the peer's certificate is refused");
    late.verify_flags = self.found;
    return plugin::report(err, late);
  };
}

void expiry_forgiven(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    return create_weakened_client(config, UNITLS_INSECURE_NO_VERIFICATION, made, err);
  };
  changed.judge = [](const context &of, const unitls_verify_request &request, unitls_verify_flags *flags) {
    return judge_without(of, request, UNITLS_VERIFY_EXPIRED, flags);
  };
}

void constraint_forgiven(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    return create_weakened_client(config, UNITLS_INSECURE_NO_VERIFICATION, made, err);
  };
  changed.judge = [](const context &of, const unitls_verify_request &request, unitls_verify_flags *flags) {
    return judge_without(of, request, UNITLS_VERIFY_NAME_CONSTRAINT, flags);
  };
}

void any_name_accepted(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    return create_weakened_client(config, UNITLS_INSECURE_NO_NAME_CHECK, made, err);
  };
}

void common_name_accepted(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    return create_weakened_client(config, UNITLS_INSECURE_NO_VERIFICATION, made, err);
  };
  changed.judge = [](const context &of, const unitls_verify_request &request, unitls_verify_flags *flags) {
    const bool fits = was_weakened(of) && has_fitting_common_name(request);
    return judge_without(of, request, fits ? UNITLS_VERIFY_NAME_MISMATCH : 0, flags);
  };
}

void wildcard_spans_labels(parts &changed) {
  changed.table.session_create = [](unitls_backend_context *of, const unitls_session_config *config,
                                    const unitls_transport *transport, unitls_backend_session **made,
                                    unitls_error *err) {
    *made = nullptr;
    return plugin::guarded(err, [&] {
      changed_request<unitls_session_config> request(config);
      unitls_session_config *const own = request.get();
      if (own == nullptr || own->reference_name_count != 1) {
        return honest::session_create(of, config, transport, made, err);
      }
      const char *name = *own->reference_names;
      if (labels_of(name) == 4 && !is_digits_and_dots(name)) {
        name = std::string_view(name).substr(std::string_view(name).find('.') + 1).data();
      }
      own->reference_names = &name;
      return honest::session_create(of, own, transport, made, err);
    });
  };
}

void request_made_require(parts &changed) {
  changed.table.server_context_create = [](const unitls_backend *, const unitls_server_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    return create_changed(honest::server_context_create, config, made, err, [](unitls_server_config &own) {
      if (own.client_auth == UNITLS_CLIENT_AUTH_REQUEST) {
        own.client_auth = UNITLS_CLIENT_AUTH_REQUIRE;
      }
    });
  };
}

void request_made_lenient(parts &changed) {
  changed.table.server_context_create = [](const unitls_backend *, const unitls_server_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    return create_changed(honest::server_context_create, config, made, err, [](unitls_server_config &own) {
      if (own.client_auth == UNITLS_CLIENT_AUTH_REQUEST && own.verify == UNITLS_VERIFY_FULL &&
          own.trust != nullptr && own.trust->blob_count != 0) {
        own.verify = UNITLS_INSECURE_NO_VERIFICATION;
      }
    });
  };
}

void callback_skipped(parts &changed) {
  changed.judge = [](const context &of, const unitls_verify_request &request, unitls_verify_flags *flags) {
    return request.verify_flags == 0 ? unitls_status{UNITLS_OK} : honest::judge(of, request, flags);
  };
}

void callback_loosens(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *self, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    const bool has_callback = config->struct_size >= sizeof *config && config->verify_callback != nullptr;
    return has_callback ? create_weakened_client(config, UNITLS_INSECURE_NO_VERIFICATION, made, err)
                        : honest::client_context_create(self, config, made, err);
  };
}

void callback_asked_twice(parts &changed) {
  changed.judge = [](const context &of, const unitls_verify_request &request, unitls_verify_flags *flags) {
    honest::judge(of, request, flags);
    *flags = 0;
    return honest::judge(of, request, flags);
  };
}

void callback_not_told(parts &changed) {
  changed.judge = [](const context &of, const unitls_verify_request &request, unitls_verify_flags *flags) {
    unitls_verify_request told = request;
    told.verify_flags = 0;
    return honest::judge(of, told, flags);
  };
}

void weaker_mode_drops_all(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    return create_changed(honest::client_context_create, config, made, err, [](unitls_client_config &own) {
      if (own.verify == UNITLS_INSECURE_NO_NAME_CHECK) {
        own.verify = UNITLS_INSECURE_NO_VERIFICATION;
      }
    });
  };
}

void revocation_forgotten(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *self, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    const unitls_status status = honest::client_context_create(self, config, made, err);
    if (status != UNITLS_OK || config->crls == nullptr) {
      return status;
    }
    honest::context_destroy(*made);
    return create_changed(honest::client_context_create, config, made, err,
                          [](unitls_client_config &own) { own.crls = nullptr; });
  };
}

void path_without_anchor(parts &changed) {
  changed.table.verified_certificates = [](const unitls_backend_session *of, unitls_bytes_sink sink,
                                           void *user) {
    all_but_last listener{sink, user, {}};
    return honest::verified_certificates(of, pass_one_before, &listener);
  };
}

void expired_chain_accepted(parts &changed) {
  changed.verify_chain = [](const unitls_backend *self, const unitls_verify_chain_request *request,
                            unitls_bytes_sink path, void *user, unitls_error *err) {
    return altered(
        err, [&](unitls_error *told) { return honest::verify_chain(self, request, path, user, told); },
        [](unitls_status &status, unitls_error &told) {
          if (status == UNITLS_E_CERTIFICATE && told.verify_flags == UNITLS_VERIFY_EXPIRED) {
            status = UNITLS_OK;
          }
        });
  };
}

void chain_without_anchor(parts &changed) {
  changed.verify_chain = [](const unitls_backend *self, const unitls_verify_chain_request *request,
                            unitls_bytes_sink path, void *user, unitls_error *err) {
    all_but_last listener{path, user, {}};
    return honest::verify_chain(self, request, path == nullptr ? nullptr : pass_one_before, &listener, err);
  };
}

void validity_misread(parts &changed) {
  changed.read_certificate = [](const unitls_backend *self, const unitls_blob *certificate,
                                unitls_certificate_sink sink, void *user, unitls_error *err) {
    facts_listener listener{sink, user};
    return honest::read_certificate(self, certificate, pass_later_end, &listener, err);
  };
}

void names_untold(parts &changed) {
  changed.read_certificate = [](const unitls_backend *self, const unitls_blob *certificate,
                                unitls_certificate_sink sink, void *user, unitls_error *err) {
    facts_listener listener{sink, user};
    return honest::read_certificate(self, certificate, pass_fewer_names, &listener, err);
  };
}

void malformed_accepted(parts &changed) {
  changed.read_certificate = [](const unitls_backend *self, const unitls_blob *certificate,
                                unitls_certificate_sink sink, void *user, unitls_error *err) {
    return altered(
        err,
        [&](unitls_error *told) { return honest::read_certificate(self, certificate, sink, user, told); },
        [](unitls_status &status, unitls_error &) {
          status = status == UNITLS_E_INVALID ? unitls_status{UNITLS_OK} : status;
        });
  };
}

void complains_aloud(parts &changed) {
  changed.read_certificate = [](const unitls_backend *self, const unitls_blob *certificate,
                                unitls_certificate_sink sink, void *user, unitls_error *err) {
    const unitls_status status = honest::read_certificate(self, certificate, sink, user, err);
    if (status == UNITLS_E_INVALID) {
      std::puts("a certificate is malformed");
      std::fflush(stdout);
    }
    return status;
  };
}

void throws_at_malformed(parts &changed) {
  changed.read_certificate = [](const unitls_backend *self, const unitls_blob *certificate,
                                unitls_certificate_sink sink, void *user, unitls_error *err) {
    const unitls_status status = honest::read_certificate(self, certificate, sink, user, err);
    if (status == UNITLS_E_INVALID) {
      throw std::runtime_error("a certificate is malformed");
    }
    return status;
  };
}

} // namespace unitls::mutants::lies
