#include "pki.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failure.hpp"

namespace unitls::tool {
namespace {

namespace fs = std::filesystem;

// Only beside the running program: what stands somewhere else on the search path is not ours.
fs::path program() {
  return fs::read_symlink("/proc/self/exe").parent_path() / "unitls-pki";
}

void run(std::vector<std::string> arguments) {
  const std::string path = program();
  arguments.insert(arguments.begin(), path);
  std::vector<char *> pointers;
  for (std::string &argument : arguments) {
    pointers.push_back(argument.data());
  }
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t quiet; // its list of files is not ours to print
  if (posix_spawn_file_actions_init(&quiet) != 0) {
    throw std::bad_alloc();
  }
  int refused = posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  if (refused == 0) {
    refused = posix_spawn(&child, path.c_str(), &quiet, nullptr, pointers.data(), environ);
  }
  posix_spawn_file_actions_destroy(&quiet);
  if (refused != 0) {
    throw failure(exit_code::internal, "cannot run " + path + ": " + std::strerror(refused));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw failure(exit_code::internal, path + " could not make certificates");
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
