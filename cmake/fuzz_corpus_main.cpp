// Gives a fuzz target its committed inputs once, in builds without a fuzzer: `NAME [FILE...]`.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "fuzz.hpp"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> corpus() {
  std::vector<fs::path> files;
  for (const fs::directory_entry &entry : fs::directory_iterator(UNITLS_FUZZ_CORPUS)) {
    files.push_back(entry.path());
  }
  if (files.empty()) {
    throw std::runtime_error(UNITLS_FUZZ_CORPUS " has no inputs");
  }
  return files;
}

// Exactly as large as the file, so that AddressSanitizer sees every read behind it.
std::vector<std::uint8_t> read_file(const fs::path &path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<std::uint8_t> content{std::istreambuf_iterator<char>(file), {}};
  if (!file) {
    throw std::runtime_error(path.string() + " cannot be read");
  }
  content.shrink_to_fit();
  return content;
}

void run(const std::vector<fs::path> &files) {
  for (const fs::path &path : files) {
    std::printf("%s\n", path.c_str());
    std::fflush(stdout); // a crash must not take the name along
    const std::vector<std::uint8_t> content = read_file(path);
    LLVMFuzzerTestOneInput(content.data(), content.size());
  }
}

} // namespace

int main(int count, char **arguments) {
  try {
    run(count > 1 ? std::vector<fs::path>(arguments + 1, arguments + count) : corpus());
    return 0;
  } catch (const std::exception &fault) {
    std::fprintf(stderr, "%s\n", fault.what());
    return 1;
  }
}
