#include "process/child.hpp"

#include <array>
#include <csignal>
#include <string>
#include <system_error>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using unitls::process::child_end;
using unitls::process::request;
using unitls::process::run;

request shell(const char *script) {
  return {.command = {"/bin/sh", "-c", script}, .limit = 20s};
}

} // namespace

TEST_CASE("a child hands back what it writes, and its status") {
  const child_end end = run(shell("echo told; exit 3"));
  CHECK(end.result == "told\n");
  CHECK(WEXITSTATUS(end.wait_status) == 3);
  CHECK_FALSE(end.is_good());
  CHECK(end.text() == "ended with exit status 3");
  CHECK(run(shell(":")).is_good());
}

TEST_CASE("a child has no standard input") {
  CHECK(run(shell("read word && echo \"$word\"; echo end")).result == "end\n");
}

TEST_CASE("a result has a descriptor of its own; the beginning of the rest is kept") {
  request asked = shell("echo result >&3; echo output; echo errors >&2");
  asked.result_descriptor = 3;
  asked.kept = {STDOUT_FILENO, STDERR_FILENO};
  const child_end end = run(asked);
  CHECK(end.result == "result\n");
  CHECK(end.output == "output\nerrors\n");
}

TEST_CASE("a flood is read to its end, and kept in part") {
  request asked = shell("head -c 20000000 /dev/zero; head -c 20000 /dev/zero >&2");
  asked.kept = {STDERR_FILENO};
  const child_end end = run(asked);
  CHECK(end.is_good());
  CHECK(end.result.size() == std::size_t{16} << 20);
  CHECK(end.output.size() == 8192);
}

TEST_CASE("the end by a signal is named") {
  const child_end end = run(shell("kill -SEGV $$"));
  CHECK_FALSE(end.is_good());
  CHECK(end.text() == "was killed by SIGSEGV (Segmentation fault)");
}

TEST_CASE("a child that does not end is killed when its time is over") {
  request asked = shell("exec sleep 600");
  asked.limit = 1s;
  const child_end end = run(asked);
  CHECK(end.timed_out);
  CHECK_FALSE(end.is_good());
  CHECK(WTERMSIG(end.wait_status) == SIGKILL);
  CHECK(end.text() == "was still busy after 1 s");
}

TEST_CASE("a child that closes its result and goes on is killed when its time is over") {
  request asked = shell("exec >&- 2>&-; exec sleep 600");
  asked.limit = 1s;
  const child_end end = run(asked);
  CHECK(end.timed_out);
  CHECK(WTERMSIG(end.wait_status) == SIGKILL);
}

TEST_CASE("a child's end counts, not that of what it left behind") {
  const child_end end = run(shell("sleep 600 & echo $!"));
  CHECK(end.is_good());
  const pid_t left_behind = std::stoi(end.result);
  REQUIRE(::kill(left_behind, SIGKILL) == 0);
}

// Whether a process that nobody here can wait for ends soon. It may be a zombie until whoever has adopted it waits for
// it: then it has no program any more.
bool ends_soon(const std::string &id) {
  const std::string program = "/proc/" + id + "/exe";
  std::array<char, 256> target{};
  ssize_t length = 0;
  for (int i = 0; i < 5000 && length >= 0; ++i) {
    ::usleep(1000);
    length = ::readlink(program.c_str(), target.data(), target.size());
  }
  return length < 0;
}

TEST_CASE("what a child started ends with it, if so asked") {
  request asked = shell("sleep 600 & echo $!; wait");
  asked.limit = 1s;
  asked.with_descendants = true;
  SUBCASE("when the child is killed") {}
  SUBCASE("when it ends by itself") {
    asked.command.back() = "sleep 600 & echo $!";
  }
  const child_end end = run(asked);
  CHECK(ends_soon(end.result.substr(0, end.result.find('\n'))));
}

TEST_CASE("an interruption ends a child early") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  ::close(ends[1]); // readable from now on
  request asked = shell("exec sleep 600");
  asked.interruption = ends[0];
  const child_end end = run(asked);
  CHECK(end.interrupted);
  CHECK_FALSE(end.is_good());
  ::close(ends[0]);
}

TEST_CASE("a program that is not there is named") {
  CHECK_THROWS_WITH_AS(run({.command = {"/nonexistent/program"}, .limit = 1s}),
                       "cannot run /nonexistent/program: No such file or directory", std::system_error);
}

TEST_CASE("programs are looked for beside the running one only") {
  const auto own = unitls::process::own_program();
  CHECK(own.filename() == "unitls-process-unit");
  CHECK(unitls::process::program_beside("sh") == own.parent_path() / "sh");
}
