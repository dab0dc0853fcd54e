// Lies about the table, its lists and capabilities: U-04, U-09, U-48, U-49, U-52, U-53.
#include <atomic>
#include <string_view>
#include <vector>

#include <unitls/plugin/error.hpp>

#include "honest.hpp"
#include "inner.hpp"
#include "lies.hpp"

namespace unitls::mutants::lies {
namespace {

std::vector<const char *> honest_capabilities() {
  std::vector<const char *> all;
  for (const char *const *each = honest::capabilities(nullptr); *each != nullptr; ++each) {
    all.push_back(*each);
  }
  return all;
}

std::vector<const char *> capabilities_with(const char *added) {
  std::vector<const char *> all = honest_capabilities();
  all.push_back(added);
  all.push_back(nullptr);
  return all;
}

std::vector<const char *> capabilities_without(std::string_view hidden) {
  std::vector<const char *> all = honest_capabilities();
  std::erase_if(all, [&](const char *each) { return each == hidden; });
  all.push_back(nullptr);
  return all;
}

struct item_listener {
  unitls_item_sink sink;
  void *user;
};

unitls_status UNITLS_CALL pass_item_and_go_on(void *user, const unitls_item *item) {
  const auto &listener = *static_cast<const item_listener *>(user);
  listener.sink(listener.user, item);
  return UNITLS_OK;
}

struct first_finding {
  unitls_finding_sink sink;
  void *user;
  bool is_told = false;
};

unitls_status UNITLS_CALL pass_first_finding(void *user, const unitls_error *finding) {
  auto &listener = *static_cast<first_finding *>(user);
  if (listener.is_told) {
    return UNITLS_OK;
  }
  listener.is_told = true;
  return listener.sink(listener.user, finding);
}

} // namespace

void unknown_kind_listed(parts &changed) {
  changed.table.list = [](const unitls_backend *self, std::int32_t kind, unitls_item_sink sink, void *user) {
    const unitls_status status = honest::list(self, kind, sink, user);
    return status == UNITLS_E_UNSUPPORTED ? unitls_status{UNITLS_OK} : status;
  };
}

void item_sink_ignored(parts &changed) {
  changed.table.list = [](const unitls_backend *self, std::int32_t kind, unitls_item_sink sink, void *user) {
    item_listener listener{sink, user};
    return honest::list(self, kind, pass_item_and_go_on, &listener);
  };
}

void own_table_needed(parts &changed) {
  changed.table.list = [](const unitls_backend *self, std::int32_t kind, unitls_item_sink sink, void *user) {
    return self == &current().table ? honest::list(self, kind, sink, user) : unitls_status{UNITLS_E_INVALID};
  };
}

void check_is_silent(parts &changed) {
  changed.table.client_config_check = [](const unitls_backend *, const unitls_client_config *,
                                         unitls_finding_sink, void *) { return unitls_status{UNITLS_OK}; };
}

void check_tells_first(parts &changed) {
  changed.table.server_config_check = [](const unitls_backend *self, const unitls_server_config *config,
                                         unitls_finding_sink sink, void *user) {
    first_finding listener{sink, user};
    return honest::server_config_check(self, config, pass_first_finding, &listener);
  };
}

void unknown_extension_found(parts &changed) {
  changed.table.get_extension = [](const unitls_backend *self, const char *id) {
    const void *const found = honest::get_extension(self, id);
    return found == nullptr && std::string_view(id).starts_with("unitls.") ? &current().table : found;
  };
}

void capability_claimed(parts &changed) {
  changed.table.capabilities = [](const unitls_backend *) -> const char *const * {
    static const std::vector<const char *> all = capabilities_with("async-verify-server");
    return all.data();
  };
}

void capability_hidden(parts &changed) {
  changed.table.capabilities = [](const unitls_backend *) -> const char *const * {
    static const std::vector<const char *> all = capabilities_without("crl");
    return all.data();
  };
}

void capability_invented(parts &changed) {
  changed.table.capabilities = [](const unitls_backend *) -> const char *const * {
    static const std::vector<const char *> all = capabilities_with("no-such-capability");
    return all.data();
  };
}

void opened_twice_only(parts &changed) {
  changed.open = [](const unitls_host *host, const unitls_backend **backend, unitls_error *err) {
    static std::atomic<unsigned> times = 0;
    return ++times <= 2 ? honest::open(host, backend, err)
                        : plugin::fail(err, UNITLS_E_STATE, {}, "opened too often");
  };
}

void destroy_null_crashes(parts &changed) {
  changed.table.context_destroy = [](unitls_backend_context *of) {
    inner().context_destroy(as_context(of).inner);
    delete &as_context(of);
  };
}

} // namespace unitls::mutants::lies
