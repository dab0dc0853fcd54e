// Files of the machine's, which appear complete under their names or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace unitls::tool {

// A file that is being written beside its place, under a hidden name.
class installed_file {
public:
  // Makes missing folders, for everybody to read. Throws failure with exit_code::wrong_input, as every member does.
  installed_file(std::filesystem::path place, mode_t mode);
  // Removes what was not put into place, and the folders that were made for it.
  ~installed_file();
  installed_file(const installed_file &) = delete;
  installed_file &operator=(const installed_file &) = delete;

  void write(std::string_view text);
  void copy_from(const std::filesystem::path &source);
  // Where it lies until it is put into place.
  const std::string &hidden_path() const noexcept { return partial_; }
  // Gives the file its name, in place of another one: whoever has that open keeps it as it is.
  void put_into_place();

private:
  [[noreturn]] void refuse(int reason) const;

  void make_folder(const std::filesystem::path &folder);
  void remove_unused() noexcept;

  std::filesystem::path place_;
  std::vector<std::filesystem::path> made_folders_; // the outermost first
  std::string partial_;                             // empty once it is in place
  int descriptor_ = -1;
};

} // namespace unitls::tool
