#include "process_state.hpp"

#include <algorithm>
#include <array>
#include <cfenv>
#include <cfloat>
#include <clocale>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <vector>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef UNITLS_SANITIZED
// Of the sanitizers' runtime; not every compiler comes with a header that declares it.
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c)
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#else
#include "allocation_faults.hpp"
#endif

extern char **environ; // POSIX names it, no header declares it everywhere

namespace unitls::conformance {
namespace {

std::size_t entries_of(const char *folder) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()));
}

void add_signals(process_settings &all) {
  sigset_t blocked;
  ::sigprocmask(SIG_SETMASK, nullptr, &blocked);
  for (int number = 1; number <= SIGRTMAX; ++number) {
    struct sigaction action {};
    if (::sigaction(number, nullptr, &action) != 0) {
      continue; // the C library's own
    }
    std::array<unsigned char, sizeof action.sa_sigaction> handler{};
    std::memcpy(handler.data(), &action.sa_sigaction, handler.size());
    std::string text =
        std::to_string(action.sa_flags) + (::sigismember(&blocked, number) != 0 ? " blocked" : "");
    for (const unsigned char each : handler) {
      text += " " + std::to_string(each);
    }
    all["disposition of signal " + std::to_string(number)] = text;
  }
}

void add_environment(process_settings &all) {
  std::vector<std::string> variables;
  for (char **each = environ; each != nullptr && *each != nullptr; ++each) {
    variables.emplace_back(*each);
  }
  std::sort(variables.begin(), variables.end());
  std::string &text = all["environment"];
  for (const std::string &each : variables) {
    text += each + "\n";
  }
}

void add_limits(process_settings &all) {
  for (const auto &[resource, name] : {std::pair{RLIMIT_CORE, "core size"},
                                       {RLIMIT_FSIZE, "file size"},
                                       {RLIMIT_NOFILE, "descriptors"},
                                       {RLIMIT_STACK, "stack"},
                                       {RLIMIT_AS, "address space"},
                                       {RLIMIT_MEMLOCK, "locked memory"}}) {
    rlimit limit{};
    ::getrlimit(resource, &limit);
    all[std::string("limit of ") + name] =
        std::to_string(limit.rlim_cur) + " of " + std::to_string(limit.rlim_max);
  }
}

void add_arithmetic(process_settings &all) {
  all["rounding of floating point"] = std::to_string(std::fegetround());
  all["traps of floating point"] = std::to_string(::fegetexcept());
  volatile double smallest = DBL_MIN;
  smallest = smallest / 2;
  all["denormal numbers"] = smallest == 0 ? "flushed" : "kept";
}

mode_t file_mask() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return mask;
}

} // namespace

process_resources resources_now() {
  process_resources now;
#ifdef UNITLS_SANITIZED
  now.memory_bytes = static_cast<long>(__sanitizer_get_current_allocated_bytes());
#else
  now.memory_blocks = live_allocations();
  now.memory_bytes = live_bytes();
#endif
  now.descriptors = entries_of("/proc/self/fd");
  now.threads = entries_of("/proc/self/task");
  return now;
}

process_settings settings_now() {
  process_settings all;
  add_signals(all);
  add_environment(all);
  add_limits(all);
  add_arithmetic(all);
  all["working directory"] = std::filesystem::current_path().string();
  all["umask"] = std::to_string(file_mask());
  all["locale"] = std::setlocale(LC_ALL, nullptr);
  all["dumpable"] = std::to_string(::prctl(PR_GET_DUMPABLE));
  all["process group"] = std::to_string(::getpgrp());
  return all;
}

const process_settings &settings_before_plugins() {
  static const process_settings noted = settings_now();
  return noted;
}

const process_settings &settings_with_plugin() {
  static const process_settings noted = settings_now();
  return noted;
}

} // namespace unitls::conformance
