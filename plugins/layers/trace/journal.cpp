#include "journal.hpp"

#include <cerrno>
#include <new>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include <unitls/plugin/error.hpp>

namespace unitls::trace {
namespace {

line_format format_of(const plugin::layer_options &options) {
  const std::string_view name = options.text("format").value_or("text");
  if (name != "text" && name != "json") {
    options.refuse("format", "must be text or json, not \"" + std::string(name) + "\"");
  }
  return name == "json" ? line_format::json : line_format::text;
}

// Names of hosts and certificates stand in it: only its owner reads it, and no link leads it elsewhere.
int open_file(const plugin::layer_options &options) {
  const std::optional<std::string_view> path = options.text("to");
  if (!path || *path == "log") {
    return -1;
  }
  if (!path->starts_with('/')) {
    options.refuse("to", "must be log or an absolute path, not \"" + std::string(*path) + "\"");
  }
  const int file =
      ::open(std::string(*path).c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) {
    options.refuse("to", std::string(*path) + " cannot be opened: " + std::generic_category().message(errno));
  }
  return file;
}

} // namespace

journal::journal(const unitls_host &host, const plugin::layer_options &options)
    : host_(host), format_(format_of(options)), file_(open_file(options)) {}

void journal::write(std::string text) const noexcept {
  const int saved_errno = errno;
  if (file_ < 0) {
    host_.log(host_.user, UNITLS_LOG_DEBUG, text.c_str());
  } else {
    try {
      text += '\n';
      // O_APPEND and a single call: the line stays whole.
      [[maybe_unused]] const ssize_t written = ::write(file_, text.data(), text.size());
    } catch (const std::bad_alloc &) {
    }
  }
  errno = saved_errno;
}

} // namespace unitls::trace
