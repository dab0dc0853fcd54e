// Where a downloaded body goes: standard output, or a file that appears under its name only when it is complete.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace unitls::tool {

class body_sink {
public:
  // Unset: standard output. Throws failure with exit_code::wrong_input when the file cannot be made.
  explicit body_sink(const std::optional<std::string> &path);
  // Removes what is not complete.
  ~body_sink();
  body_sink(const body_sink &) = delete;
  body_sink &operator=(const body_sink &) = delete;

  // Room for the next bytes, never empty; then `commit` says how many came.
  std::span<std::byte> room();
  void commit(std::size_t size);
  // Writes out and gives the file its name.
  void finish();

  std::uint64_t size() const noexcept { return size_; }

private:
  void write_out();
  [[noreturn]] void refuse(const char *what) const;

  std::string path_;    // empty: standard output
  std::string partial_; // the file's name while it is not complete
  int descriptor_;
  std::vector<std::byte> buffer_;
  std::size_t used_ = 0;
  std::uint64_t size_ = 0;
};

} // namespace unitls::tool
