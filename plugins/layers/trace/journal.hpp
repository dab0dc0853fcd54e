// Where the lines of a trace go: the host's log, or a file.
#pragma once

#include <string>

#include <unitls/backend.h>
#include <unitls/plugin/layer_options.hpp>

#include "line.hpp"

namespace unitls::trace {

class journal {
public:
  // Of the options "format" and "to". Throws an error for a file that cannot be opened.
  journal(const unitls_host &host, const plugin::layer_options &options);

  line_format format() const noexcept { return format_; }

  // [thread-safe] Lines of several threads do not mix. One that cannot be written is lost: a trace changes nothing.
  void write(std::string text) const noexcept;

private:
  const unitls_host &host_;
  line_format format_ = line_format::text;
  int file_ = -1; // never closed, as the table is in use for ever
};

} // namespace unitls::trace
