// A regular file behind one descriptor: what is checked is what is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include <sys/types.h>

namespace unitls::loader {

class regular_file {
public:
  // Never hangs on a FIFO or a device. Throws a refusal "PATH: ..." that says whether the file is missing, not
  // readable, a folder, or something else.
  explicit regular_file(const std::filesystem::path &path);
  ~regular_file();
  regular_file(const regular_file &) = delete;
  regular_file &operator=(const regular_file &) = delete;

  const std::filesystem::path &path() const noexcept { return path_; }
  std::uint64_t size() const noexcept { return size_; }
  mode_t mode() const noexcept { return mode_; }
  uid_t owner() const noexcept { return owner_; }
  dev_t device() const noexcept { return device_; }
  ino_t inode() const noexcept { return inode_; }

  // Fills the whole span from `offset`, or says that the file ends before. Reading, and not mapping: a file that
  // shrinks under a mapping ends the process with SIGBUS.
  bool read(std::uint64_t offset, std::span<std::byte> into) const;

  // The whole file. Throws a refusal when it has more than `limit` bytes.
  std::string read_all(std::size_t limit) const;

private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  mode_t mode_ = 0;
  uid_t owner_ = 0;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

} // namespace unitls::loader
