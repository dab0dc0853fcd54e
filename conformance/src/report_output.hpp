// Where a report goes: standard output, or a file.
#pragma once

#include <fstream>
#include <ostream>
#include <string>

namespace unitls::conformance {

class report_output {
public:
  // Opens the file now, so that a wrong name costs no run; an empty path is standard output. Throws std::runtime_error.
  explicit report_output(std::string path);

  std::ostream &stream() noexcept;
  bool is_coloured_terminal() const noexcept;

  // To be called when all is written. Throws std::runtime_error when it could not be.
  void finish();

private:
  std::string path_;
  std::ofstream file_;
};

} // namespace unitls::conformance
