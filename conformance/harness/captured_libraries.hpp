// Libraries that come between a plugin and those that it is linked to.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace unitls::conformance {

class scratch_folder {
public:
  scratch_folder(); // throws std::system_error
  ~scratch_folder();
  scratch_folder(const scratch_folder &) = delete;
  scratch_folder &operator=(const scratch_folder &) = delete;
  const std::filesystem::path &path() const noexcept { return path_; }

private:
  std::filesystem::path path_;
};

// Copies of the libraries that a plugin is linked to, under other names: preloaded into a process, they capture the
// plugin's calls although its own libraries are there, and everything seems to work.
class captured_libraries {
public:
  // Of the plugin whose descriptor this is: what it is linked to and this program is not. Throws std::system_error or
  // std::runtime_error.
  explicit captured_libraries(const void *descriptor);

  // None for a plugin that has its library within itself.
  bool empty() const noexcept { return copies_.empty(); }
  // As LD_PRELOAD takes them.
  std::string list() const;
  // Where the copies lie.
  std::string folder() const { return folder_.path().string(); }

private:
  scratch_folder folder_;
  std::vector<std::filesystem::path> copies_;
};

} // namespace unitls::conformance
