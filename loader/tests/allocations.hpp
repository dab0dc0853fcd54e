// Counts the calls of malloc, calloc and realloc (and so of operator new) that this thread makes.
#pragma once

#include <cstddef>

namespace unitls::testing {

// 0 for ever in a build with a sanitizer, whose allocator is not to be replaced.
std::size_t allocation_count() noexcept;
bool counts_allocations() noexcept;

} // namespace unitls::testing
