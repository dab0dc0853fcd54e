#include "certificates.hpp"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <system_error>
#include <vector>

#include <sys/wait.h>

#include "child_process.hpp"
#include "extra_certificates.hpp"
#include "verdict.hpp"

namespace unitls::conformance {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds patience{60};

fs::path &folder_in_use() {
  static fs::path folder;
  return folder;
}

void run_pki(const std::vector<std::string> &arguments) {
  const std::string program = fs::path(own_program()).parent_path() / "unitls-pki";
  std::vector<std::string> command{program};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const child_result end = run_child(command, patience);
  if (end.timed_out || !WIFEXITED(end.wait_status) || WEXITSTATUS(end.wait_status) != 0) {
    throw std::runtime_error(program + " made no certificates: it " + describe_end(end.wait_status) +
                             (end.output.empty() ? "" : ": " + printable(end.output)));
  }
}

void make_certificates(const fs::path &folder) {
  run_pki({"standard", "--out", folder});
  const fs::path description = folder / "extra.json";
  std::ofstream output(description);
  if (!(output << extra_certificates(folder)).flush()) {
    throw std::runtime_error(description.string() + " cannot be written");
  }
  run_pki({"make", description, "--out", folder});
}

// A new folder of which nobody knows yet, below `parent`.
fs::path make_filled_folder(const fs::path &parent) {
  std::string name = parent / "unitls-conformance-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(),
                            "no folder for certificates can be made in " + parent.string());
  }
  try {
    make_certificates(name);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(name, ignored);
    throw;
  }
  return name;
}

} // namespace

certificate_folder::certificate_folder(const std::string &kept) : is_kept_(!kept.empty()) {
  if (!is_kept_) {
    path_ = make_filled_folder(fs::temp_directory_path());
    return;
  }
  path_ = fs::absolute(kept);
  if (!fs::exists(path_)) { // whole or not at all
    fs::rename(make_filled_folder(path_.parent_path()), path_);
  }
}

certificate_folder::~certificate_folder() {
  if (!is_kept_) {
    std::error_code ignored; // nothing depends on it any more
    fs::remove_all(path_, ignored);
  }
}

void use_certificates(const std::string &folder) {
  folder_in_use() = folder;
}

const std::string &certificate_text(const std::string &file) {
  static std::map<std::string, std::string> texts;
  auto [place, is_new] = texts.try_emplace(file);
  if (is_new) {
    std::ifstream input(folder_in_use() / file, std::ios::binary);
    place->second.assign(std::istreambuf_iterator<char>(input), {});
    if (!input || place->second.empty()) {
      texts.erase(place);
      throw std::runtime_error("unitls-pki made no " + file);
    }
  }
  return place->second;
}

} // namespace unitls::conformance
