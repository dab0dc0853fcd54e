#include "body_sink.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include "failure.hpp"

namespace unitls::tool {
namespace {

constexpr std::size_t buffer_size = 256 * 1024;
// Below this much room the buffer is written out: a record fits.
constexpr std::size_t least_room = 16 * 1024;

} // namespace

body_sink::body_sink(const std::optional<std::string> &path)
    : descriptor_(STDOUT_FILENO), buffer_(buffer_size) {
  if (!path) {
    return;
  }
  path_ = *path;
  partial_ = path_ + ".partial";
  descriptor_ = ::open(partial_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (descriptor_ < 0) {
    const int reason = errno;
    throw failure(exit_code::wrong_input, "cannot write \"" + partial_ + "\": " + std::strerror(reason));
  }
}

body_sink::~body_sink() {
  if (!partial_.empty() && descriptor_ >= 0) {
    ::close(descriptor_);
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
  if (closed != 0 || std::rename(partial_.c_str(), path_.c_str()) != 0) {
    const int reason = errno;
    ::unlink(partial_.c_str());
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
