// One request and its answer by HTTP/1.1 (RFC 9112) over a stream. The body is never held in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <unitls/stream.hpp>

#include "body_sink.hpp"

namespace unitls::tool {

struct http_answer {
  unsigned status = 0;
  std::string reason;
  std::string location; // of a redirection
};

class http_client {
public:
  using progress = std::function<void(std::uint64_t done, std::optional<std::uint64_t> total)>;

  // `patience` bounds the time without progress; `about` begins each sentence of a failure.
  http_client(stream &connection, std::chrono::nanoseconds patience, std::string about)
      : connection_(connection), patience_(patience), about_(std::move(about)) {}

  // Sends GET and reads the answer. A body of a success goes to `sink`; any other is not read. Throws failure when
  // the answer is not complete by its own framing (length, last chunk, or close_notify).
  http_answer get(const std::string &host, const std::string &target, body_sink &sink, const progress &show);

private:
  stream &connection_;
  std::chrono::nanoseconds patience_;
  std::string about_;
};

} // namespace unitls::tool
