// Other programs, run to their end within a time: what a plugin does there cannot harm this one.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace unitls::tool {

struct child_end {
  std::string output; // what it wrote to standard output
  std::string errors; // the first of what it wrote to standard error, if that was kept
  int wait_status = 0;
  bool timed_out = false; // then it was killed
  std::chrono::seconds limit{};

  // Whether it ended by itself, with 0.
  bool is_good() const noexcept;
  // "was killed by SIGSEGV (Segmentation fault)", "ended with exit status 3", "was still busy after 10 s"
  std::string text() const;
};

enum class standard_error { shared, kept };

// Runs `words`, of which the first is a path, without standard input. Throws failure.
child_end run_child(std::vector<std::string> words, std::chrono::seconds limit,
                    standard_error errors = standard_error::shared);

// The program that is running.
std::filesystem::path own_program();

// Another one of ours. Only beside the running one: what stands somewhere else on the search path is not ours.
std::filesystem::path program_beside(const char *name);

} // namespace unitls::tool
