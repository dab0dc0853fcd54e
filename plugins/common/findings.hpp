// Where the checks of a configuration say what they found.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include <unitls/plugin/error.hpp>

namespace unitls::plugin {

// A finding is thrown when a context is made, and handed to the caller's sink when a configuration is checked.
class findings {
public:
  using handler = std::function<void(const unitls_error &)>;

  explicit findings(handler handle) noexcept : handle_(std::move(handle)) {}

  void invalid(const std::string &field, const std::string &message) const {
    handle_(make_error(UNITLS_E_INVALID, field, "%s", message.c_str()));
  }
  void unsupported(const std::string &field, const std::string &message) const {
    handle_(make_error(UNITLS_E_UNSUPPORTED, field, "%s", message.c_str()));
  }

private:
  handler handle_;
};

// For requests of which the first fault ends the call.
const findings &thrown_findings();

} // namespace unitls::plugin
