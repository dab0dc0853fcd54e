#include "pki.hpp"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "failure.hpp"
#include "process/child.hpp"

namespace unitls::tool {
namespace {

namespace fs = std::filesystem;

// Generating keys takes its time on a small machine.
constexpr std::chrono::minutes patience(2);

void run(std::vector<std::string> arguments) {
  const std::string path = process::program_beside("unitls-pki");
  arguments.insert(arguments.begin(), path);
  // Its list of files is not ours to print.
  const process::child_end end = process::run({.command = std::move(arguments), .limit = patience});
  if (!end.is_good()) {
    throw failure(exit_code::internal, path + " could not make certificates: it " + end.text());
  }
}

fs::path make_folder() {
  std::string name = (fs::temp_directory_path() / "unitls-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw failure(exit_code::internal,
                  "cannot make a folder for certificates: " + std::string(std::strerror(errno)));
  }
  return name;
}

} // namespace

throw_away_pki::throw_away_pki(const std::vector<std::string> &names) : folder_(make_folder()) {
  try {
    run({"authority", "--out", folder_, "--name", "unitls throw-away authority"});
    std::vector<std::string> leaf{"leaf", "--authority", folder_, "--out", folder_, "--server"};
    for (const std::string &name : names) {
      leaf.insert(leaf.end(), {"--name", name});
    }
    run(leaf);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    throw;
  }
}

throw_away_pki::~throw_away_pki() {
  std::error_code ignored; // nothing depends on it any more
  fs::remove_all(folder_, ignored);
}

} // namespace unitls::tool
