#include "output_limit.hpp"

#include <algorithm>
#include <csignal>

#include <sys/resource.h>
#include <sys/wait.h>

#include "child_process.hpp"

namespace unitls::conformance {

void limit_output() noexcept {
  std::signal(SIGXFSZ, SIG_DFL); // whoever started the runner may ignore it, and that is inherited
  rlimit limit{};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0) {
    return;
  }
  limit.rlim_cur = std::min(limit.rlim_max, rlim_t{output_of_case});
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

bool has_written_too_much(int wait_status) noexcept {
  return WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGXFSZ;
}

std::string describe_limited_end(int wait_status) {
  std::string text = describe_end(wait_status);
  if (has_written_too_much(wait_status)) {
    text += ": it wrote more than " + std::to_string(output_of_case >> 20U) +
            " MiB to standard output or error, or into a file";
  }
  return text;
}

} // namespace unitls::conformance
