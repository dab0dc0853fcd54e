// Other programs, run to their end within a time: what a plugin does there cannot harm this one.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <unistd.h>

namespace unitls::process {

struct request {
  std::vector<std::string> command; // the first word is a path
  std::chrono::milliseconds limit{};
  int result_descriptor = STDOUT_FILENO; // on which the child hands back its result
  std::vector<int> kept{};               // descriptors whose beginning is kept, together; others are shared
  bool with_descendants = false;         // a process group of its own: what it started ends with it
  int interruption = -1;                 // readable when the child is to be ended early; -1: never
};

struct child_end {
  int wait_status = 0; // as waitpid gives it
  bool timed_out = false;
  bool interrupted = false;
  std::string result; // what came on the result descriptor, its first 16 MiB
  std::string output; // what was kept, its first 8 KiB
  std::chrono::milliseconds limit{};

  // Whether it ended by itself, with 0.
  bool is_good() const noexcept;
  // As describe_end says, or "was still busy after 10 s".
  std::string text() const;
};

// Runs a program without standard input and waits for its end, whatever it does with its descriptors; one that is timed
// out or interrupted is killed. Throws std::system_error when no child can be made. [thread-safe]
child_end run(const request &asked);

// "was killed by SIGSEGV (Segmentation fault)" or "ended with exit status 3", of what waitpid gave.
std::string describe_end(int wait_status);

// The program that is running.
std::filesystem::path own_program();

// Another one of ours. Only beside the running one: what stands somewhere else on the search path is not ours.
std::filesystem::path program_beside(const char *name);

} // namespace unitls::process
