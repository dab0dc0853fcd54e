// How much memory the process of a case may take.
#pragma once

#include <cstdint>

namespace unitls::conformance {

// A GiB; the greatest case takes a tenth of it.
inline constexpr std::uint64_t memory_of_case = std::uint64_t{1} << 30U;

// In a child: from now on memory ends, and the first allocation that is refused for that is told on result_descriptor
// (memory_refusal.hpp). A build with sanitizers, which take far more, has no limit.
void limit_memory() noexcept;

} // namespace unitls::conformance
