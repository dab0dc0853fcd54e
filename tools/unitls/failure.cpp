#include "failure.hpp"

namespace unitls::tool {

exit_code exit_code_of(status status) noexcept {
  switch (status) {
  case status::ok:
    return exit_code::done;
  case status::invalid:
  case status::unsupported:
    return exit_code::wrong_input;
  case status::bad_plugin:
  case status::forbidden_by_policy:
    return exit_code::no_backend;
  case status::certificate_rejected:
    return exit_code::certificate_rejected;
  case status::out_of_memory:
  case status::wrong_state:
  case status::internal:
    return exit_code::internal;
  default:
    return exit_code::peer_failed;
  }
}

failure::failure(const error_info &info, const std::string &about)
    : code_(exit_code_of(info.status())), text_(about.empty() ? info.text() : about + ": " + info.text()) {}

} // namespace unitls::tool
