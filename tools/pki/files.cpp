#include "files.hpp"

#include "error.hpp"

#include <cerrno>
#include <cstring>
#include <span>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace unitls::pki {
namespace {

namespace fs = std::filesystem;

class FileDescriptor {
public:
  explicit FileDescriptor(int fd) noexcept : fd_(fd) {}
  FileDescriptor(const FileDescriptor &) = delete;
  FileDescriptor &operator=(const FileDescriptor &) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }

  [[nodiscard]] int get() const noexcept { return fd_; }
  /// Closes now; answers false if the system reports a late write error.
  [[nodiscard]] bool close() noexcept { return ::close(std::exchange(fd_, -1)) == 0; }

private:
  int fd_;
};

[[noreturn]] void throw_system_failure(const fs::path &path, const char *what) {
  const int error = errno;
  throw_wrong_input(path.string(), std::string(what) + ": " + std::strerror(error));
}

std::span<const char> content_of(const OutputFile &file) {
  char *data = nullptr;
  const long size = BIO_get_mem_data(file.content.get(), &data);
  return {data, size > 0 ? static_cast<std::size_t>(size) : 0};
}

bool write_all(int fd, std::span<const char> content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return false;
    }
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

/// O_EXCL also refuses a symbolic link, so a key never lands where somebody else pointed.
void create(const fs::path &path, const OutputFile &file) {
  const mode_t mode = file.kind == FileKind::private_key ? 0600 : 0644;
  FileDescriptor output(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (output.get() < 0) {
    throw_system_failure(path, "cannot be created");
  }
  if (!write_all(output.get(), content_of(file)) || !output.close()) {
    const int error = errno;
    ::unlink(path.c_str());
    errno = error;
    throw_system_failure(path, "cannot be written");
  }
}

bool is_present(const fs::path &path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

void remove_old(const fs::path &path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    throw_system_failure(path, "cannot be replaced");
  }
}

void ensure_directory(const fs::path &directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    throw_wrong_input(directory.string(), "the directory cannot be made: " + error.message());
  }
}

} // namespace

std::string_view name_of(FileKind kind) {
  switch (kind) {
  case FileKind::certificate:
    return "certificate";
  case FileKind::private_key:
    return "private_key";
  case FileKind::crl:
    return "crl";
  case FileKind::chain:
    return "chain";
  }
  return "";
}

void OutputFiles::add(OutputFile file, const std::string &where) {
  if (!names_.insert(file.name).second) {
    throw_wrong_input(where, "another entry already makes the file " + file.name + "; choose another id");
  }
  files_.push_back(std::move(file));
}

void OutputFiles::write(const fs::path &directory, bool force) const {
  ensure_directory(directory);
  if (!force) {
    for (const OutputFile &file : files_) {
      if (is_present(directory / file.name)) {
        throw_wrong_input((directory / file.name).string(),
                          "is there already; choose another directory or replace it with --force");
      }
    }
  }
  for (const OutputFile &file : files_) {
    const fs::path path = directory / file.name;
    if (force) {
      remove_old(path);
    }
    create(path, file);
  }
}

} // namespace unitls::pki
