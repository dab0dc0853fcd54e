// How much the process of a case may write to standard output and error, which its parent keeps in memory.
#pragma once

#include <cstdint>
#include <string>

namespace unitls::conformance {

// Of any file: more than a library that a case copies, and little enough for each of a runner's jobs.
inline constexpr std::uint64_t output_of_case = std::uint64_t{256} << 20U;

// In a child: from now on a file ends there, and whoever writes beyond is killed by SIGXFSZ.
void limit_output() noexcept;

// In the parent: whether a child ended so.
bool has_written_too_much(int wait_status) noexcept;

// In the parent: how a child ended, as describe_end says, and that it wrote too much.
std::string describe_limited_end(int wait_status);

} // namespace unitls::conformance
