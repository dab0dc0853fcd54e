// A machine in a scratch folder: registry files and plugin folders made of mock plugins.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "environment.hpp"
#include "registry_files.hpp"
#include "scratch_folder.hpp"

namespace unitls::testing {

class mock_tree {
public:
  mock_tree() {
    for (const char *each : {"system/backends.d", "beside", "config/unitls", "elsewhere"}) {
      std::filesystem::create_directories(path(each));
    }
  }

  std::filesystem::path path(std::string_view relative) const { return folder_.path() / relative; }

  std::string write(std::string_view relative, std::string_view content) const {
    return folder_.write(relative, content);
  }

  // Copies a mock to `folder`/unitls-`as`.so.
  std::string plant(const std::string &mock, std::string_view folder, std::string as = {}) const {
    const auto to = path(folder) / ("unitls-" + (as.empty() ? mock : as) + ".so");
    std::filesystem::copy_file(std::string(MOCK_FOLDER "/unitls-") + mock + ".so", to);
    return std::filesystem::canonical(to).string();
  }

  loader::fixed_places places() const { return {path("system"), path("beside")}; }

  // With the user's registry folder, and nothing else set.
  loader::environment plain() const {
    loader::environment variables;
    variables.config_home = path("config").string();
    return variables;
  }

private:
  scratch_folder folder_;
};

} // namespace unitls::testing
