// The same on several threads at once.
#pragma once

#include <cstddef>
#include <functional>

namespace unitls::conformance {

inline constexpr std::size_t thread_count = 8;

// Runs a body on each of so many threads, which begin together, with the thread's number, and waits for all. A case that
// ends in one thread ends there only.
void on_threads(std::size_t count, const std::function<void(std::size_t)> &body);

} // namespace unitls::conformance
