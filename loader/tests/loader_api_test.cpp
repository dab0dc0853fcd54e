#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include <unitls/loader.hpp>

#include "scratch_folder.hpp"

using unitls::testing::scratch_folder;

namespace {

// A registry whose only plugin is no ELF file.
std::string registry_of(const scratch_folder &folder) {
  folder.write("unitls-garbage.so", "not a library");
  return folder.write("backends.toml", "format = 1\nplugin_dirs = [\".\"]\n");
}

} // namespace

TEST_CASE("a backend that cannot be opened is told with the reason of every candidate") {
  const scratch_folder folder;
  unitls::loader loader(registry_of(folder));
  const auto plugin = (std::filesystem::canonical(folder.path()) / "unitls-garbage.so").string();
  std::string text;
  try {
    (void)loader.open("garbage");
  } catch (const unitls::error &error) {
    text = error.what();
    CHECK(error.info().text() == text);
  }
  CHECK(text.find("garbage") != std::string::npos);
  CHECK(text.find("\n  " + plugin + ": ") != std::string::npos);
}

TEST_CASE("candidates and their story can be asked for without loading anything") {
  const scratch_folder folder;
  const unitls::loader loader(registry_of(folder));
  bool found = false;
  for (const auto &candidate : loader.candidates()) {
    if (candidate.id == "garbage") {
      found = true;
      CHECK(candidate.state == unitls::candidate_state::rejected);
      CHECK(candidate.reason.starts_with(candidate.path + ": "));
      CHECK(unitls::to_string(candidate) == candidate.reason);
    }
  }
  CHECK(found);
  CHECK(loader.explain().find("backends.toml") != std::string::npos);
}

TEST_CASE("a registry that is named and cannot be read is an error, in both forms") {
  unitls::error_info failure;
  CHECK_FALSE(unitls::loader::create("/nonexistent/backends.toml", failure).has_value());
  CHECK(failure.status() == unitls::status::invalid);
  CHECK(failure.text().find("/nonexistent/backends.toml") != std::string::npos);
  CHECK_THROWS_AS(unitls::loader("/nonexistent/backends.toml"), unitls::error);
}

TEST_CASE("a file that is no plugin is told in both forms, with its path") {
  const scratch_folder folder;
  const std::string file = folder.write("unitls-garbage.so", "not a library");
  unitls::error_info failure;
  CHECK_FALSE(unitls::inspect_plugin(file, failure).has_value());
  CHECK(failure.status() == unitls::status::bad_plugin);
  CHECK(failure.text().find("/unitls-garbage.so: is not a shared object") != std::string::npos);
  CHECK_THROWS_AS((void)unitls::inspect_plugin(file), unitls::error);
}

TEST_CASE("an empty path is an error of the caller, wherever one is taken") {
  const auto keeps_nothing = [](void *, const unitls_candidate *) -> unitls_status { return UNITLS_OK; };
  unitls_error error{};
  error.struct_size = sizeof error;
  CHECK(unitls_plugin_inspect("", keeps_nothing, nullptr, &error) == UNITLS_E_INVALID);
  CHECK(std::string(error.message) == "the path of the plugin is empty");
  unitls_loader_config config{};
  config.struct_size = sizeof config;
  config.registry_path = "";
  unitls_loader *loader = nullptr;
  CHECK(unitls_loader_create(&config, &loader, &error) == UNITLS_E_INVALID);
  CHECK(std::string(error.message) == "the path of the registry file is empty");
  unitls_buffer *buffer = nullptr;
  CHECK(unitls_buffer_read_file("", 0, &buffer, &error) == UNITLS_E_INVALID);
  CHECK(std::string(error.message) == "the path of a file is empty");
}
