#include "memory_limit.hpp"

#include <algorithm>
#include <string_view>

#include <sys/resource.h>

#include "child_process.hpp"
#include "refusal_line.hpp"

#ifndef UNITLS_SANITIZED
#include "allocation_faults.hpp"
#endif

namespace unitls::conformance {
namespace {

constexpr rlim_t mebibyte = rlim_t{1} << 20;
// The greatest case takes a tenth of it.
constexpr rlim_t memory_of_case = 1024 * mebibyte;

} // namespace

void limit_memory() noexcept {
#ifndef UNITLS_SANITIZED
  // What is written to, not what is addressed: runtimes reserve far more address space than they ever use.
  rlimit limit{};
  if (::getrlimit(RLIMIT_DATA, &limit) != 0) {
    return;
  }
  limit.rlim_cur = std::min(limit.rlim_max, memory_of_case);
  ::setrlimit(RLIMIT_DATA, &limit);
  tell_refused_allocation(result_descriptor);
#endif
}

std::optional<std::string> take_refusal(std::string &result) {
  const std::size_t end = result.find('\n');
  if (!result.starts_with(refusal_word) || end == std::string::npos) {
    return std::nullopt;
  }
  const std::string size = result.substr(refusal_word.size(), end - refusal_word.size());
  result.erase(0, end + 1);
  return "an allocation of " + size + " bytes was refused: the process of a case has " +
         std::to_string(memory_of_case / mebibyte) + " MiB";
}

} // namespace unitls::conformance
