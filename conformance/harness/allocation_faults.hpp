// Allocations of this process that fail on demand. They take the C library's place for everything in the process, the
// plugin and its TLS library included. A build with sanitizers, which do the same, has neither this nor its cases.
#pragma once

#include <cstddef>

namespace unitls::conformance {

// Makes one allocation of this thread fail: the one after `allowed` others.
class allocation_fault {
public:
  explicit allocation_fault(std::size_t allowed) noexcept;
  ~allocation_fault();
  allocation_fault(const allocation_fault &) = delete;
  allocation_fault &operator=(const allocation_fault &) = delete;

  // Whether it came to it.
  bool happened() const noexcept;
};

// Blocks of memory that this thread has taken and not given back, counted since the process began.
long live_allocations() noexcept;
// And their size, with what the allocator rounds up.
long live_bytes() noexcept;

// Writes a line (refusal_line.hpp) to this descriptor when the system refuses memory for the first time.
void tell_refused_allocation(int descriptor) noexcept;

} // namespace unitls::conformance
