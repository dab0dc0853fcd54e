// Children that a case forks from its own process, after the plugin was loaded and used in it.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <sys/types.h>

namespace unitls::conformance {

// A body that runs in a forked child. Its expectations count as the case's own. The child never outlives this object.
class forked_child {
public:
  using bytes = std::vector<std::uint8_t>;

  // Throws std::system_error when there can be no child.
  explicit forked_child(const std::function<bytes()> &body);
  ~forked_child();
  forked_child(const forked_child &) = delete;
  forked_child &operator=(const forked_child &) = delete;

  // What the body returned. A child that dies, hangs or does not get to its end is a failure of U-20, and the case ends.
  bytes result();

private:
  void end() noexcept;

  pid_t process_ = -1;
  int from_ = -1;
};

} // namespace unitls::conformance
