#include "on_threads.hpp"

#include <latch>
#include <thread>
#include <vector>

#include "case.hpp"

namespace unitls::conformance {

void on_threads(std::size_t count, const std::function<void(std::size_t)> &body) {
  std::latch start(static_cast<std::ptrdiff_t>(count));
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      run_body([&] { body(i); });
    });
  }
}

} // namespace unitls::conformance
