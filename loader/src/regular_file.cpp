#include "regular_file.hpp"

#include <cerrno>
#include <limits>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "refusal.hpp"

namespace unitls::loader {
namespace {

[[noreturn]] void fail(const std::filesystem::path &path, const std::string &what) {
  throw refusal(printable(path.native()) + ": " + what, UNITLS_E_INVALID);
}

std::string opening_failed(int code) {
  switch (code) {
  case ENOENT:
    return "there is no such file";
  case ENOTDIR:
    return "there is no such file: a part of the path is not a folder";
  case EACCES:
    return "no permission to read it";
  case ELOOP:
    return "too many symbolic links";
  default:
    return "cannot be opened: " + std::generic_category().message(code);
  }
}

} // namespace

regular_file::regular_file(const std::filesystem::path &path) : path_(path) {
  struct stat facts {};
  if (path.empty()) {
    throw refusal("the path of a file is empty", UNITLS_E_INVALID);
  }
  if (path.native().find('\0') != std::string::npos) {
    fail(path, "a path cannot hold a zero byte");
  }
  // Looked at before opening as well: some devices act on being opened.
  if (::stat(path.c_str(), &facts) == 0 && !S_ISREG(facts.st_mode)) {
    fail(path, S_ISDIR(facts.st_mode) ? "is a folder, not a file" : "is not a regular file");
  }
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (descriptor_ < 0) {
    fail(path, opening_failed(errno));
  }
  const bool known = ::fstat(descriptor_, &facts) == 0;
  if (!known || !S_ISREG(facts.st_mode)) {
    ::close(descriptor_); // the destructor does not run when the constructor throws
    fail(path, "is not a regular file");
  }
  size_ = static_cast<std::uint64_t>(facts.st_size);
  mode_ = facts.st_mode;
  owner_ = facts.st_uid;
  device_ = facts.st_dev;
  inode_ = facts.st_ino;
}

regular_file::~regular_file() {
  ::close(descriptor_);
}

bool regular_file::read(std::uint64_t offset, std::span<std::byte> into) const {
  constexpr auto furthest = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());
  if (offset > furthest || into.size() > furthest - offset) {
    return false;
  }
  while (!into.empty()) {
    const ssize_t got = ::pread(descriptor_, into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      fail(path_, "cannot be read: " + std::generic_category().message(errno));
    }
    if (got == 0) {
      return false;
    }
    into = into.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return true;
}

std::string regular_file::read_all(std::size_t limit) const {
  if (size_ > limit) {
    fail(path_,
         "is too large: " + std::to_string(size_) + " bytes, and " + std::to_string(limit) + " are the most");
  }
  std::string content(static_cast<std::size_t>(size_), '\0');
  if (!read(0, std::as_writable_bytes(std::span(content)))) {
    fail(path_, "became shorter while it was read");
  }
  return content;
}

} // namespace unitls::loader
