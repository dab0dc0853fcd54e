#include "regular_file.hpp"

#include <array>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "refusal.hpp"
#include "scratch_folder.hpp"

using unitls::loader::refusal;
using unitls::loader::regular_file;
using unitls::testing::scratch_folder;

namespace {

std::string complaint_about(const std::filesystem::path &path) {
  try {
    const regular_file opened(path);
  } catch (const refusal &reason) {
    return reason.what();
  }
  return "";
}

} // namespace

TEST_CASE("a file is read as it is") {
  const scratch_folder folder;
  const regular_file file(folder.write("data", "0123456789"));
  CHECK(file.size() == 10);
  CHECK(file.read_all(10) == "0123456789");
  std::array<char, 3> part{};
  CHECK(file.read(4, std::as_writable_bytes(std::span(part))));
  CHECK(std::string(part.data(), part.size()) == "456");
  CHECK_FALSE(file.read(8, std::as_writable_bytes(std::span(part))));
  CHECK_FALSE(file.read(UINT64_MAX - 1, std::as_writable_bytes(std::span(part))));
}

TEST_CASE("every reason why a file cannot be read has its own sentence") {
  const scratch_folder folder;
  const auto &path = folder.path();
  CHECK(complaint_about(path / "missing") == (path / "missing").string() + ": there is no such file");
  CHECK(complaint_about(path) == path.string() + ": is a folder, not a file");
  const std::string file = folder.write("file", "x");
  CHECK(complaint_about(file + "/below") ==
        file + "/below: there is no such file: a part of the path is not a folder");

  std::filesystem::create_symlink("loop", path / "loop");
  CHECK(complaint_about(path / "loop") == (path / "loop").string() + ": too many symbolic links");

  REQUIRE(mkfifo((path / "fifo").c_str(), 0600) == 0);
  CHECK(complaint_about(path / "fifo") == (path / "fifo").string() + ": is not a regular file");
  CHECK(complaint_about("/dev/zero") == "/dev/zero: is not a regular file");

  if (geteuid() != 0) { // root may read everything
    REQUIRE(chmod(file.c_str(), 0) == 0);
    CHECK(complaint_about(file) == file + ": no permission to read it");
  }
}

TEST_CASE("a file above the limit is refused") {
  const scratch_folder folder;
  const std::string path = folder.write("data", "0123456789");
  CHECK_THROWS_WITH_AS(regular_file(path).read_all(9),
                       (path + ": is too large: 10 bytes, and 9 are the most").c_str(), refusal);
}
