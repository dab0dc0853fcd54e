// Chooses among the candidates, loads what was chosen, and can tell why.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "backend_ref.hpp"
#include "environment.hpp"
#include "layers.hpp"
#include "log.hpp"
#include "module.hpp"
#include "registry_files.hpp"
#include "search.hpp"

namespace unitls::loader {

// What is behind unitls_loader: a snapshot of environment and registry. [thread-safe]
class selector {
public:
  // Throws a refusal for a bad registry file that the program or UNITLS_REGISTRY names.
  selector(environment variables, const fixed_places &places,
           const std::optional<std::filesystem::path> &registry_of_program);

  // By UNITLS_BACKEND, else the first of `preferred` that can be loaded, else by the registry's order. Throws a refusal.
  backend_handle select(const std::vector<std::string> &preferred);

  // The backend of this id and no other. Throws a refusal.
  backend_handle open(const std::string &id);

  std::vector<candidate> candidates() const;

  // Line by line: what was searched, what was found, what was decided.
  std::vector<std::string> explain() const;

private:
  struct failure {
    std::string id;
    const candidate *tried = nullptr; // none: nothing has this id
  };
  // A plugin that was opened; both live for ever.
  struct opened {
    const loaded_plugin *plugin = nullptr;
    const unitls_backend *table = nullptr;
  };

  void tell_policy();
  void prepare_layers();
  backend_handle select_by_environment();
  backend_handle select_by_preference(const std::vector<std::string> &preferred);
  backend_handle load(const std::string &id, const std::string &chosen_by, std::vector<failure> &failures);
  backend_handle share(candidate &chosen, const std::string &chosen_by);
  const opened *open_once(candidate &chosen);
  void pass_over(const std::vector<failure> &failures);
  void decide(const std::string &line);

  candidate *find(std::string_view id);
  std::vector<std::string> ids() const;
  std::string available() const;
  std::string help() const;
  void check_policy() const;
  static unitls_status status_of(const std::vector<failure> &failures);
  // As a whole, and where there is little room.
  struct reason_table {
    std::string whole;
    std::string brief;
  };
  static reason_table table_of(const std::vector<failure> &failures);
  [[noreturn]] void fail_named(const std::vector<failure> &failures, const std::string &request,
                               const std::string &field) const;
  [[noreturn]] void fail_without_names(const std::vector<failure> &failures) const;

  const environment variables_;
  const log log_;
  std::shared_ptr<const policy> rules_;
  std::vector<std::string> told_;    // what was searched
  std::vector<std::string> folders_; // the part of it about plugin folders

  mutable std::mutex mutex_; // for what follows
  std::vector<candidate> candidates_;
  std::vector<candidate> layer_candidates_;
  // Those that UNITLS_LAYERS asks for, once they are loaded.
  std::optional<std::vector<layer_in_force>> layers_;
  std::vector<std::string> decisions_;
  std::set<std::string> passed_over_;
  std::map<std::string, opened> opened_;
  std::map<std::pair<std::string, std::string>, backend_handle> handles_; // by id and by who chose it
};

} // namespace unitls::loader
