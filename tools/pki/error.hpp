#pragma once

#include <stdexcept>
#include <string>

namespace unitls::pki {

enum class ExitCode : int {
  done = 0,
  wrong_input = 2,
  internal = 5,
};

/// Ends the program with one sentence and an exit code.
class Failure : public std::runtime_error {
public:
  Failure(ExitCode code, const std::string &sentence) : std::runtime_error(sentence), code_(code) {}
  [[nodiscard]] ExitCode code() const noexcept { return code_; }

private:
  ExitCode code_;
};

/// The arguments, the description or a file are wrong; `where` names the option, or the file and JSON path.
[[noreturn]] inline void throw_wrong_input(const std::string &where, const std::string &reason) {
  throw Failure(ExitCode::wrong_input, where + ": " + reason);
}

} // namespace unitls::pki
