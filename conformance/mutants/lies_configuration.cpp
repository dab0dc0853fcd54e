// Lies about what a configuration says, and about errors of a create: U-03 to U-05, U-08 to U-11, U-13, U-15 to U-18,
// U-46, U-54, U-59, U-60.
#include <algorithm>
#include <cstring>
#include <iterator>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unitls/plugin/error.hpp>

#include "honest.hpp"
#include "lies.hpp"
#include "requests.hpp"

namespace unitls::mutants::lies {
namespace {

template <class Change>
unitls_status create_changed_session(unitls_backend_context *of, const unitls_session_config *config,
                                     const unitls_transport *transport, unitls_backend_session **made,
                                     unitls_error *err, Change change) {
  *made = nullptr;
  return plugin::guarded(err, [&] {
    changed_request<unitls_session_config> request(config);
    if (unitls_session_config *const own = request.get(); own != nullptr) {
      change(*own);
    }
    return honest::session_create(of, request.native(), transport, made, err);
  });
}

bool has_text(const unitls_blob &blob, std::string_view text) {
  return std::string_view(reinterpret_cast<const char *>(blob.data), blob.size).find(text) !=
         std::string_view::npos;
}

// A PEM text of a key that is not encrypted.
bool is_plain_key(const unitls_blob &blob) {
  return blob.format == UNITLS_FORMAT_PEM && has_text(blob, "PRIVATE KEY") && !has_text(blob, "ENCRYPTED");
}

bool is_address(std::string_view name) {
  return name.find(':') != std::string_view::npos ||
         (!name.empty() && name.find_first_not_of("0123456789.") == std::string_view::npos);
}

bool is_blamed(const unitls_error &error, std::string_view field) {
  return field == error.field;
}

constexpr std::uint16_t unassigned_group = 0xeeee;

} // namespace

void unknown_tail_ignored(parts &changed) {
  changed.table.session_create = [](unitls_backend_context *of, const unitls_session_config *config,
                                    const unitls_transport *transport, unitls_backend_session **made,
                                    unitls_error *err) {
    return create_changed_session(of, config, transport, made, err,
                                  [](unitls_session_config &own) { own.struct_size = sizeof own; });
  };
}

void unknown_flag_ignored(parts &changed) {
  changed.table.session_create = [](unitls_backend_context *of, const unitls_session_config *config,
                                    const unitls_transport *transport, unitls_backend_session **made,
                                    unitls_error *err) {
    return create_changed_session(of, config, transport, made, err,
                                  [](unitls_session_config &own) { own.flags = 0; });
  };
}

void name_sent_unasked(parts &changed) {
  changed.table.session_create = [](unitls_backend_context *of, const unitls_session_config *config,
                                    const unitls_transport *transport, unitls_backend_session **made,
                                    unitls_error *err) {
    return create_changed_session(of, config, transport, made, err, [&](unitls_session_config &own) {
      if (as_context(of).is_client && own.server_name == nullptr && own.reference_name_count != 0 &&
          !is_address(*own.reference_names)) {
        own.server_name = *own.reference_names;
      }
    });
  };
}

void address_as_server_name(parts &changed) {
  changed.table.session_create = [](unitls_backend_context *of, const unitls_session_config *config,
                                    const unitls_transport *transport, unitls_backend_session **made,
                                    unitls_error *err) {
    return create_changed_session(of, config, transport, made, err, [](unitls_session_config &own) {
      if (own.server_name != nullptr && is_address(own.server_name)) {
        own.server_name = nullptr;
      }
    });
  };
}

void half_a_transport(parts &changed) {
  changed.table.session_create = [](unitls_backend_context *of, const unitls_session_config *config,
                                    const unitls_transport *transport, unitls_backend_session **made,
                                    unitls_error *err) {
    static const unitls_transport whole = [] {
      unitls_transport silent{};
      silent.struct_size = sizeof silent;
      silent.recv = [](void *, std::uint8_t *, std::size_t, std::size_t *) {
        return unitls_status{UNITLS_EOF};
      };
      silent.send = [](void *, const std::uint8_t *, std::size_t) { return unitls_status{UNITLS_OK}; };
      return silent;
    }();
    const bool is_half = transport != nullptr && transport->send == nullptr;
    return honest::session_create(of, config, is_half ? &whole : transport, made, err);
  };
}

void handle_forgotten(parts &changed) {
  changed.table.session_create = [](unitls_backend_context *of, const unitls_session_config *config,
                                    const unitls_transport *transport, unitls_backend_session **made,
                                    unitls_error *err) {
    unitls_backend_session *created = nullptr;
    const unitls_status status = honest::session_create(of, config, transport, &created, err);
    if (status == UNITLS_OK) {
      *made = created;
    }
    return status;
  };
}

void memory_leaked(parts &changed) {
  changed.table.session_create = [](unitls_backend_context *of, const unitls_session_config *config,
                                    const unitls_transport *transport, unitls_backend_session **made,
                                    unitls_error *err) {
    [[maybe_unused]] static void *volatile lost = nullptr;
    const unitls_status status = honest::session_create(of, config, transport, made, err);
    if (status == UNITLS_E_NOMEM) {
      lost = ::operator new(16);
    }
    return status;
  };
}

void lack_of_memory_misnamed(parts &changed) {
  changed.table.session_create = [](unitls_backend_context *of, const unitls_session_config *config,
                                    const unitls_transport *transport, unitls_backend_session **made,
                                    unitls_error *err) {
    return altered(
        err, [&](unitls_error *told) { return honest::session_create(of, config, transport, made, told); },
        [](unitls_status &status, unitls_error &) {
          status = status == UNITLS_E_NOMEM ? unitls_status{UNITLS_E_INTERNAL} : status;
        });
  };
}

void error_overrun(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *self, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    unitls_error told = no_error();
    const unitls_status status = honest::client_context_create(self, config, made, &told);
    if (status < 0 && err != nullptr) {
      told.struct_size = err->struct_size;
      std::memcpy(static_cast<void *>(err), &told, sizeof told);
    }
    return status;
  };
}

void error_without_failure(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *self, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    const unitls_status status = honest::client_context_create(self, config, made, err);
    return status == UNITLS_OK ? plugin::fail(err, UNITLS_OK, {}, "all is well") : status;
  };
}

void error_without_message(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *self, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    return altered(
        err, [&](unitls_error *told) { return honest::client_context_create(self, config, made, told); },
        [](unitls_status, unitls_error &told) { told.message[0] = '\0'; });
  };
}

void option_dropped(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    return create_changed(honest::client_context_create, config, made, err,
                          [](unitls_client_config &own) { own.option_count = 0; });
  };
}

void protocol_dropped(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    std::vector<unitls_bytes> kept;
    return create_changed(honest::client_context_create, config, made, err, [&](unitls_client_config &own) {
      if (own.alpn == nullptr) {
        return;
      }
      std::copy_if(own.alpn, own.alpn + own.alpn_count, std::back_inserter(kept),
                   [](const unitls_bytes &each) { return each.size >= 1 && each.size <= 255; });
      own.alpn = kept.data();
      own.alpn_count = kept.size();
    });
  };
}

void unasked_trust_dropped(parts &changed) {
  changed.table.server_context_create = [](const unitls_backend *, const unitls_server_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    return create_changed(honest::server_context_create, config, made, err, [](unitls_server_config &own) {
      if (own.client_auth == UNITLS_CLIENT_AUTH_NONE) {
        own.trust = nullptr;
      }
    });
  };
}

// The list of names is copied, the names are not.
void protocols_kept(parts &changed) {
  changed.table.server_context_create = [](const unitls_backend *self, const unitls_server_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    const unitls_status status = honest::server_context_create(self, config, made, err);
    if (status == UNITLS_OK) {
      as_context(*made).protocols.assign(config->alpn, config->alpn + config->alpn_count);
    }
    return status;
  };
  changed.table.info = [](const unitls_backend_session *of, unitls_info *info) {
    const unitls_status status = honest::info(of, info);
    const std::vector<unitls_bytes> &protocols = as_session(of).of->protocols;
    if (protocols.size() == 1 && info->struct_size >= sizeof *info && info->alpn_size != 0) {
      std::copy_n(protocols.front().data, std::min<std::size_t>(protocols.front().size, info->alpn_size),
                  info->alpn);
    }
    return status;
  };
}

void window_turned(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    return create_changed(honest::client_context_create, config, made, err, [](unitls_client_config &own) {
      if (own.max_version != 0 && own.min_version > own.max_version) {
        std::swap(own.min_version, own.max_version);
      }
    });
  };
}

void maximum_passed(parts &changed) {
  changed.table.server_context_create = [](const unitls_backend *, const unitls_server_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    return create_changed(honest::server_context_create, config, made, err, [](unitls_server_config &own) {
      if (own.max_version == UNITLS_TLS_1_2 && own.min_version == 0 && own.tls13_cipher_suite_count == 0) {
        own.max_version = 0;
      }
    });
  };
}

void other_key_accepted(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *self, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    unitls_error told = no_error();
    const unitls_status status = honest::client_context_create(self, config, made, &told);
    if (status == UNITLS_E_INVALID && is_blamed(told, "identities[0].private_key") &&
        is_plain_key((*config->identities)->private_key)) {
      return create_changed(honest::client_context_create, config, made, err,
                            [](unitls_client_config &own) { own.identity_count = 0; });
    }
    return status < 0 ? plugin::report(err, told) : status;
  };
}

void encrypted_key_misjudged(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *self, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    return altered(
        err, [&](unitls_error *told) { return honest::client_context_create(self, config, made, told); },
        [&](unitls_status &status, unitls_error &told) {
          if (status == UNITLS_E_UNSUPPORTED && is_blamed(told, "identities[0].private_key") &&
              has_text((*config->identities)->private_key, "ENCRYPTED")) {
            status = UNITLS_E_INVALID;
          }
        });
  };
}

void groups_widened(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    std::vector<std::uint16_t> wider;
    return create_changed(honest::client_context_create, config, made, err, [&](unitls_client_config &own) {
      constexpr std::uint16_t secp256r1 = 23;
      constexpr std::uint16_t x25519 = 29;
      if (own.group_count != 1 || own.groups == nullptr || own.groups[0] == unassigned_group) {
        return;
      }
      wider = {own.groups[0], own.groups[0] == x25519 ? secp256r1 : x25519};
      own.groups = wider.data();
      own.group_count = wider.size();
    });
  };
}

void unknown_group_dropped(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    std::vector<std::uint16_t> known;
    return create_changed(honest::client_context_create, config, made, err, [&](unitls_client_config &own) {
      if (own.groups == nullptr) {
        return;
      }
      std::copy_if(own.groups, own.groups + own.group_count, std::back_inserter(known),
                   [](std::uint16_t each) { return each != unassigned_group; });
      own.groups = known.data();
      own.group_count = known.size();
    });
  };
}

void first_identity_only(parts &changed) {
  changed.table.server_context_create = [](const unitls_backend *, const unitls_server_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    return create_changed(honest::server_context_create, config, made, err, [](unitls_server_config &own) {
      own.identity_count = std::min<std::size_t>(own.identity_count, 1);
    });
  };
}

void strict_name_ignored(parts &changed) {
  changed.table.server_context_create = [](const unitls_backend *, const unitls_server_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    return create_changed(honest::server_context_create, config, made, err, [](unitls_server_config &own) {
      own.flags &= ~std::uint32_t{UNITLS_SERVER_STRICT_SNI};
    });
  };
}

} // namespace unitls::mutants::lies
