// The C API of finding and loading, as a program sees it.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <unitls/unitls.h>

#include "environment.hpp"
#include "scratch_folder.hpp"

using unitls::testing::scratch_folder;

namespace {

struct loader_destroy {
  void operator()(unitls_loader *loader) const { unitls_loader_destroy(loader); }
};
using loader_handle = std::unique_ptr<unitls_loader, loader_destroy>;

// Sets a variable as long as it lives.
class variable {
public:
  variable(const char *name, const std::string &value) : name_(name) { setenv(name, value.c_str(), 1); }
  ~variable() { unsetenv(name_); }
  variable(const variable &) = delete;
  variable &operator=(const variable &) = delete;

private:
  const char *name_;
};

unitls_error fresh_error() {
  unitls_error error{};
  error.struct_size = sizeof error;
  return error;
}

std::string mock_registry(const scratch_folder &folder) {
  return folder.write("backends.toml", "format = 1\nplugin_dirs = [\"" MOCK_FOLDER "\"]\nscan = false\n"
                                       "[backend.good]\nlibrary = \"unitls-good.so\"\npriority = 7\n"
                                       "[backend.open-fails]\nlibrary = \"unitls-open-fails.so\"\n");
}

unitls_loader_config config_for(const char *registry) {
  unitls_loader_config config{};
  config.struct_size = sizeof config;
  config.registry_path = registry;
  return config;
}

unitls_status create_status(const unitls_loader_config &config, unitls_error &error) {
  unitls_loader *loader = reinterpret_cast<unitls_loader *>(&error); // must be set NULL
  const unitls_status status = unitls_loader_create(&config, &loader, &error);
  CHECK((status == UNITLS_OK) == (loader != nullptr));
  unitls_loader_destroy(loader);
  return status;
}

loader_handle create(const std::string &registry) {
  const unitls_loader_config config = config_for(registry.c_str());
  unitls_loader *loader = nullptr;
  REQUIRE(unitls_loader_create(&config, &loader, nullptr) == UNITLS_OK);
  return loader_handle(loader);
}

unitls_status UNITLS_CALL keep_line(void *user, const char *line) {
  static_cast<std::vector<std::string> *>(user)->emplace_back(line);
  return UNITLS_OK;
}

unitls_status UNITLS_CALL stop_at_once(void *, const char *) {
  return UNITLS_E_STATE;
}

struct facts {
  std::uint32_t state = 0;
  std::int32_t priority = 0;
};
using states = std::map<std::string, facts>;

unitls_status UNITLS_CALL keep_candidate(void *user, const unitls_candidate *candidate) {
  CHECK(candidate->struct_size == sizeof *candidate);
  for (const char *text : {candidate->id, candidate->path, candidate->source, candidate->reason,
                           candidate->version, candidate->description, candidate->library_build_version}) {
    CHECK(text != nullptr);
  }
  CHECK(candidate->capabilities != nullptr);
  (*static_cast<states *>(user))[candidate->id] = {candidate->state, candidate->priority};
  return UNITLS_OK;
}

} // namespace

TEST_CASE("a program finds, opens and releases a backend") {
  const scratch_folder folder;
  const loader_handle loader = create(mock_registry(folder));

  states found;
  REQUIRE(unitls_loader_candidates(loader.get(), keep_candidate, &found) == UNITLS_OK);
  CHECK(found.at("good").state == UNITLS_CANDIDATE_FOUND);
  CHECK(found.at("good").priority == 7);

  unitls_backend_ref *backend = nullptr;
  REQUIRE(unitls_loader_open(loader.get(), "good", &backend, nullptr) == UNITLS_OK);
  CHECK(std::string(unitls_backend_ref_id(backend)) == "good");
  unitls_backend_ref_release(backend);

  REQUIRE(unitls_loader_candidates(loader.get(), keep_candidate, &found) == UNITLS_OK);
  CHECK(found.at("good").state == UNITLS_CANDIDATE_LOADED);

  std::vector<std::string> lines;
  REQUIRE(unitls_loader_explain(loader.get(), keep_line, &lines) == UNITLS_OK);
  CHECK(std::find(lines.begin(), lines.end(), "decision: \"good\", asked for by the program: chosen") !=
        lines.end());
  CHECK(unitls_loader_explain(loader.get(), stop_at_once, nullptr) == UNITLS_E_STATE);
}

TEST_CASE("a plugin file that somebody names is told, or why it is none") {
  states found;
  REQUIRE(unitls_plugin_inspect(MOCK_FOLDER "/unitls-renamed.so", keep_candidate, &found, nullptr) ==
          UNITLS_OK);
  CHECK(found.at("original").state == UNITLS_CANDIDATE_FOUND); // whatever the file is called
  CHECK(found.size() == 1);

  unitls_error error = fresh_error();
  CHECK(unitls_plugin_inspect(MOCK_FOLDER "/unitls-a-layer.so", keep_candidate, &found, &error) ==
        UNITLS_E_ABI);
  CHECK(std::string(error.message).ends_with("/unitls-a-layer.so: is a layer, not a backend"));
  error = fresh_error();
  CHECK(unitls_plugin_inspect("/nowhere.so", keep_candidate, &found, &error) == UNITLS_E_INVALID);
  CHECK(std::string(error.message) == "/nowhere.so: there is no such file");
  CHECK(found.size() == 1);
}

TEST_CASE("a failure to open leaves NULL and an error, and rejects the candidate") {
  const scratch_folder folder;
  const loader_handle loader = create(mock_registry(folder));
  unitls_error error = fresh_error();
  auto *backend = reinterpret_cast<unitls_backend_ref *>(&error);
  CHECK(unitls_loader_open(loader.get(), "open-fails", &backend, &error) == UNITLS_E_ABI);
  CHECK(backend == nullptr);
  CHECK(error.status == UNITLS_E_ABI);
  CHECK(std::string(error.field) == "id");
  CHECK(std::string(error.message)
            .starts_with("cannot load backend \"open-fails\" (from " + folder.path().string()));

  states found;
  REQUIRE(unitls_loader_candidates(loader.get(), keep_candidate, &found) == UNITLS_OK);
  CHECK(found.at("open-fails").state == UNITLS_CANDIDATE_REJECTED);
}

TEST_CASE("select is strict about UNITLS_BACKEND") {
  const scratch_folder folder;
  const variable wish("UNITLS_BACKEND", "typo");
  const loader_handle loader = create(mock_registry(folder));
  const char *preferred[] = {"good"};
  unitls_backend_ref *backend = nullptr;
  unitls_error error = fresh_error();
  CHECK(unitls_loader_select(loader.get(), preferred, 1, &backend, &error) == UNITLS_E_INVALID);
  CHECK(backend == nullptr);
  CHECK(std::string(error.field) == "UNITLS_BACKEND");
  CHECK(std::string(error.message).starts_with("UNITLS_BACKEND=typo: no backend of that name; available: "));
}

TEST_CASE("the environment is read once, when the loader is made") {
  const scratch_folder folder;
  const loader_handle loader = create(mock_registry(folder));
  const variable wish("UNITLS_BACKEND", "typo");
  unitls_backend_ref *backend = nullptr;
  const char *preferred[] = {"good"};
  REQUIRE(unitls_loader_select(loader.get(), preferred, 1, &backend, nullptr) == UNITLS_OK);
  unitls_backend_ref_release(backend);
}

TEST_CASE("an empty variable is an unset one") {
  const variable backend("UNITLS_BACKEND", "");
  const variable layers("UNITLS_LAYERS", "trace");
  const unitls::loader::environment variables = unitls::loader::read_environment();
  CHECK_FALSE(variables.backend);
  CHECK(variables.layers == "trace");
}

TEST_CASE("a bad configuration of the loader is refused by field") {
  unitls_error error = fresh_error();
  unitls_loader_config config{};
  CHECK(create_status(config, error) == UNITLS_E_INVALID);
  CHECK(std::string(error.field) == "struct_size");

  config.struct_size = sizeof config;
  config.flags = 1;
  CHECK(create_status(config, error) == UNITLS_E_UNSUPPORTED);
  CHECK(std::string(error.field) == "flags");

  config.flags = 0;
  config.reserved_0 = &config;
  CHECK(create_status(config, error) == UNITLS_E_UNSUPPORTED);
  CHECK(std::string(error.field) == "reserved_0");

  const unitls_loader_config relative = config_for("backends.toml");
  CHECK(create_status(relative, error) == UNITLS_E_INVALID);
  CHECK(std::string(error.field) == "registry_path");
  CHECK(std::string(error.message) == "backends.toml: the path of a registry file must be absolute");
}

TEST_CASE("a NULL that is not allowed is an error and no crash") {
  const scratch_folder folder;
  const loader_handle loader = create(mock_registry(folder));
  unitls_backend_ref *backend = nullptr;
  const char *const names[] = {nullptr};
  CHECK(unitls_loader_create(nullptr, nullptr, nullptr) == UNITLS_E_INVALID);
  CHECK(unitls_loader_open(loader.get(), nullptr, &backend, nullptr) == UNITLS_E_INVALID);
  CHECK(unitls_loader_select(loader.get(), nullptr, 1, &backend, nullptr) == UNITLS_E_INVALID);
  CHECK(unitls_loader_select(loader.get(), names, 1, &backend, nullptr) == UNITLS_E_INVALID);
  CHECK(unitls_plugin_inspect(nullptr, keep_candidate, nullptr, nullptr) == UNITLS_E_INVALID);
  unitls_loader_destroy(nullptr);
  unitls_backend_ref_release(nullptr);
}
