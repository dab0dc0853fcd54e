// unitls_loader_*: the C API over the selector.
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <unitls/backend.h>
#include <unitls/unitls.h>

#include "plugin_file.hpp"
#include "refusal.hpp"
#include "select.hpp"

struct unitls_loader {
  unitls::loader::selector selector;
};

namespace {

using unitls::loader::backend_handle;
using unitls::loader::candidate;
using unitls::loader::candidate_state;
using unitls::loader::refusal;
using unitls::loader::report;
using unitls::loader::report_current_exception;

std::uint32_t number_of(candidate_state state) {
  switch (state) {
  case candidate_state::found:
    return UNITLS_CANDIDATE_FOUND;
  case candidate_state::loaded:
    return UNITLS_CANDIDATE_LOADED;
  case candidate_state::disabled:
    return UNITLS_CANDIDATE_DISABLED;
  case candidate_state::masked:
    return UNITLS_CANDIDATE_MASKED;
  case candidate_state::rejected:
    break;
  }
  return UNITLS_CANDIDATE_REJECTED;
}

void check_config(const unitls_loader_config *config) {
  if (config == nullptr) {
    return;
  }
  if (const unitls_status status = unitls_check_request(config, sizeof *config, sizeof *config);
      status != UNITLS_OK) {
    throw refusal("the loader's configuration has a struct_size or a member that is not known here", status,
                  "struct_size");
  }
  if (config->flags != 0) {
    throw refusal("an unknown flag is set", UNITLS_E_UNSUPPORTED, "flags");
  }
  if (config->reserved_0 != nullptr) {
    throw refusal("a reserved member is not zero", UNITLS_E_UNSUPPORTED, "reserved_0");
  }
}

std::unique_ptr<unitls_loader> create(const unitls_loader_config *config) {
  check_config(config);
  std::optional<std::filesystem::path> registry;
  if (config != nullptr && config->registry_path != nullptr) {
    if (*config->registry_path == '\0') {
      throw refusal("the path of the registry file is empty", UNITLS_E_INVALID, "registry_path");
    }
    registry = config->registry_path;
  }
  return std::unique_ptr<unitls_loader>(
      new unitls_loader{{unitls::loader::read_environment(), unitls::loader::own_places(), registry}});
}

std::vector<std::string> texts_of(const char *const *texts, std::size_t count) {
  if (texts == nullptr && count != 0) {
    throw refusal("the list of preferred backends is NULL", UNITLS_E_INVALID, "preferred");
  }
  std::vector<std::string> result;
  for (std::size_t i = 0; i < count; ++i) {
    if (texts[i] == nullptr) {
      throw refusal("a preferred backend is NULL", UNITLS_E_INVALID, "preferred[" + std::to_string(i) + "]");
    }
    result.emplace_back(texts[i]);
  }
  return result;
}

// A call that makes a handle: NULL unless it succeeds, and no exception leaves it.
template <class Handle, class Function>
unitls_status make_handle(Handle **handle, unitls_error *err, Function make) noexcept {
  if (handle == nullptr) {
    return report(err, UNITLS_E_INVALID, {}, "there is no place for the handle");
  }
  *handle = nullptr;
  try {
    *handle = make().release();
    return UNITLS_OK;
  } catch (...) {
    return report_current_exception(err);
  }
}

unitls_status give(const candidate &each, unitls_candidate_sink sink, void *user) {
  std::vector<const char *> capabilities;
  unitls_candidate shown{};
  shown.struct_size = sizeof shown;
  shown.state = number_of(each.state);
  shown.priority = each.priority;
  shown.id = each.id.c_str();
  shown.path = each.path.c_str();
  shown.source = each.source.c_str();
  shown.reason = each.reason.c_str();
  shown.version = each.note ? each.note->version.c_str() : "";
  shown.description = each.note ? each.note->description.c_str() : "";
  shown.library_build_version = each.note ? each.note->library_build_version.c_str() : "";
  if (each.note) {
    for (const std::string &capability : each.note->capabilities) {
      capabilities.push_back(capability.c_str());
    }
  }
  capabilities.push_back(nullptr);
  shown.capabilities = capabilities.data();
  return sink(user, &shown);
}

// Gives each item of a list to `show`, until one answer is not UNITLS_OK. The list was copied, so that a sink may use
// the loader.
template <class List, class Function>
unitls_status give_all(List list, Function show) noexcept {
  try {
    for (const auto &each : list()) {
      if (const unitls_status status = show(each); status != UNITLS_OK) {
        return status;
      }
    }
    return UNITLS_OK;
  } catch (...) {
    return report_current_exception(nullptr);
  }
}

candidate inspect(const char *path) {
  if (path == nullptr) {
    throw refusal("the path of the plugin is NULL", UNITLS_E_INVALID, "path");
  }
  if (*path == '\0') {
    throw refusal("the path of the plugin is empty", UNITLS_E_INVALID, "path");
  }
  unitls::loader::plugin_file file =
      unitls::loader::inspect_plugin_file(path, {}, UNITLS_NOTE_PLUGIN, unitls::loader::named_by::person);
  candidate seen;
  seen.id = file.note.id;
  seen.path = std::move(file.path);
  seen.note = std::move(file.note);
  return seen;
}

} // namespace

extern "C" {

unitls_status unitls_loader_create(const unitls_loader_config *config, unitls_loader **loader,
                                   unitls_error *err) {
  return make_handle(loader, err, [config] { return create(config); });
}

void unitls_loader_destroy(unitls_loader *loader) {
  delete loader;
}

unitls_status unitls_loader_candidates(const unitls_loader *loader, unitls_candidate_sink sink, void *user) {
  return give_all([loader] { return loader->selector.candidates(); },
                  [sink, user](const candidate &each) { return give(each, sink, user); });
}

unitls_status unitls_loader_select(unitls_loader *loader, const char *const *preferred,
                                   size_t preferred_count, unitls_backend_ref **backend, unitls_error *err) {
  return make_handle(backend, err,
                     [=] { return loader->selector.select(texts_of(preferred, preferred_count)); });
}

unitls_status unitls_loader_open(unitls_loader *loader, const char *id, unitls_backend_ref **backend,
                                 unitls_error *err) {
  return make_handle(backend, err, [=] {
    if (id == nullptr) {
      throw refusal("the backend's id is NULL", UNITLS_E_INVALID, "id");
    }
    return loader->selector.open(id);
  });
}

unitls_status unitls_loader_explain(const unitls_loader *loader, unitls_text_sink sink, void *user) {
  return give_all([loader] { return loader->selector.explain(); },
                  [sink, user](const std::string &line) { return sink(user, line.c_str()); });
}

unitls_status unitls_plugin_inspect(const char *path, unitls_candidate_sink sink, void *user,
                                    unitls_error *err) {
  try {
    return give(inspect(path), sink, user);
  } catch (...) {
    return report_current_exception(err);
  }
}

} // extern "C"
