#include "select.hpp"

#include <algorithm>

#include "backend_list.hpp"
#include "policy_table.hpp"
#include "refusal.hpp"

namespace unitls::loader {
namespace {

constexpr char by_environment[] = "UNITLS_BACKEND";
constexpr char by_program[] = "asked for by the program";
constexpr char by_preference[] = "preferred by the program";

bool is_usable(const candidate &each) {
  return each.state == candidate_state::found || each.state == candidate_state::loaded;
}

const char *name_of(candidate_state state) {
  switch (state) {
  case candidate_state::found:
    return "found";
  case candidate_state::loaded:
    return "loaded";
  case candidate_state::rejected:
    return "rejected";
  case candidate_state::disabled:
    return "disabled";
  case candidate_state::masked:
    return "masked";
  }
  return "";
}

std::string describe(const candidate &each, const std::string &rank) {
  std::string line = each.id + ": " + name_of(each.state);
  line += each.path.empty() ? "" : ", " + printable(each.path);
  line += " (" + each.source + ")" + rank;
  return each.reason.empty() ? line : line + ": " + each.reason;
}

std::string describe(const candidate &each) {
  return "candidate " + describe(each, ", priority " + std::to_string(each.priority));
}

std::string describe_layer(const candidate &each) {
  return "layer " + describe(each, "");
}

std::string quoted(const std::string &text) {
  return "\"" + printable(text) + "\"";
}

std::string variable(const char *name, const std::optional<std::string> &value) {
  return value ? std::string(name) + "=" + printable(*value) : std::string(name) + " is not set";
}

std::vector<std::string> tell_environment(const environment &variables) {
  return {variable("UNITLS_BACKEND", variables.backend), variable("UNITLS_REGISTRY", variables.registry),
          variable("UNITLS_LAYERS", variables.layers), variable("UNITLS_DEBUG", variables.debug)};
}

void append(std::vector<std::string> &to, const std::vector<std::string> &lines) {
  to.insert(to.end(), lines.begin(), lines.end());
}

// "found in FOLDER", or "from FILE:LINE".
std::string origin_of(const candidate &tried) {
  return tried.source.starts_with("found in ") ? tried.source : "from " + tried.source;
}

} // namespace

selector::selector(environment variables, const fixed_places &places,
                   const std::optional<std::filesystem::path> &registry_of_program)
    : variables_(std::move(variables)), log_(variables_.debug.value_or("")) {
  registry_files registries = read_registry_files(variables_, places, registry_of_program);
  search_result found = search(registries.files, registries.rules);
  rules_ = std::make_shared<const policy>(std::move(registries.rules));
  folders_ = std::move(found.told);
  candidates_ = std::move(found.candidates);
  layer_candidates_ = std::move(found.layers);

  told_ = tell_environment(variables_);
  append(told_, registries.told);
  append(told_, folders_);
  for (const std::string &line : told_) {
    log_.write(log_word::search, line);
  }
  for (const candidate &each : candidates_) {
    log_.write(log_word::search, describe(each));
  }
  for (const candidate &each : layer_candidates_) {
    log_.write(log_word::search, describe_layer(each));
  }
  for (const std::string &line : registries.warnings) {
    log_.write(log_word::warn, line);
    told_.push_back("warning: " + line);
  }
  tell_policy();
}

void selector::tell_policy() {
  std::vector<std::string> lines = rules_->describe();
  if (lines.empty()) {
    lines.emplace_back("no rules");
  }
  for (const std::string &line : lines) {
    log_.write(log_word::search, "policy: " + line);
    told_.push_back("policy: " + line);
  }
  if (!rules_->mistake.empty()) {
    log_.write(log_word::error, rules_->mistake);
    told_.push_back("no context may be made: " + rules_->mistake);
  }
}

backend_handle selector::select(const std::vector<std::string> &preferred) {
  const std::lock_guard lock(mutex_);
  prepare_layers();
  return variables_.backend ? select_by_environment() : select_by_preference(preferred);
}

backend_handle selector::open(const std::string &id) {
  const std::lock_guard lock(mutex_);
  prepare_layers();
  std::vector<failure> failures;
  if (backend_handle backend = load(id, by_program, failures)) {
    return backend;
  }
  fail_named(failures, by_program, "id");
}

std::vector<candidate> selector::candidates() const {
  const std::lock_guard lock(mutex_);
  return candidates_;
}

std::vector<std::string> selector::explain() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> lines = told_;
  for (const candidate &each : candidates_) {
    lines.push_back(describe(each));
  }
  for (const candidate &each : layer_candidates_) {
    lines.push_back(describe_layer(each));
  }
  append(lines, decisions_);
  return lines;
}

// Before any backend is: a layer that is asked for and cannot be had fails every selection.
void selector::prepare_layers() {
  if (layers_) {
    return;
  }
  try {
    layers_ = variables_.layers ? load_layers(*variables_.layers, layer_candidates_)
                                : std::vector<layer_in_force>();
  } catch (const refusal &reason) {
    decide(reason.what());
    throw;
  }
  for (const layer_in_force &each : *layers_) {
    decide("layer " + quoted(each.layer->file.note.id) + ", UNITLS_LAYERS: in force, " +
           printable(each.layer->file.path));
  }
}

// Strict: nothing outside the list is tried. A typo must not choose a cryptographic library.
backend_handle selector::select_by_environment() {
  const backend_list list = parse_backend_list(*variables_.backend);
  if (list.help) {
    log::write_always(help());
    throw refusal(variable(by_environment, variables_.backend) + ": nothing is chosen; " + available(),
                  UNITLS_E_INVALID, by_environment);
  }
  std::vector<failure> failures;
  for (const std::string &id : expand_rest(list.ids, ids())) {
    if (backend_handle backend = load(id, by_environment, failures)) {
      pass_over(failures);
      return backend;
    }
  }
  fail_named(failures, variable(by_environment, variables_.backend), by_environment);
}

backend_handle selector::select_by_preference(const std::vector<std::string> &preferred) {
  std::vector<failure> failures;
  for (const std::string &id : preferred) {
    if (backend_handle backend = load(id, by_preference, failures)) {
      pass_over(failures);
      return backend;
    }
  }
  for (const std::string &id : ids()) {
    if (std::find(preferred.begin(), preferred.end(), id) != preferred.end()) {
      continue; // was tried
    }
    if (backend_handle backend = load(id, find(id)->source, failures)) {
      pass_over(failures);
      return backend;
    }
  }
  fail_without_names(failures);
}

// Nothing when it cannot be; the reason is then in the candidate and among the failures.
backend_handle selector::load(const std::string &id, const std::string &chosen_by,
                              std::vector<failure> &failures) {
  candidate *const chosen = find(id);
  if (chosen == nullptr) {
    decide(quoted(id) + ", " + chosen_by + ": no backend of that name");
    failures.push_back({id, nullptr});
    return nullptr;
  }
  if (open_once(*chosen) != nullptr) {
    backend_handle backend = share(*chosen, chosen_by);
    decide(quoted(id) + ", " + chosen_by + ": chosen");
    return backend;
  }
  decide(quoted(id) + ", " + chosen_by + ": cannot be used: " + chosen->reason);
  failures.push_back({id, chosen});
  return nullptr;
}

backend_handle selector::share(candidate &chosen, const std::string &chosen_by) {
  backend_handle &kept = handles_[{chosen.id, chosen_by}];
  if (!kept) {
    const opened &backend = opened_.at(chosen.id);
    const unitls_backend &table = wrap_in_layers(*backend.table, *layers_, log_.host());
    kept = make_backend_ref(*backend.plugin, table, chosen_by);
    kept->rules = rules_;
    kept->options = chosen.options;
  }
  unitls_backend_ref_retain(kept.get());
  return backend_handle(kept.get());
}

// NULL when it cannot be, and then the candidate has the reason.
const selector::opened *selector::open_once(candidate &chosen) {
  if (!is_usable(chosen)) {
    return nullptr;
  }
  opened &backend = opened_[chosen.id];
  if (backend.table != nullptr) {
    return &backend;
  }
  try {
    const std::filesystem::path file = chosen.path;
    const loaded_plugin &plugin = load_plugin_file(file, chosen.id, chosen.isolated);
    backend = {&plugin, &under_policy(open_plugin(plugin, log_.host()), *rules_)};
    chosen.state = candidate_state::loaded;
    return &backend;
  } catch (const refusal &reason) {
    chosen.state = candidate_state::rejected;
    chosen.reason = reason.what();
    chosen.brief = explained_elsewhere(reason);
    return nullptr;
  }
}

// Told on standard error, once: the administrator's first choice is not what runs. What is switched off, or what a
// program would have liked and is not installed, is nothing to warn of.
void selector::pass_over(const std::vector<failure> &failures) {
  for (const failure &each : failures) {
    const bool is_unknown_name = each.tried == nullptr;
    if (is_unknown_name ? !variables_.backend : each.tried->state == candidate_state::disabled) {
      continue;
    }
    if (passed_over_.insert(each.id).second) {
      log::write_always("warning: backend " + quoted(each.id) + " is passed over: " +
                        (is_unknown_name ? "no backend of that name" : each.tried->reason));
    }
  }
}

void selector::decide(const std::string &line) {
  log_.write(log_word::load, line);
  if (decisions_.empty() || decisions_.back() != "decision: " + line) {
    decisions_.push_back("decision: " + line);
  }
}

// The masked ones cannot be chosen.
candidate *selector::find(std::string_view id) {
  const auto found = std::find_if(candidates_.begin(), candidates_.end(), [id](const candidate &each) {
    return each.id == id && each.state != candidate_state::masked;
  });
  return found != candidates_.end() ? &*found : nullptr;
}

std::vector<std::string> selector::ids() const {
  std::vector<std::string> result;
  for (const candidate &each : candidates_) {
    if (each.state != candidate_state::masked) {
      result.push_back(each.id);
    }
  }
  return result;
}

std::string selector::available() const {
  std::string list;
  for (const candidate &each : candidates_) {
    if (is_usable(each)) {
      list += (list.empty() ? "" : ", ") + each.id;
    }
  }
  return "available: " + (list.empty() ? "none" : list);
}

std::string selector::help() const {
  std::string text = "UNITLS_BACKEND=help: the backends, preferred ones first";
  for (const candidate &each : candidates_) {
    text += "\n  " + each.id + ": ";
    text += is_usable(each) && each.note
                ? each.note->description + ", built for " + each.note->library_build_version
                : std::string(name_of(each.state)) + ": " + each.reason;
  }
  return candidates_.empty() ? text + "\n  none" : text;
}

selector::reason_table selector::table_of(const std::vector<failure> &failures) {
  reason_table text;
  const auto add = [&text](const std::string &whole, const std::string &brief) {
    text.whole += whole;
    text.brief += brief;
  };
  for (const failure &each : failures) {
    const std::string begin = text.whole.empty() ? "" : "\n";
    if (each.tried == nullptr) {
      add(begin + "no backend is named " + quoted(each.id), begin + "no backend is named " + quoted(each.id));
      continue;
    }
    const std::string subject =
        begin + "cannot load backend " + quoted(each.id) + " (" + origin_of(*each.tried) + ")\n  ";
    add(subject + each.tried->reason, subject + each.tried->brief_reason());
  }
  return text;
}

// A file that may have a policy, and cannot be read, may be the one that names the backends.
void selector::check_policy() const {
  if (!rules_->mistake.empty()) {
    throw refusal(rules_->mistake, rules_->brief_mistake, UNITLS_E_POLICY);
  }
}

// Of backends that exist and cannot be used.
unitls_status selector::status_of(const std::vector<failure> &failures) {
  const bool all_forbidden = std::all_of(failures.begin(), failures.end(), [](const failure &each) {
    return each.tried == nullptr || each.tried->is_forbidden;
  });
  return all_forbidden ? UNITLS_E_POLICY : UNITLS_E_ABI;
}

void selector::fail_named(const std::vector<failure> &failures, const std::string &request,
                          const std::string &field) const {
  check_policy();
  const bool any_exists = std::any_of(failures.begin(), failures.end(),
                                      [](const failure &each) { return each.tried != nullptr; });
  if (failures.size() == 1 && !any_exists) {
    const std::string &subject = field == by_environment ? request : quoted(failures.front().id);
    throw refusal(subject + ": no backend of that name; " + available(), UNITLS_E_INVALID, field);
  }
  constexpr auto nothing = "no backend is left for the list";
  const reason_table reasons = failures.empty() ? reason_table{nothing, nothing} : table_of(failures);
  const std::string rest = "\n  chosen by " + request + "; " + available();
  throw refusal(reasons.whole + rest, reasons.brief + rest,
                any_exists ? status_of(failures) : UNITLS_E_INVALID, field);
}

void selector::fail_without_names(const std::vector<failure> &failures) const {
  check_policy();
  const bool any_exists = std::any_of(failures.begin(), failures.end(),
                                      [](const failure &each) { return each.tried != nullptr; });
  if (any_exists) {
    const reason_table reasons = table_of(failures);
    const std::string subject = "no backend can be used\n";
    throw refusal(subject + reasons.whole, subject + reasons.brief, status_of(failures));
  }
  std::string text =
      "no backend was found: no registry file names one, and no plugin folder has a unitls-ID.so";
  for (const std::string &folder : folders_) {
    text += "\n  " + folder;
  }
  throw refusal(text, UNITLS_E_UNSUPPORTED);
}

} // namespace unitls::loader
