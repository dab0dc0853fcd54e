// What a command ends with when it did not succeed: a sentence and an exit code.
#pragma once

#include <exception>
#include <string>

#include <unitls/error.hpp>

namespace unitls::tool {

enum class exit_code {
  done = 0,
  peer_failed = 1,          // the peer, the network or the transfer
  wrong_input = 2,          // what the caller gave
  no_backend = 3,           // or a policy forbids it
  certificate_rejected = 4, // by us
  internal = 5,
};

// The code that belongs to an error of the API.
exit_code exit_code_of(status status) noexcept;

class failure : public std::exception {
public:
  failure(exit_code code, std::string text) : code_(code), text_(std::move(text)) {}
  // An error of the API; `about` says what it belongs to, and may be empty.
  explicit failure(const error_info &info, const std::string &about = {});

  exit_code code() const noexcept { return code_; }
  const char *what() const noexcept override { return text_.c_str(); }

private:
  exit_code code_;
  std::string text_;
};

} // namespace unitls::tool
