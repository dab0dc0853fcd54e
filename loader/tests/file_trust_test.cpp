#include "file_trust.hpp"

#include <vector>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "refusal.hpp"
#include "scratch_folder.hpp"

using namespace unitls::loader;
using unitls::testing::scratch_folder;

namespace {

constexpr uid_t root = 0, user = 1000, stranger = 1001;
constexpr mode_t folder = S_IFDIR, file = S_IFREG;

// /srv, /srv/tls and /srv/tls/a.so, as they should be.
std::vector<path_component> good_way() {
  return {{"/", folder | 0755, root},
          {"/srv", folder | 0755, root},
          {"/srv/tls", folder | 0755, root},
          {"/srv/tls/a.so", file | 0644, root}};
}

// As a message has it.
std::string sentence_of(std::span<const path_component> way, std::optional<uid_t> whose = user,
                        trusted_as use = trusted_as::registry) {
  const std::optional<distrust> found = find_distrust(way, use, whose);
  return found ? found->reason + "; " + found->remedy : "";
}

template <class Change>
std::string after(std::size_t position, Change change) {
  std::vector<path_component> way = good_way();
  change(way.at(position));
  return sentence_of(way);
}

std::string with_mode(std::size_t position, mode_t mode) {
  return after(position, [mode](path_component &each) { each.mode = (each.mode & S_IFMT) | mode; });
}

std::string with_owner(std::size_t position, uid_t owner) {
  return after(position, [owner](path_component &each) { each.owner = owner; });
}

std::string complaint(const std::filesystem::path &path, trusted_as use = trusted_as::registry) {
  try {
    check_file_trust(regular_file(path), use);
  } catch (const refusal &reason) {
    return reason.what();
  }
  return "";
}

std::string complaint_about_folder(const std::filesystem::path &path) {
  try {
    check_library_folder(path);
  } catch (const refusal &reason) {
    return reason.what();
  }
  return "";
}

} // namespace

TEST_CASE("what root and the user own, and they alone may write, is trusted") {
  CHECK(sentence_of(good_way(), user) == "");
  CHECK(sentence_of(good_way(), std::nullopt) == "");
  for (std::size_t position = 0; position < good_way().size(); ++position) {
    CHECK(with_owner(position, user) == "");
    CHECK(with_mode(position, 0700) == "");
    CHECK(with_mode(position, 0555) == "");
  }
}

TEST_CASE("a component that others may write is told with its mode and the command that mends it") {
  CHECK(with_mode(3, 0664) == "others may change it, by mode 0664; chmod go-w /srv/tls/a.so");
  CHECK(with_mode(3, 0602) == "others may change it, by mode 0602; chmod go-w /srv/tls/a.so");
  CHECK(with_mode(1, 02775) == "others may change it, by mode 2775; chmod go-w /srv");
  CHECK(with_mode(0, 0777) == "others may change it, by mode 0777; chmod go-w /");
}

TEST_CASE("a component of another owner is told with its mode and the command that mends it") {
  CHECK(with_owner(3, stranger) ==
        "user 1001 may change it, as an owner (mode 0644); chown root /srv/tls/a.so");
  std::vector<path_component> way = good_way();
  way.back().owner = user;
  CHECK(sentence_of(way, root) ==
        "user 1000 may change it, as an owner (mode 0644); chown root /srv/tls/a.so");
  CHECK(sentence_of(way, std::nullopt) != "");
}

TEST_CASE("in a sticky folder others cannot touch what is not theirs") {
  CHECK(with_mode(1, 01777) == "");
  CHECK(with_mode(1, 01775) == "");
  std::vector<path_component> way = good_way();
  way[1].mode = folder | 01777;
  way[2].owner = stranger;
  CHECK(sentence_of(way, user) != ""); // the next component is theirs
  way[2].owner = root;
  way[1].owner = stranger;
  CHECK(sentence_of(way, user) != ""); // the folder is: its owner may remove every file in it
  CHECK(with_mode(3, 01666) != "");    // on a file the bit means nothing
}

TEST_CASE("beside a plugin or a layer others may put nothing, sticky or not") {
  std::vector<path_component> way = good_way();
  way[2].mode = folder | 01777;
  CHECK(sentence_of(way, user, trusted_as::registry) == "");
  CHECK(sentence_of(way, user, trusted_as::plugin) ==
        "others may put libraries beside it, by mode 1777; install a copy, as root: "
        "unitls register /srv/tls/a.so");
  CHECK(
      sentence_of(way, user, trusted_as::layer) ==
      "others may put libraries beside it, by mode 1777; use a copy in a folder that nobody else may change");
  way[2].mode = folder | 01775;
  CHECK(sentence_of(way, user, trusted_as::plugin) != "");
  way[2].mode = folder | 01755;
  way[1].mode = folder | 01777; // further up the bit is enough
  CHECK(sentence_of(way, user, trusted_as::plugin) == "");
}

TEST_CASE("no message tells to take a folder from its owner") {
  std::vector<path_component> way = good_way();
  way[2].owner = stranger;
  const std::string reason = "user 1001 may change it, as an owner (mode 0755); ";
  CHECK(sentence_of(way, user, trusted_as::plugin) ==
        reason + "install a copy, as root: unitls register /srv/tls/a.so");
  CHECK(sentence_of(way) == reason + "use a copy in a folder that nobody else may change");
  way[3].mode = file | 0666; // nor to change a mode, where that would not be enough
  CHECK(sentence_of(way) == reason + "use a copy in a folder that nobody else may change");
}

TEST_CASE("one command mends everything") {
  std::vector<path_component> way = good_way();
  way[1].mode = folder | 0775;
  way[3] = {"/srv/tls/it's.so", file | 0666, stranger};
  CHECK(sentence_of(way) == "others may change it, by mode 0775; chown root '/srv/tls/it'\\''s.so' && "
                            "chmod go-w /srv '/srv/tls/it'\\''s.so'");
}

TEST_CASE("a folder of libraries is judged as the kernel walks to it") {
  const scratch_folder scratch;
  const std::filesystem::path own = canonical_path(scratch.path());
  std::filesystem::create_directories(own / "open/in");
  std::filesystem::create_directories(own / "closed");
  std::filesystem::create_symlink("../closed", own / "open/link");
  std::filesystem::create_symlink("closed", own / "link");
  std::filesystem::create_symlink("round", own / "round");
  for (const char *each : {"", "closed", "link", "closed/..", "link/../closed", "missing",
                           "closed/missing/../x", "open/link", "open/in"}) {
    CHECK(complaint_about_folder(own / each) == "");
  }
  REQUIRE(chmod((own / "open").c_str(), 0777) == 0);
  for (const char *each : {"open", "open/in", "open/missing", "open/..", "closed/../open/in", "open/link"}) {
    CAPTURE(each);
    CHECK(complaint_about_folder(own / each) == "searches its libraries in " + (own / each).string() +
                                                    ": others may change it, by mode 0777; chmod go-w " +
                                                    (own / "open").string());
  }
  REQUIRE(chmod((own / "open").c_str(), 01777) == 0);
  CHECK(complaint_about_folder(own / "open/in") == ""); // the link and the folder are ours
  CHECK(complaint_about_folder(own / "open/link") == "");
  for (const char *each : {"open", "open/missing", "open/missing/../../closed"}) {
    CAPTURE(each);
    CHECK(complaint_about_folder(own / each).find("others may put libraries beside it, by mode 1777") !=
          std::string::npos);
  }
  CHECK(complaint_about_folder(own / "round").find("too many symbolic links") != std::string::npos);
}

TEST_CASE("a file is judged with every folder above it") {
  const scratch_folder scratch;
  const std::filesystem::path own = canonical_path(scratch.path());
  std::filesystem::create_directories(own / "a/b");
  const std::filesystem::path path = own / "a/b/file";
  scratch.write("a/b/file", "x");
  REQUIRE(chmod(path.c_str(), 0644) == 0);
  CHECK(complaint(path) == "");
  for (const char *each : {"", "a", "a/b"}) {
    const std::filesystem::path changed = *each != '\0' ? own / each : own;
    REQUIRE(chmod(changed.c_str(), 0770) == 0);
    CHECK(complaint(path) ==
          path.string() + ": others may change it, by mode 0770; chmod go-w " + changed.string());
    REQUIRE(chmod(changed.c_str(), 0700) == 0);
  }
  CHECK(complaint(path) == "");
}

TEST_CASE("the way to a file is that behind its symbolic links") {
  const scratch_folder scratch;
  const std::filesystem::path own = canonical_path(scratch.path());
  std::filesystem::create_directories(own / "open");
  REQUIRE(chmod((own / "open").c_str(), 0777) == 0);
  std::filesystem::create_symlink(scratch.write("file", "x"), own / "open/link");
  CHECK(canonical_path(own / "open/link") == own / "file");
  CHECK(canonical_path(own / "missing") == own / "missing");
  CHECK(complaint(canonical_path(own / "open/link")) == "");
}

TEST_CASE("this process is nobody's but its user's") {
  CHECK(trusted_user() == geteuid());
}
