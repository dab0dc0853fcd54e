#include "installed_file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.hpp"

namespace unitls::tool {
namespace {

namespace fs = std::filesystem;

constexpr mode_t folder_mode = 0755;

[[noreturn]] void refuse_path(const fs::path &path, int reason) {
  throw failure(exit_code::wrong_input, "cannot write " + path.native() + ": " + std::strerror(reason) +
                                            (reason == EACCES || reason == EPERM ? "; it takes root" : ""));
}

} // namespace

installed_file::installed_file(fs::path place, mode_t mode) : place_(std::move(place)) {
  try {
    make_folder(place_.parent_path());
    // Canonical, as it is in messages about it.
    std::string hidden = fs::canonical(place_.parent_path()) / ("." + place_.filename().native() + ".XXXXXX");
    descriptor_ = ::mkostemp(hidden.data(), O_CLOEXEC);
    if (descriptor_ < 0) {
      refuse(errno);
    }
    partial_ = std::move(hidden);
    if (::fchmod(descriptor_, mode) != 0) {
      refuse(errno);
    }
  } catch (...) { // the destructor does not run when the constructor throws
    remove_unused();
    throw;
  }
}

installed_file::~installed_file() {
  remove_unused();
}

// Whatever the umask says: every program of the machine has to read what lies there.
void installed_file::make_folder(const fs::path &folder) {
  if (fs::is_directory(folder)) {
    return;
  }
  if (folder.has_relative_path()) {
    make_folder(folder.parent_path());
  }
  if (::mkdir(folder.c_str(), folder_mode) != 0) {
    refuse_path(folder, errno);
  }
  made_folders_.push_back(folder);
  if (::chmod(folder.c_str(), folder_mode) != 0) {
    refuse_path(folder, errno);
  }
}

void installed_file::remove_unused() noexcept {
  if (descriptor_ >= 0) {
    ::close(std::exchange(descriptor_, -1));
  }
  if (!partial_.empty()) {
    ::unlink(partial_.c_str());
  }
  while (!made_folders_.empty()) {
    ::rmdir(made_folders_.back().c_str()); // not when somebody has put something into it
    made_folders_.pop_back();
  }
}

void installed_file::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = ::write(descriptor_, text.data(), text.size());
    if (done < 0 && errno != EINTR) {
      refuse(errno);
    }
    text.remove_prefix(done > 0 ? static_cast<std::size_t>(done) : 0);
  }
}

void installed_file::copy_from(const fs::path &source) {
  std::ifstream from(source, std::ios::binary);
  std::array<char, std::size_t{64} * 1024> part{};
  while (from.read(part.data(), part.size()) || from.gcount() > 0) {
    write({part.data(), static_cast<std::size_t>(from.gcount())});
  }
  if (!from.eof()) {
    throw failure(exit_code::wrong_input, source.native() + ": cannot be read");
  }
}

void installed_file::put_into_place() {
  // Its content first: a name without it must not outlive a power cut.
  if (::fsync(descriptor_) != 0 || std::rename(partial_.c_str(), place_.c_str()) != 0) {
    refuse(errno);
  }
  partial_.clear();
  made_folders_.clear();
}

void installed_file::refuse(int reason) const {
  refuse_path(place_, reason);
}

} // namespace unitls::tool
