#include "layers.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <tuple>

#include "backend_ref.hpp"
#include "refusal.hpp"

namespace unitls::loader {
namespace {

constexpr char variable[] = "UNITLS_LAYERS";

std::string list_of(const std::vector<candidate> &found) {
  std::string list;
  for (const candidate &each : found) {
    if (each.state == candidate_state::found || each.state == candidate_state::loaded) {
      list += (list.empty() ? "" : ", ") + each.id;
    }
  }
  return "layers that exist: " + (list.empty() ? "none" : list);
}

const candidate *find(const std::vector<candidate> &found, std::string_view id) {
  const auto it = std::find_if(found.begin(), found.end(), [id](const candidate &each) {
    return each.id == id && each.state != candidate_state::masked;
  });
  return it != found.end() ? &*it : nullptr;
}

// Those of the environment override the registry's, name by name.
option_list join(option_list options, const option_list &over) {
  for (const auto &[name, value] : over) {
    const auto same = std::find_if(options.begin(), options.end(),
                                   [&name = name](const auto &each) { return each.first == name; });
    if (same != options.end()) {
      same->second = value;
    } else {
      options.emplace_back(name, value);
    }
  }
  return options;
}

// A question for one layer, and where it stands.
struct layer_search {
  const layer_request &request;
  const std::vector<candidate> &found;
  std::string_view value; // of UNITLS_LAYERS

  [[noreturn]] void fail(const std::string &reason, unitls_status status) const {
    fail(reason, reason, status);
  }

  [[noreturn]] void fail(const std::string &reason, const std::string &brief, unitls_status status) const {
    throw refusal(sentence(reason), sentence(brief), status, variable);
  }

  std::string sentence(const std::string &reason) const {
    return std::string(variable) + "=" + printable(value) + ": the layer \"" + request.id +
           "\" cannot be used: " + reason + "; " + list_of(found);
  }
};

layer_in_force load(const layer_search &search) {
  const candidate *const chosen = find(search.found, search.request.id);
  if (chosen == nullptr) {
    search.fail("there is no layer of that name", UNITLS_E_INVALID);
  }
  if (!chosen->reason.empty()) {
    search.fail(chosen->reason, chosen->brief_reason(),
                chosen->is_forbidden ? UNITLS_E_POLICY : UNITLS_E_ABI);
  }
  try {
    const std::filesystem::path file = chosen->path;
    return {&load_layer_file(file, chosen->id), join(chosen->options, search.request.options)};
  } catch (const refusal &reason) {
    search.fail(reason.what(), explained_elsewhere(reason), UNITLS_E_ABI);
  }
}

// A table that was wrapped, and what the layer was given: both live for ever.
struct wrapping {
  unitls_backend inner{};
  unitls_backend outer{};
};

using wrapping_key =
    std::tuple<const unitls_backend *, const unitls_layer *, const unitls_host *, option_list>;

// A layer keeps what it makes for ever: the same is not made twice.
struct wrappings {
  std::mutex mutex;
  std::map<wrapping_key, std::unique_ptr<wrapping>> all;
};

wrappings &every_wrapping() {
  static auto *const instance = new wrappings;
  return *instance;
}

std::vector<unitls_option> native(const option_list &options) {
  std::vector<unitls_option> result;
  for (const auto &[name, value] : options) {
    result.push_back({name.c_str(), value.c_str()});
  }
  return result;
}

void check_status(unitls_status status, unitls_error &error) {
  if (status == UNITLS_OK) {
    return;
  }
  if (status == UNITLS_E_NOMEM) {
    throw std::bad_alloc();
  }
  error.message[sizeof error.message - 1] = '\0';
  error.field[sizeof error.field - 1] = '\0';
  const std::string field = error.field[0] != '\0' ? printable(error.field) + ": " : "";
  throw refusal(field + (error.message[0] != '\0'
                             ? printable(error.message)
                             : "its wrap answered " + std::to_string(status) + " and no message"),
                status < 0 ? status : UNITLS_E_ABI);
}

std::unique_ptr<wrapping> wrap(const unitls_backend &inner, const layer_in_force &layer,
                               const unitls_host &host) {
  auto made = std::make_unique<wrapping>();
  adopt_table(inner, made->inner);
  unitls_backend table{};
  table.struct_size = sizeof table;
  unitls_error error{};
  error.struct_size = sizeof error;
  const std::vector<unitls_option> options = native(layer.options);
  check_status(
      layer.layer->descriptor->wrap(&host, &made->inner, options.data(), options.size(), &table, &error),
      error);
  check_table(table, made->inner.capabilities(&made->inner), "the backend that it wraps");
  adopt_table(table, made->outer);
  return made;
}

} // namespace

std::vector<layer_in_force> load_layers(std::string_view unitls_layers, const std::vector<candidate> &found) {
  std::vector<layer_in_force> layers;
  for (const layer_request &each : parse_layer_list(unitls_layers)) {
    layers.push_back(load({each, found, unitls_layers}));
  }
  return layers;
}

const unitls_backend &wrap_in_layer(const unitls_backend &inner, const layer_in_force &layer,
                                    const unitls_host &host) {
  wrappings &known = every_wrapping();
  const std::lock_guard lock(known.mutex);
  const wrapping_key key(&inner, layer.layer->descriptor, &host, layer.options);
  if (const auto found = known.all.find(key); found != known.all.end()) {
    return found->second->outer;
  }
  try {
    return known.all.emplace(key, wrap(inner, layer, host)).first->second->outer;
  } catch (const refusal &reason) {
    throw refusal("the layer \"" + layer.layer->file.note.id +
                      "\" cannot be put around the backend: " + reason.what(),
                  reason.status());
  }
}

const unitls_backend &wrap_in_layers(const unitls_backend &inner, const std::vector<layer_in_force> &layers,
                                     const unitls_host &host) {
  const unitls_backend *table = &inner;
  try {
    for (auto each = layers.rbegin(); each != layers.rend(); ++each) {
      table = &wrap_in_layer(*table, *each, host);
    }
  } catch (const refusal &reason) {
    throw refusal(reason.what(), reason.brief(), reason.status(), variable);
  }
  return *table;
}

} // namespace unitls::loader
