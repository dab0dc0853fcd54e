#include "body_sink.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.hpp"

namespace unitls::tool {
namespace {

constexpr std::size_t buffer_size = 256 * 1024;
// Below this much room the buffer is written out: a record fits.
constexpr std::size_t least_room = 16 * 1024;

// A device, a pipe or a folder: nothing to be replaced by a file.
bool is_no_file(const std::string &path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && !S_ISREG(facts.st_mode);
}

int open_or_refuse(const std::string &path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    const int reason = errno;
    throw failure(exit_code::wrong_input, "cannot write \"" + path + "\": " + std::strerror(reason));
  }
  return descriptor;
}

} // namespace

body_sink::body_sink(const std::optional<std::string> &path)
    : descriptor_(STDOUT_FILENO), buffer_(buffer_size) {
  if (!path) {
    return;
  }
  path_ = *path;
  if (is_no_file(path_)) {
    descriptor_ = open_or_refuse(path_, O_WRONLY);
    return;
  }
  partial_ = path_ + ".partial";
  descriptor_ = open_or_refuse(partial_, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
}

body_sink::~body_sink() {
  if (path_.empty() || descriptor_ < 0) {
    return;
  }
  ::close(descriptor_);
  if (!partial_.empty()) {
    ::unlink(partial_.c_str());
  }
}

std::span<std::byte> body_sink::room() {
  if (buffer_.size() - used_ < least_room) {
    write_out();
  }
  return std::span(buffer_).subspan(used_);
}

void body_sink::commit(std::size_t size) {
  used_ += size;
  size_ += size;
}

void body_sink::write_out() {
  std::size_t written = 0;
  while (written < used_) {
    const ssize_t done = ::write(descriptor_, buffer_.data() + written, used_ - written);
    if (done < 0 && errno != EINTR) {
      refuse("cannot write");
    }
    written += done > 0 ? static_cast<std::size_t>(done) : 0;
  }
  used_ = 0;
}

void body_sink::finish() {
  write_out();
  if (path_.empty()) {
    return;
  }
  const int closed = ::close(descriptor_);
  descriptor_ = -1;
  if (closed != 0 || (!partial_.empty() && std::rename(partial_.c_str(), path_.c_str()) != 0)) {
    const int reason = errno;
    if (!partial_.empty()) {
      ::unlink(partial_.c_str());
    }
    errno = reason;
    refuse("cannot complete");
  }
}

void body_sink::refuse(const char *what) const {
  const int reason = errno;
  throw failure(exit_code::wrong_input, std::string(what) + " " +
                                            (path_.empty() ? "standard output" : "\"" + path_ + "\"") + ": " +
                                            std::strerror(reason));
}

} // namespace unitls::tool
