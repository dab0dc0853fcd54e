#include "memory_limit.hpp"

#include <algorithm>

#include <sys/resource.h>

#include "child_process.hpp"

#ifndef UNITLS_SANITIZED
#include "allocation_faults.hpp"
#endif

namespace unitls::conformance {

void limit_memory() noexcept {
#ifndef UNITLS_SANITIZED
  // What is written to, not what is addressed: runtimes reserve far more address space than they ever use.
  rlimit limit{};
  if (::getrlimit(RLIMIT_DATA, &limit) != 0) {
    return;
  }
  limit.rlim_cur = std::min(limit.rlim_max, rlim_t{memory_of_case});
  ::setrlimit(RLIMIT_DATA, &limit);
  tell_refused_allocation(result_descriptor);
#endif
}

} // namespace unitls::conformance
