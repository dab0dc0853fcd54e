#include "search.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mock_tree.hpp"
#include "refusal.hpp"

using namespace unitls::loader;
using unitls::testing::mock_tree;

namespace {

struct outcome {
  registry_files registries;
  search_result found;
};

outcome look(const mock_tree &tree, const environment &variables,
             const std::optional<std::filesystem::path> &of_program = {}) {
  registry_files registries = read_registry_files(variables, tree.places(), of_program);
  search_result found = search(registries.files, registries.rules);
  return {std::move(registries), std::move(found)};
}

outcome look(const mock_tree &tree) {
  return look(tree, tree.plain());
}

// "good:found second:rejected ..."
std::string summary(const outcome &from) {
  static const char *const names[] = {"found", "loaded", "rejected", "disabled", "masked"};
  std::string text;
  for (const candidate &each : from.found.candidates) {
    text += (text.empty() ? "" : " ") + each.id + ":" + names[static_cast<int>(each.state)];
  }
  return text;
}

bool told(const std::vector<std::string> &lines, const std::string &part) {
  return std::any_of(lines.begin(), lines.end(),
                     [&part](const std::string &line) { return line.find(part) != std::string::npos; });
}

// An entry for a mock at its own place.
std::string entry(const std::string &id, const std::string &more = "") {
  return "[backend." + id + "]\nlibrary = \"" MOCK_FOLDER "/unitls-" + id + ".so\"\n" + more;
}

} // namespace

TEST_CASE("without any file nothing is found") {
  const mock_tree tree;
  CHECK(summary(look(tree)) == "");
  CHECK(look(tree).registries.rules.mistake == "");
}

TEST_CASE("plugins beside the library are found without a registry file") {
  const mock_tree tree;
  const std::string good = tree.plant("good", "beside");
  tree.plant("second", "beside");
  tree.plant("good", "beside", "layer-trace");
  tree.plant("good", "beside", "Upper");
  tree.write("beside/libother.so", "x");
  const outcome result = look(tree);
  CHECK(summary(result) == "good:found second:found");
  const candidate &first = result.found.candidates.front();
  CHECK(first.path == good);
  CHECK(first.source == "found in " + tree.path("beside").string());
  REQUIRE(first.note);
  CHECK(first.note->library_build_version == "Mock 1.0");
  CHECK(told(result.found.told, "unitls-Upper.so is ignored: \"Upper\" is not an id"));
}

TEST_CASE("a bad plugin is rejected and does not harm the good ones") {
  const mock_tree tree;
  tree.plant("good", "beside");
  tree.write("beside/unitls-aaa.so", "no ELF file");
  tree.plant("good", "beside", "copy");
  REQUIRE(mkfifo(tree.path("beside/unitls-fifo.so").c_str(), 0600) == 0);
  std::filesystem::create_directory(tree.path("beside/unitls-folder.so"));
  const outcome result = look(tree);
  CHECK(summary(result) == "aaa:rejected copy:rejected fifo:rejected folder:rejected good:found");
  CHECK(result.found.candidates[1].reason ==
        tree.path("beside/unitls-copy.so").string() +
            ": it says that its id is \"good\", and \"copy\" was expected");
}

TEST_CASE("how a plugin was linked is a reason that is recorded") {
  const mock_tree tree;
  tree.plant("good", "beside");
  const std::string stack = tree.plant("executable-stack", "beside");
  const std::string text = tree.plant("text-relocation", "beside");
  const std::string runpath = tree.plant("relative-runpath", "beside");
  const outcome result = look(tree);
  CHECK(summary(result) ==
        "executable-stack:rejected good:found relative-runpath:rejected text-relocation:rejected");
  const auto reason_of = [&result](std::size_t position) { return result.found.candidates[position].reason; };
  CHECK(reason_of(0).starts_with(stack + ": wants an executable stack, "));
  CHECK(reason_of(2).starts_with(runpath + ": searches its libraries in \"lib\": "));
  CHECK(reason_of(3).starts_with(text + ": has text relocations, "));
}

TEST_CASE("a plugin that others may change is rejected, and the good ones are not harmed") {
  const mock_tree tree;
  const std::string open = tree.plant("good", "beside");
  tree.plant("second", "beside");
  REQUIRE(chmod(open.c_str(), 0664) == 0);
  const outcome result = look(tree);
  CHECK(summary(result) == "good:rejected second:found");
  CHECK(result.found.candidates.front().reason ==
        open + ": others may change it, by mode 0664; chmod go-w " + open);
  CHECK_FALSE(result.found.candidates.front().note);
  REQUIRE(chmod(tree.path("beside").c_str(), 0777) == 0);
  CHECK(summary(look(tree)) == "good:rejected second:rejected");
}

TEST_CASE("a registry file that others may change is left out, and could have held a policy") {
  const mock_tree tree;
  tree.plant("good", "beside");
  const std::string text = "format = 1\n" + entry("second", "priority = 5\n");
  for (const char *each : {"config/unitls/backends.toml", "system/backends.d/50-x.toml"}) {
    const std::string file = tree.write(each, text);
    CHECK(summary(look(tree)) == "second:found good:found");
    REQUIRE(chmod(file.c_str(), 0622) == 0);
    std::string reason = file;
    reason.append(": others may change it, by mode 0622; chmod go-w ").append(file);
    const outcome result = look(tree);
    CHECK(summary(result) == "good:found");
    CHECK(told(result.registries.warnings, reason));
    const bool is_administrators = std::string_view(each).starts_with("system");
    CHECK(result.registries.rules.mistake ==
          (is_administrators ? reason + " (a policy in it could not be read)" : ""));
    std::filesystem::remove(file);
  }
  const std::string named = tree.write("named.toml", text);
  REQUIRE(chmod(named.c_str(), 0622) == 0);
  CHECK_THROWS_AS(look(tree, tree.plain(), named), refusal);
}

TEST_CASE("the order is the highest preference, then priority, then id") {
  const mock_tree tree;
  tree.plant("good", "beside");
  tree.plant("second", "beside");
  tree.plant("open-fails", "beside");
  CHECK(summary(look(tree)) == "good:found open-fails:found second:found");
  tree.write("beside/backends.toml", "format = 1\nprefer = [\"open-fails\"]\n");
  CHECK(summary(look(tree)) == "open-fails:found good:found second:found");
  tree.write("system/backends.toml", "format = 1\nprefer = [\"second\", \"absent\"]\n");
  CHECK(summary(look(tree)) == "second:found good:found open-fails:found");
  tree.write("system/backends.d/50-x.toml", "format = 1\n" + entry("open-fails", "priority = 7\n"));
  CHECK(summary(look(tree)) == "second:found open-fails:found good:found open-fails:masked");
}

TEST_CASE("the first layer that names an id wins with its whole entry") {
  const mock_tree tree;
  tree.write("beside/backends.toml", "format = 1\n" + entry("good", "priority = 1\n"));
  tree.write("system/backends.d/20-b.toml", "format = 1\n" + entry("good", "priority = 2\n"));
  tree.write("system/backends.d/10-a.toml", "format = 1\n" + entry("good", "priority = 3\n"));
  CHECK(look(tree).found.candidates.front().priority == 3);
  tree.write("system/backends.toml", "format = 1\n" + entry("good", "priority = 4\n"));
  CHECK(look(tree).found.candidates.front().priority == 4);
  const std::string user =
      tree.write("config/unitls/backends.toml", "format = 1\n" + entry("good", "priority = 5\n"));
  CHECK(look(tree).found.candidates.front().source == user + ":2");
  const std::string mine = tree.write("mine.toml", "format = 1\n" + entry("good", "priority = 6\n"));
  const outcome result = look(tree, tree.plain(), mine);
  CHECK(result.found.candidates.front().priority == 6);
  CHECK(summary(result) == "good:found"); // all of them name the same file
}

TEST_CASE("of two files with one id the first wins, and the other is told with who masks it") {
  const mock_tree tree;
  const std::string one = tree.plant("good", "elsewhere");
  const std::string other = tree.plant("good", "config");
  const auto entry_of = [](const std::string &library) {
    return "format = 1\n[backend.good]\nlibrary = \"" + library + "\"\n";
  };
  const std::string first = tree.write("system/backends.d/10-a.toml", entry_of(one));
  const std::string second = tree.write("system/backends.d/20-b.toml", entry_of(other));
  const outcome result = look(tree);
  CHECK(summary(result) == "good:found good:masked");
  CHECK(result.found.candidates[0].path == one);
  CHECK(result.found.candidates[1].path == other);
  CHECK(result.found.candidates[1].source == second + ":2");
  CHECK(result.found.candidates[1].reason == "masked by " + first + ":2");
}

TEST_CASE("the program's own file stands above that of UNITLS_REGISTRY") {
  const mock_tree tree;
  environment variables = tree.plain();
  variables.registry = tree.write("named.toml", "format = 1\nprefer = [\"second\"]\n" +
                                                    entry("good", "priority = 2\n") + entry("second"));
  const std::string mine = tree.write("mine.toml", "format = 1\n" + entry("good", "priority = 1\n"));
  const outcome result = look(tree, variables, mine);
  CHECK(summary(result) == "second:found good:found"); // whoever says what is preferred
  CHECK(result.found.candidates[1].priority == 1);
}

TEST_CASE("UNITLS_REGISTRY replaces the preferences below it, too") {
  const mock_tree tree;
  tree.write("system/backends.toml", "format = 1\nprefer = [\"second\"]\n");
  environment variables = tree.plain();
  variables.registry = tree.write("named.toml", "format = 1\n" + entry("good") + entry("second"));
  CHECK(summary(look(tree, variables)) == "good:found second:found");
}

TEST_CASE("a bad file of the machine's leaves out nothing but itself") {
  const mock_tree tree;
  tree.write("system/backends.toml", "format = 2\n");
  tree.write("system/backends.d/10-bad.toml", "format = 1\n[backend\n");
  tree.write("system/backends.d/20-good.toml",
             "format = 1\n[backend.second]\nlibrary = 7\n" + entry("good", "priority = 2\n"));
  CHECK(summary(look(tree)) == "good:found second:rejected");
}

TEST_CASE("the user's registry is not read for root or in an elevated process") {
  const mock_tree tree;
  tree.write("config/unitls/backends.toml", "format = 1\n" + entry("good"));
  CHECK(summary(look(tree)) == "good:found");
  environment variables;
  variables.elevated = true;
  CHECK(summary(look(tree, variables)) == "");
}

TEST_CASE("a disabled entry masks the lower ones") {
  const mock_tree tree;
  const std::string planted = tree.plant("good", "beside");
  tree.write("system/backends.toml", "format = 1\n[backend.good]\nenabled = false\n");
  const outcome result = look(tree);
  CHECK(summary(result) == "good:disabled good:masked");
  CHECK(result.found.candidates[0].reason ==
        "disabled by " + tree.path("system/backends.toml").string() + ":2");
  CHECK(result.found.candidates[1].path == planted);
  CHECK(result.found.candidates[1].reason ==
        "masked by " + tree.path("system/backends.toml").string() + ":2");
}

TEST_CASE("within a layer what is written stands above what is found") {
  const mock_tree tree;
  tree.plant("good", "elsewhere");
  tree.write("system/backends.toml", "format = 1\nplugin_dirs = [\"../elsewhere\"]\n");
  const std::string late =
      tree.write("system/backends.d/90-z.toml", "format = 1\n" + entry("good", "priority = 9\n"));
  const outcome result = look(tree);
  CHECK(summary(result) == "good:found good:masked");
  CHECK(result.found.candidates[0].source == late + ":2");
}

TEST_CASE("a relative library is looked for in the file's plugin folders, then beside the file") {
  const mock_tree tree;
  const std::string beside_file = tree.plant("good", "system");
  const std::string file = "format = 1\nplugin_dirs = [\"../missing\", \"../elsewhere\"]\nscan = false\n"
                           "[backend.good]\nlibrary = \"unitls-good.so\"\n";
  tree.write("system/backends.toml", file);
  CHECK(look(tree).found.candidates.front().path == beside_file);
  const std::string in_folder = tree.plant("good", "elsewhere");
  CHECK(look(tree).found.candidates.front().path == in_folder);
  CHECK(told(look(tree).found.told, "not scanned, by "));
}

TEST_CASE("a library that is nowhere is named with the places") {
  const mock_tree tree;
  tree.write("system/backends.toml",
             "format = 1\nplugin_dirs = [\"/opt/none\"]\n[backend.good]\nlibrary = \"x.so\"\n");
  const outcome result = look(tree);
  CHECK(summary(result) == "good:rejected");
  CHECK(result.found.candidates.front().reason ==
        "x.so: there is no such file; looked in /opt/none, " + tree.path("system").string());
  CHECK(told(result.found.told, "folder /opt/none: not there"));
}

TEST_CASE("UNITLS_REGISTRY replaces every entry and folder below it") {
  const mock_tree tree;
  tree.plant("second", "beside");
  tree.write("config/unitls/backends.toml", "format = 1\n" + entry("open-fails"));
  environment variables = tree.plain();
  variables.registry = tree.write("named.toml", "format = 1\n" + entry("good"));
  CHECK(summary(look(tree, variables)) == "good:found");
}

TEST_CASE("a bad file that was named is an error, each with its own sentence") {
  const mock_tree tree;
  const auto complaint = [&tree](const std::string &file) -> std::string {
    environment variables = tree.plain();
    variables.registry = file;
    try {
      look(tree, variables);
    } catch (const refusal &reason) {
      CHECK(reason.status() == UNITLS_E_INVALID);
      CHECK(reason.field() == "UNITLS_REGISTRY");
      return reason.what();
    }
    return "";
  };
  CHECK(complaint("relative.toml") == "relative.toml: the path of a registry file must be absolute");
  CHECK(complaint("/nowhere/x.toml") == "/nowhere/x.toml: there is no such file");
  CHECK(complaint("/") == "/: is a folder, not a file");
  const std::string empty = tree.write("empty.toml", "");
  CHECK(complaint(empty) == empty + ":1:1: \"format = 1\" is missing");
  const std::string garbled = tree.write("garbled.toml", "format = 1\n[backend\n");
  CHECK(complaint(garbled).starts_with(garbled + ":2:"));
  if (geteuid() != 0) { // root may read everything
    REQUIRE(chmod(empty.c_str(), 0) == 0);
    CHECK(complaint(empty) == empty + ": no permission to read it");
  }
  CHECK_THROWS_AS(look(tree, tree.plain(), tree.path("missing.toml")), refusal);
}

TEST_CASE("a bad file that was only found is left out and told") {
  const mock_tree tree;
  tree.plant("good", "beside");
  const std::string bad = tree.write("config/unitls/backends.toml", "scan = true\n");
  const outcome result = look(tree);
  CHECK(summary(result) == "good:found");
  CHECK(told(result.registries.told, "left out: " + bad + ":1:1: \"format = 1\" is missing"));
  CHECK(result.registries.rules.mistake == ""); // a user's file has no policy
}

TEST_CASE("policies of the machine are added up, also behind UNITLS_REGISTRY") {
  const mock_tree tree;
  const std::string first =
      tree.write("system/backends.toml", "format = 1\n[policy]\nmin_version = \"1.2\"\n");
  const std::string second =
      tree.write("system/backends.d/10-strict.toml", "format = 1\n[policy]\nmin_version = \"1.3\"\n");
  const std::string third =
      tree.write("beside/backends.toml", "format = 1\n[policy]\nallow_insecure = false\n");
  const std::vector<std::string> rules{"min_version = \"1.2\" (" + first + ":3:1)",
                                       "min_version = \"1.3\" (" + second + ":3:1)",
                                       "allow_insecure = false (" + third + ":3:1)"};
  CHECK(look(tree).registries.rules.describe() == rules);
  environment variables = tree.plain();
  variables.registry = tree.write("named.toml", "format = 1\n");
  CHECK(look(tree, variables).registries.rules.describe() == rules);
}

TEST_CASE("a file of the machine that cannot be read could hold a policy") {
  const mock_tree tree;
  const std::string bad = tree.write("system/backends.d/10-bad.toml", "format = 2\n");
  CHECK(look(tree).registries.rules.mistake.starts_with(bad + ":1:10: format 2 is not known here"));
  std::filesystem::remove(bad);
  CHECK(look(tree).registries.rules.mistake == "");
  std::filesystem::create_directory(tree.path("beside/backends.toml"));
  CHECK(look(tree).registries.rules.mistake != "");
}

TEST_CASE("a hidden file among the machine's is an editor's, and is not read") {
  const mock_tree tree;
  tree.write("system/backends.d/.#10-edited.toml", "not yet");
  CHECK(look(tree).registries.rules.mistake == "");
}

TEST_CASE("a policy in a file that cannot have one is a warning") {
  const mock_tree tree;
  const std::string file = tree.write("config/unitls/backends.toml", "format = 1\n[policy]\n");
  const outcome result = look(tree);
  CHECK(result.registries.rules.mistake == "");
  CHECK(told(result.registries.warnings, file + ":2:2: [policy] is ignored"));
}

TEST_CASE("an entry with a mistake is rejected and still stands for its id") {
  const mock_tree tree;
  tree.plant("good", "beside");
  tree.plant("second", "beside");
  tree.write("system/backends.toml", "format = 1\n" + entry("good", "isolation = \"jail\"\n"));
  const outcome result = look(tree);
  CHECK(summary(result) == "good:rejected second:found good:masked");
  CHECK(result.found.candidates[0].reason.find(":4:13: \"isolation\" must be") != std::string::npos);
}

namespace {

// Allows "good" alone, and has its library beside.
class one_allowed : public mock_tree {
public:
  one_allowed() {
    allowed = plant("good", "beside");
    plant("second", "beside");
    file = write("system/backends.toml", "format = 1\n[policy]\nbackends = [\"good\"]\n");
  }
  std::string allowed;
  std::string file;
};

} // namespace

TEST_CASE("a policy with backends forbids every other") {
  const one_allowed tree;
  const outcome result = look(tree);
  CHECK(summary(result) == "good:found second:disabled");
  const candidate &second = result.found.candidates[1];
  CHECK(second.is_forbidden);
  CHECK(second.reason == tree.file + ":3:1: [policy] backends forbids the backend \"second\"");
}

TEST_CASE("an allowed id is the library of the machine's own registry") {
  const one_allowed tree;
  tree.write("config/unitls/backends.toml", "format = 1\n" + entry("good"));
  outcome result = look(tree);
  CHECK(summary(result) == "good:found second:disabled good:masked");
  CHECK(result.found.candidates[0].path == tree.allowed);
  CHECK(result.found.candidates[2].reason ==
        tree.file + ":3:1: [policy] backends takes \"good\" from the machine's own registry alone");

  environment variables = tree.plain();
  variables.registry = tree.write("named.toml", "format = 1\n" + entry("good"));
  result = look(tree, variables);
  CHECK(summary(result) == "good:found second:disabled good:masked");
  CHECK(result.found.candidates[0].path == tree.allowed);
  CHECK(told(result.registries.told, "also behind UNITLS_REGISTRY"));

  result = look(tree, tree.plain(),
                tree.write("program.toml", "format = 1\n" + entry("good", "enabled = false\n")));
  CHECK(summary(result) == "good:found second:disabled good:masked good:masked");
}

TEST_CASE("an allowed id that only a person's file names is forbidden") {
  const mock_tree tree;
  tree.write("system/backends.toml", "format = 1\n[policy]\nbackends = [\"good\"]\n");
  tree.write("config/unitls/backends.toml", "format = 1\n" + entry("good"));
  const outcome result = look(tree);
  CHECK(summary(result) == "good:disabled");
  CHECK(result.found.candidates[0].is_forbidden);
}
