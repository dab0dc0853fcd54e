#include "registry.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "refusal.hpp"
#include "scratch_folder.hpp"

using namespace unitls::loader;
using unitls::testing::scratch_folder;

namespace {

registry parse(std::string_view text) {
  return parse_registry(text, "/etc/unitls/backends.toml");
}

std::string complaint(std::string_view text) {
  try {
    parse(text);
  } catch (const refusal &reason) {
    CHECK(reason.status() == UNITLS_E_INVALID);
    return reason.what();
  }
  return "";
}

const registry_entry &only_entry(const registry &from) {
  REQUIRE(from.entries.size() == 1);
  return from.entries.front();
}

// What is wrong with the entry [backend.a] that has this line.
std::string mistake(const std::string &line) {
  const registry read = parse("format = 1\n[backend.a]\nlibrary = \"a.so\"\n" + line);
  return only_entry(read).mistake;
}

} // namespace

TEST_CASE("everything that a file can say is read") {
  const registry file = parse(R"(format = 1
plugin_dirs = ["/opt/tls", "below", "../beside"]
scan = false
prefer = ["b", "a"]
x-vendor = 1

[backend.a]
library = "unitls-a.so"
priority = -5
enabled = false
isolation = "default"
options = { "a.one" = "1", "a.two" = "2" }
x-note = "free"
)");
  CHECK(file.plugin_dirs ==
        std::vector<std::filesystem::path>{"/opt/tls", "/etc/unitls/below", "/etc/beside"});
  CHECK_FALSE(file.scan);
  CHECK(file.prefer == std::vector<std::string>{"b", "a"});
  CHECK(file.warnings.empty());
  CHECK_FALSE(file.rules);
  const registry_entry &entry = only_entry(file);
  CHECK(entry.id == "a");
  CHECK(entry.library == "unitls-a.so");
  CHECK(entry.priority == -5);
  CHECK_FALSE(entry.enabled);
  CHECK(entry.mistake == "");
  CHECK(entry.options == std::vector<std::pair<std::string, std::string>>{{"a.one", "1"}, {"a.two", "2"}});
  CHECK(entry.at.with_line() == "/etc/unitls/backends.toml:7");
}

TEST_CASE("what a file leaves out has its default") {
  const registry file = parse("format = 1\n[backend.a]\nlibrary = \"a.so\"\n");
  CHECK_FALSE(file.plugin_dirs);
  CHECK(file.scan);
  CHECK_FALSE(file.prefer);
  CHECK(only_entry(file).enabled);
  CHECK(only_entry(file).priority == 0);
}

TEST_CASE("the format must be known") {
  CHECK(complaint("") == "/etc/unitls/backends.toml:1:1: \"format = 1\" is missing");
  CHECK(complaint("scan = true\n") == "/etc/unitls/backends.toml:1:1: \"format = 1\" is missing");
  CHECK(complaint("\nformat = 2\n") ==
        "/etc/unitls/backends.toml:2:10: format 2 is not known here; this version of unitls reads format 1");
  CHECK(complaint("format = \"1\"\n") ==
        "/etc/unitls/backends.toml:1:10: \"format\" must be an integer, not a string");
}

TEST_CASE("a file that is not TOML is refused with the position") {
  CHECK(complaint("format = 1\nscan = = true\n").starts_with("/etc/unitls/backends.toml:2:8: "));
  CHECK(complaint("\x7f\x45LF").starts_with("/etc/unitls/backends.toml:1:"));
  CHECK(complaint("format = 1\nformat = 1\n").starts_with("/etc/unitls/backends.toml:2:"));
}

TEST_CASE("a bad value of the file is refused with the position") {
  CHECK(complaint("format = 1\nscan = \"yes\"\n") ==
        "/etc/unitls/backends.toml:2:8: \"scan\" must be true or false, not a string");
  CHECK(complaint("format = 1\nplugin_dirs = \"/opt\"\n") ==
        "/etc/unitls/backends.toml:2:15: \"plugin_dirs\" must be an array of strings, not a string");
  CHECK(complaint("format = 1\nplugin_dirs = [\"\"]\n") ==
        "/etc/unitls/backends.toml:2:16: \"plugin_dirs\" must not be empty");
  CHECK(complaint("format = 1\nplugin_dirs = [\"a\\u0000b\"]\n") ==
        "/etc/unitls/backends.toml:2:16: \"plugin_dirs\" must not hold a zero byte");
  CHECK(complaint("format = 1\nprefer = [\"../x\"]\n")
            .starts_with("/etc/unitls/backends.toml:2:11: \"../x\" is not an id; "));
  CHECK(complaint("format = 1\nbackend = 5\n") ==
        "/etc/unitls/backends.toml:2:11: \"backend\" must be a table, not an integer");
}

TEST_CASE("unknown keys warn with their position") {
  const registry file = parse(
      "format = 1\nprefre = []\n[backend.a]\nlibrary = \"a.so\"\n  prority = 1\n[layer.a]\npriority = 1\n");
  CHECK(file.warnings.size() == 3);
  const auto warned = [&file](const std::string &text) {
    return std::find(file.warnings.begin(), file.warnings.end(), "/etc/unitls/backends.toml:" + text) !=
           file.warnings.end();
  };
  CHECK(warned("2:1: unknown key \"prefre\" is ignored"));
  CHECK(warned("5:3: unknown key \"prority\" is ignored"));
  CHECK(warned("7:1: unknown key \"priority\" is ignored")); // a layer has none
}

TEST_CASE("a mistake in one entry stays there") {
  const registry file = parse("format = 1\n[backend.a]\nlibrary = 5\n[backend.b]\nlibrary = \"b.so\"\n");
  REQUIRE(file.entries.size() == 2);
  CHECK(file.entries[0].mistake ==
        "/etc/unitls/backends.toml:3:11: \"library\" must be a string, not an integer");
  CHECK(file.entries[1].mistake == "");
}

TEST_CASE("layers have entries of their own") {
  const registry file = parse("format = 1\n[layer.fault]\nlibrary = \"f.so\"\nenabled = false\n"
                              "options = { seed = \"7\" }\n[layer.help]\n[layer.trace]\n");
  CHECK(file.entries.empty());
  REQUIRE(file.layers.size() == 2);
  CHECK(file.layers[0].id == "fault");
  CHECK(file.layers[0].library == "f.so");
  CHECK_FALSE(file.layers[0].enabled);
  CHECK(file.layers[0].options == std::vector<std::pair<std::string, std::string>>{{"seed", "7"}});
  CHECK(file.layers[1].mistake == "/etc/unitls/backends.toml:7:1: [layer.trace] lacks \"library\"");
  REQUIRE(file.warnings.size() == 1);
  CHECK(file.warnings[0].starts_with("/etc/unitls/backends.toml:6:8: [layer.help] is ignored: "));
}

TEST_CASE("isolation is told by the entry, and refused where a sanitizer cannot work with it") {
  const std::string beginning = "/etc/unitls/backends.toml:4:13: ";
  if (const char *const sanitizer = sanitizer_against_deepbind(); sanitizer != nullptr) {
    CHECK(mistake("isolation = \"deepbind\"") ==
          beginning + "\"isolation\" cannot be \"deepbind\" in this program, which is built with " +
              sanitizer + "; write \"default\"");
    return;
  }
  const registry file = parse("format = 1\n[backend.a]\nlibrary = \"a.so\"\nisolation = \"deepbind\"\n"
                              "[backend.b]\nlibrary = \"b.so\"\nisolation = \"default\"\n");
  CHECK(file.entries[0].mistake == "");
  CHECK((file.entries[0].isolated == isolation::deepbind));
  CHECK((file.entries[1].isolated == isolation::none));
}

TEST_CASE("every mistake in an entry is named") {
  CHECK(mistake("") == "");
  CHECK(mistake("priority = 1.5") ==
        "/etc/unitls/backends.toml:4:12: \"priority\" must be an integer, not a value of "
        "another kind");
  CHECK(
      mistake("priority = 3000000000") ==
      "/etc/unitls/backends.toml:4:12: \"priority\" must be from -2147483648 to 2147483647, not 3000000000");
  CHECK(mistake("enabled = 1") ==
        "/etc/unitls/backends.toml:4:11: \"enabled\" must be true or false, not an integer");
  CHECK(mistake("isolation = \"jail\"") ==
        "/etc/unitls/backends.toml:4:13: \"isolation\" must be \"default\" or \"deepbind\", not \"jail\"");
  CHECK(mistake("options = { \"a.x\" = 5 }") ==
        "/etc/unitls/backends.toml:4:21: \"a.x\" must be a string, not an integer");
  const registry lacking = parse("format = 1\n[backend.a]\npriority = 1\n");
  CHECK(only_entry(lacking).mistake == "/etc/unitls/backends.toml:2:1: [backend.a] lacks \"library\"");
}

TEST_CASE("an entry that only switches off needs no library") {
  const registry file = parse("format = 1\n[backend.a]\nenabled = false\n");
  CHECK(only_entry(file).mistake == "");
  CHECK_FALSE(only_entry(file).enabled);
}

TEST_CASE("an entry whose name is no id is ignored with a warning") {
  const registry file = parse("format = 1\n[backend.Upper]\nlibrary = \"a.so\"\n");
  CHECK(file.entries.empty());
  REQUIRE(file.warnings.size() == 1);
  CHECK(file.warnings[0].starts_with("/etc/unitls/backends.toml:2:10: [backend.Upper] is ignored: "));
}

TEST_CASE("everything that a policy can say is read") {
  const registry file = parse(R"(format = 1

[policy]
min_version = "1.3"
allow_insecure = false
allow_layers = ["trace"]
allow_key_log = false
trust = "system"
backends = ["openssl", "gnutls"]
cipher_suites = ["TLS_AES_256_GCM_SHA384"]
x-note = "free"
)");
  REQUIRE(file.rules);
  CHECK(file.rules->at.with_column() == "/etc/unitls/backends.toml:3:2");
  CHECK(file.rules->value.mistake == "");
  CHECK(
      file.rules->value.describe() ==
      std::vector<std::string>{"min_version = \"1.3\" (/etc/unitls/backends.toml:4:1)",
                               "allow_insecure = false (/etc/unitls/backends.toml:5:1)",
                               "allow_layers = [\"trace\"] (/etc/unitls/backends.toml:6:1)",
                               "allow_key_log = false (/etc/unitls/backends.toml:7:1)",
                               "trust = \"system\" (/etc/unitls/backends.toml:8:1)",
                               "backends = [\"openssl\", \"gnutls\"] (/etc/unitls/backends.toml:9:1)",
                               "cipher_suites = [TLS_AES_256_GCM_SHA384] (/etc/unitls/backends.toml:10:1)"});
}

TEST_CASE("a mistake in a policy stays with the policy and is told with its position") {
  const auto mistake_of = [](const std::string &line) {
    const registry file = parse("format = 1\n[policy]\n" + line + "\n");
    REQUIRE(file.rules);
    return file.rules->value.mistake;
  };
  const std::string at = "/etc/unitls/backends.toml:3:";
  CHECK(mistake_of("min_verison = \"1.2\"") ==
        at + "1: [policy] has no key \"min_verison\"; it has min_version, allow_insecure, allow_layers, "
             "allow_key_log, trust, backends and cipher_suites");
  CHECK(mistake_of("min_version = \"1.1\"") ==
        at + "15: \"min_version\" must be \"1.2\" or \"1.3\", not \"1.1\"");
  CHECK(mistake_of("min_version = 1.2") ==
        at + "15: \"min_version\" must be a string, not a value of another kind");
  CHECK(mistake_of("allow_insecure = \"no\"") ==
        at + "18: \"allow_insecure\" must be true or false, not a string");
  CHECK(mistake_of("allow_key_log = 0") ==
        at + "17: \"allow_key_log\" must be true or false, not an integer");
  CHECK(mistake_of("allow_layers = [\"Trace\"]").starts_with(at + "17: \"Trace\" is not an id"));
  CHECK(mistake_of("trust = \"program\"") == at + "9: \"trust\" must be \"system\", not \"program\"");
  CHECK(mistake_of("backends = []") == at + "12: \"backends\" must name at least one");
  CHECK(mistake_of("backends = \"openssl\"") ==
        at + "12: \"backends\" must be an array of strings, not a string");
  CHECK(mistake_of("cipher_suites = [\"AES256-GCM\"]") ==
        at + "18: \"AES256-GCM\" is not a cipher suite by its IANA name, such as TLS_AES_256_GCM_SHA384");
  CHECK(mistake_of("cipher_suites = []") == at + "17: \"cipher_suites\" must name at least one");
  const registry no_table = parse("format = 1\npolicy = false\n");
  CHECK(no_table.rules->value.mistake ==
        "/etc/unitls/backends.toml:2:10: \"policy\" must be a table, not true or false");
}

TEST_CASE("a registry file is bounded") {
  const scratch_folder folder;
  const std::string path =
      folder.write("backends.toml", "format = 1\n" + std::string(std::size_t{1} << 20, '#'));
  CHECK_THROWS_AS(read_registry(path), refusal);
  CHECK_NOTHROW(read_registry(folder.write("small.toml", "format = 1\n")));
}

TEST_CASE("a malformed file is refused, and never ends the process") {
  CHECK(complaint("[&") ==
        "/etc/unitls/backends.toml:1:2: Error while parsing key: expected bare key starting character "
        "or string delimiter, saw '&'");
  CHECK(complaint("f\xc3\xa9 = 1").find("/etc/unitls/backends.toml:1:2: ") == 0);
}

TEST_CASE("keys are not nested without a bound") {
  std::string deep = "a";
  for (int i = 0; i < 300'000; ++i) {
    deep += ".a";
  }
  const std::string reason = "the line has more than 100 dots; divide it into several";
  CHECK(complaint("format = 1\n" + deep + " = 1\n") == "/etc/unitls/backends.toml:2:1: " + reason);
  CHECK(complaint("format = 1\n\n[" + deep + "]") == "/etc/unitls/backends.toml:3:1: " + reason);
  CHECK_FALSE(complaint("format = 1\nx = " + std::string(100'000, '[')).empty());
}
