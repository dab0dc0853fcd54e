#include "module.hpp"

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include <dlfcn.h>
#include <doctest/doctest.h>

#include "log.hpp"
#include "refusal.hpp"
#include "scratch_folder.hpp"

using namespace unitls::loader;
using unitls::testing::scratch_folder;

namespace {

std::string mock(const std::string &id) {
  return std::string(MOCK_FOLDER "/unitls-") + id + ".so";
}

const unitls_host &silent_host() {
  static const log nothing;
  return nothing.host();
}

// Loads and opens; the sentence of the refusal after the path, or empty.
std::string complaint_about_file(const std::string &file, std::string_view expected_id = {}) {
  try {
    open_plugin(load_plugin_file(file, expected_id), silent_host());
    return "";
  } catch (const refusal &reason) {
    const std::string sentence = reason.what();
    const std::string path = std::filesystem::canonical(file).string() + ": ";
    CHECK(sentence.starts_with(path));
    return sentence.substr(std::min(path.size(), sentence.size()));
  }
}

std::string complaint(const std::string &id) {
  return complaint_about_file(mock(id), id);
}

} // namespace

TEST_CASE("a good plugin is loaded and opened") {
  const std::filesystem::path file = mock("good");
  const loaded_plugin &plugin = load_plugin_file(file, "good");
  CHECK(plugin.file.path == std::filesystem::canonical(mock("good")).string());
  CHECK(std::string_view(plugin.descriptor->id) == "good");
  const unitls_backend &table = open_plugin(plugin, silent_host());
  const bool has_client = table.client_context_create != nullptr;
  CHECK_FALSE(has_client);

  const backend_handle backend = make_backend_ref(plugin, table, "the test");
  CHECK(std::string_view(unitls_backend_ref_id(backend.get())) == "good");
  CHECK(std::string_view(unitls_backend_ref_library_version(backend.get())) == "Mock 1.1");
  CHECK(std::string_view(unitls_backend_ref_chosen_by(backend.get())) == "the test");
  CHECK(unitls_backend_ref_supports(backend.get(), "client") == 1);
  CHECK(unitls_backend_ref_supports(backend.get(), "server") == 0);
  const bool is_filled = backend->table.client_context_create != nullptr;
  CHECK(is_filled);
}

TEST_CASE("nobody tests for NULL: a hole in an extension is filled like one in the table") {
  unitls_backend table{};
  table.struct_size = sizeof table;
  table.get_extension = [](const unitls_backend *, const char *) -> const void * {
    static const unitls_certificate_info empty = [] {
      unitls_certificate_info functions{};
      functions.struct_size = offsetof(unitls_certificate_info, read);
      return functions;
    }();
    return &empty;
  };
  unitls_backend_ref backend;
  adopt_backend(table, backend);
  CHECK(unitls_backend_ref_extension(&backend, certificate_info_id) == &backend.certificate_info.functions);
  const unitls_blob nothing{};
  unitls_error error{};
  error.struct_size = sizeof error;
  CHECK(unitls_backend_ref_certificate_info(&backend, &nothing, nullptr, nullptr, &error) ==
        UNITLS_E_UNSUPPORTED);
  CHECK(std::string_view(error.field) == certificate_info_id);
  CHECK(backend.table.verified_certificates(nullptr, nullptr, nullptr) == UNITLS_E_UNSUPPORTED);
}

TEST_CASE("the same file gives the same plugin, by whatever path") {
  const scratch_folder folder;
  std::filesystem::create_symlink(mock("good"), folder.path() / "link.so");
  CHECK(&load_plugin_file(mock("good")) == &load_plugin_file(folder.path() / "link.so"));
  CHECK(&load_plugin_file(mock("good")) != &load_plugin_file(mock("second")));
}

TEST_CASE("every bad plugin is refused by its own sentence") {
  const std::string abi_mismatch = "ABI mismatch: host " + std::to_string(UNITLS_ABI_MAJOR) + "." +
                                   std::to_string(UNITLS_ABI_MINOR) + ", plugin 0.99";
  CHECK(complaint("good") == "");
  CHECK(complaint("other-abi") == abi_mismatch);
  CHECK(complaint("hidden-abi") == abi_mismatch);
  CHECK(complaint("renamed") == "it says that its id is \"original\", and \"renamed\" was expected");
  CHECK(complaint("lying-id") == "its note and its descriptor differ in the id: \"lying-id\" and \"truth\"");
  CHECK(complaint("lying-version") ==
        "its note and its descriptor differ in the version: \"2.0\" and \"1.0\"");
  CHECK(complaint("lying-capabilities") == "its note and its descriptor differ in the capabilities");
  CHECK(complaint("no-note") == "has no unitls note: it is not a plugin of unitls");
  CHECK(complaint("a-layer") == "is a layer, not a backend");
  CHECK(complaint("no-symbol") == "does not define unitls_plugin_v1: it is not a plugin of unitls");
  CHECK(complaint("function-symbol") == "its unitls_plugin_v1 is not a descriptor");
  CHECK(complaint("no-open") == "its descriptor lacks a function");
  CHECK(complaint("no-capabilities") == "its descriptor has no list of capabilities");
  CHECK(complaint("small-descriptor") == "its descriptor has an impossible struct_size: 8");
  CHECK(complaint("open-fails") == "the library behind the mock is another one");
  CHECK(complaint("open-nothing") == "its open answered OK and no backend");
  CHECK(complaint("open-fact") == "its open answered 1, which is no answer of open");
  CHECK(complaint("small-table") == "its backend has an impossible struct_size: 4");
  CHECK(complaint("too-capable") ==
        "its backend claims the capability \"server\", which its descriptor does not have");
}

TEST_CASE("a symbol that a plugin's library defines is not the plugin's") {
  const std::string sentence = complaint("borrowed");
  CHECK(sentence.starts_with("does not define unitls_plugin_v1: the symbol lies in "));
  CHECK(sentence.ends_with("libmock-descriptor.so"));
}

TEST_CASE("isolation comes with the first loading, or not at all") {
  const scratch_folder folder;
  const std::filesystem::path copy = folder.path() / "unitls-good.so";
  std::filesystem::copy_file(mock("good"), copy);
  load_plugin_file(copy, "good");
  try {
    load_plugin_file(copy, "good", isolation::deepbind);
    FAIL("a plugin without isolation was taken for one with it");
  } catch (const refusal &reason) {
    CHECK(std::string(reason.what()).starts_with(copy.string() + ": is in this process already, without"));
  }
  if (sanitizer_against_deepbind() == nullptr) {
    const std::filesystem::path other = folder.path() / "unitls-second.so";
    std::filesystem::copy_file(mock("second"), other);
    const loaded_plugin &isolated = load_plugin_file(other, "second", isolation::deepbind);
    CHECK(&load_plugin_file(other, "second") == &isolated); // more than was asked for
  }
}

TEST_CASE("a backend is no layer, and a layer's file is loaded once") {
  try {
    load_layer_file(mock("good"));
    FAIL("a backend was taken for a layer");
  } catch (const refusal &reason) {
    CHECK(std::string(reason.what()).ends_with("/unitls-good.so: is a backend, not a layer"));
  }
  CHECK(&load_layer_file(mock("layer-first"), "first") == &load_layer_file(mock("layer-first")));
}

TEST_CASE("a renamed copy is refused when an id is expected, and loads without one") {
  CHECK(complaint_about_file(mock("renamed")) == "");
  CHECK(complaint_about_file(mock("renamed"), "renamed") != "");
}

TEST_CASE("a truncated plugin never raises a signal") {
  const scratch_folder folder;
  const std::filesystem::path copy = folder.path() / "unitls-good.so";
  const auto size = std::filesystem::file_size(mock("good"));
  unsigned refused = 0;
  for (std::uintmax_t length = 0; length < size; length += 61) {
    std::filesystem::copy_file(mock("good"), copy);
    std::filesystem::resize_file(copy, length);
    refused += complaint_about_file(copy.string()).empty() ? 0 : 1;
    std::filesystem::remove(copy);
  }
  CHECK(refused > 0);
}

TEST_CASE("no code of a plugin is run whose linking is refused") {
  const auto was_run = [](const std::string &id) {
    return std::getenv(("mock-was-run:" + id).c_str()) != nullptr;
  };
  CHECK(complaint("marking") == "");
  CHECK(was_run("marking"));
  CHECK(complaint("executable-stack") ==
        "wants an executable stack, which every thread of the process would get; "
        "link it with -z noexecstack");
  CHECK(complaint("text-relocation") ==
        "has text relocations, which need writable code; compile it with -fPIC");
  CHECK(complaint("relative-runpath") ==
        "searches its libraries in \"lib\": every folder of RPATH and RUNPATH "
        "must be absolute or begin with $ORIGIN, and hold no other variable");
  for (const char *each : {"executable-stack", "text-relocation", "relative-runpath"}) {
    CAPTURE(each);
    CHECK_FALSE(was_run(each));
    CHECK(::dlopen(mock(each).c_str(), RTLD_NOW | RTLD_NOLOAD) == nullptr);
  }
}

TEST_CASE("a missing library of a plugin is named by the dynamic linker") {
  const scratch_folder folder;
  // Its own library, found by an absolute RUNPATH, is renamed in a copy: same length, other name.
  std::ifstream original(mock("borrowed"), std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(original), {});
  const std::size_t name = bytes.find("libmock-descriptor.so");
  REQUIRE(name != std::string::npos);
  bytes.replace(name, 7, "libgone");
  const std::string sentence = complaint_about_file(folder.write("unitls-borrowed.so", bytes));
  CHECK(sentence.starts_with("the dynamic linker refuses it: "));
  CHECK(sentence.find("libgone-descriptor.so") != std::string::npos);
}
