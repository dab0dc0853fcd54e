#include "select.hpp"

#include <algorithm>
#include <thread>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mock_tree.hpp"
#include "refusal.hpp"

using namespace unitls::loader;
using unitls::testing::mock_tree;

namespace {

using ids = std::vector<std::string>;

// good and second work, open-fails does not; in this order of preference.
class machine : public mock_tree {
public:
  machine() {
    plant("good", "beside");
    plant("second", "beside");
    plant("open-fails", "beside");
    write("beside/backends.toml", "format = 1\nprefer = [\"open-fails\", \"good\"]\n");
  }

  selector with(const std::optional<std::string> &unitls_backend) const {
    environment variables = plain();
    variables.backend = unitls_backend;
    return selector(variables, places(), std::nullopt);
  }
};

std::string id_of(const backend_handle &backend) {
  return unitls_backend_ref_id(backend.get());
}

std::string chosen_by(const backend_handle &backend) {
  return unitls_backend_ref_chosen_by(backend.get());
}

template <class Function>
refusal refused(Function function) {
  try {
    function();
  } catch (const refusal &reason) {
    return reason;
  }
  FAIL("nothing was refused");
  return refusal("");
}

std::string selected(const machine &on, const std::string &unitls_backend) {
  selector loader = on.with(unitls_backend);
  return id_of(loader.select({}));
}

struct selector_and_backend {
  explicit selector_and_backend(const machine &on) : loader(on.with({})), backend(loader.select({})) {}
  selector loader;
  backend_handle backend;
};

bool told(const std::vector<std::string> &lines, const std::string &part) {
  return std::any_of(lines.begin(), lines.end(),
                     [&part](const std::string &line) { return line.find(part) != std::string::npos; });
}

} // namespace

TEST_CASE("without a wish the registry's order decides, and what will not load is passed over") {
  const machine here;
  selector loader = here.with({});
  const backend_handle backend = loader.select({});
  CHECK(id_of(backend) == "good");
  CHECK(chosen_by(backend) == "found in " + here.path("beside").string());
  CHECK(told(loader.explain(), "\"open-fails\""));
  CHECK(told(loader.explain(), "the library behind the mock is another one"));
}

TEST_CASE("a program's preference comes before the registry's order") {
  const machine here;
  selector loader = here.with({});
  CHECK(id_of(loader.select({"second", "good"})) == "second");
  CHECK(id_of(loader.select({"not-installed", "second"})) == "second");
  CHECK(id_of(loader.select({"open-fails"})) == "good");
  CHECK(chosen_by(loader.select({"second"})) == "preferred by the program");
}

TEST_CASE("UNITLS_BACKEND comes before a program's preference") {
  const machine here;
  selector loader = here.with("good");
  const backend_handle backend = loader.select({"second"});
  CHECK(id_of(backend) == "good");
  CHECK(chosen_by(backend) == "UNITLS_BACKEND");
}

TEST_CASE("UNITLS_BACKEND is a list whose order counts") {
  const machine here;
  CHECK(selected(here, "second,good") == "second");
  CHECK(selected(here, "open-fails,second") == "second");
  CHECK(selected(here, "absent,second") == "second");
  CHECK(selected(here, "*") == "good");
  CHECK(selected(here, "open-fails,*") == "good");
  CHECK(selected(here, "*,good") == "second");
}

TEST_CASE("a name that does not exist is an error that lists what does") {
  const machine here;
  selector loader = here.with("godo");
  const refusal reason = refused([&] { loader.select({"good"}); });
  CHECK(std::string(reason.what()) ==
        "UNITLS_BACKEND=godo: no backend of that name; available: open-fails, good, second");
  CHECK(reason.status() == UNITLS_E_INVALID);
  CHECK(reason.field() == "UNITLS_BACKEND");
}

TEST_CASE("a name that will not load is an error with the reason, never another backend") {
  const machine here;
  selector loader = here.with("open-fails");
  const refusal reason = refused([&] { loader.select({"good"}); });
  CHECK(std::string(reason.what()) == "cannot load backend \"open-fails\" (found in " +
                                          here.path("beside").string() + ")\n  " +
                                          here.path("beside/unitls-open-fails.so").string() +
                                          ": the library behind the mock is another one\n" +
                                          "  chosen by UNITLS_BACKEND=open-fails; available: good, second");
  CHECK(reason.status() == UNITLS_E_ABI);
  CHECK(reason.field() == "UNITLS_BACKEND");
}

TEST_CASE("when nothing of a list can be used, every reason is given") {
  const machine here;
  selector loader = here.with("absent,open-fails");
  const std::string text = refused([&] { loader.select({}); }).what();
  CHECK(text.starts_with("no backend is named \"absent\"\ncannot load backend \"open-fails\" "));
  CHECK(text.ends_with("  chosen by UNITLS_BACKEND=absent,open-fails; available: good, second"));
}

TEST_CASE("help tells what there is, and chooses nothing") {
  const machine here;
  here.write("beside/unitls-broken.so", "");
  selector loader = here.with("help");
  const refusal reason = refused([&] { loader.select({}); });
  CHECK(std::string(reason.what()) ==
        "UNITLS_BACKEND=help: nothing is chosen; available: open-fails, good, second");
  CHECK(reason.status() == UNITLS_E_INVALID);
}

TEST_CASE("a disabled backend is not chosen by name") {
  const machine here;
  const std::string file =
      here.write("system/backends.toml", "format = 1\n[backend.good]\nenabled = false\n");
  CHECK(id_of(here.with({}).select({})) == "second");
  selector loader = here.with("good");
  CHECK(std::string(refused([&] { loader.select({}); }).what()) ==
        "cannot load backend \"good\" (from " + file + ":2)\n  disabled by " + file +
            ":2\n  chosen by UNITLS_BACKEND=good; available: open-fails, second");
}

TEST_CASE("open insists, also against UNITLS_BACKEND") {
  const machine here;
  selector loader = here.with("second");
  const backend_handle backend = loader.open("good");
  CHECK(id_of(backend) == "good");
  CHECK(chosen_by(backend) == "asked for by the program");

  const refusal unknown = refused([&] { loader.open("godo"); });
  CHECK(std::string(unknown.what()) ==
        "\"godo\": no backend of that name; available: open-fails, good, second");
  CHECK(unknown.status() == UNITLS_E_INVALID);
  CHECK(refused([&] { loader.open("open-fails"); }).status() == UNITLS_E_ABI);
  CHECK(refused([&] { loader.open(""); }).status() == UNITLS_E_INVALID);
}

TEST_CASE("a reference names who chose it, and the same choice gives the same reference") {
  const machine here;
  selector loader = here.with({});
  const backend_handle first = loader.select({});
  CHECK(loader.select({}).get() == first.get());
  const backend_handle opened = loader.open("good");
  CHECK(opened.get() != first.get());
  CHECK(opened->plugin == first->plugin);
}

TEST_CASE("a backend lives on without its loader") {
  const machine here;
  backend_handle backend;
  {
    selector loader = here.with({});
    backend = loader.select({});
  }
  CHECK(id_of(backend) == "good");
  CHECK(unitls_backend_ref_supports(backend.get(), "client") == 1);
}

TEST_CASE("a policy is over the table of whoever makes contexts, and told") {
  const machine here;
  const std::string file =
      here.write("system/backends.toml", "format = 1\n[policy]\nallow_insecure = false\n");
  const selector_and_backend chosen(here);
  REQUIRE(chosen.backend->rules != nullptr);
  CHECK(chosen.backend->rules->refusal_of_weakness().starts_with(file + ":3:1: [policy] allow_insecure"));
  unitls_client_config config{};
  config.struct_size = sizeof config;
  config.verify = 1;
  unitls_backend_context *context = nullptr;
  const unitls_backend &table = chosen.backend->table;
  CHECK(table.client_context_create(&table, &config, &context, nullptr) == UNITLS_E_POLICY);
  CHECK(told(chosen.loader.explain(), "policy: allow_insecure = false (" + file + ":3:1)"));
}

TEST_CASE("a layer does not get around a policy, which lies below it") {
  const machine here;
  here.plant("layer-first", "beside");
  const auto created_through = [&here](const std::string &layers) {
    environment variables = here.plain();
    variables.layers = layers;
    selector loader(variables, here.places(), std::nullopt);
    const backend_handle backend = loader.select({});
    unitls_client_config config{};
    config.struct_size = sizeof config;
    unitls_backend_context *context = nullptr;
    return backend->table.client_context_create(&backend->table, &config, &context, nullptr);
  };
  CHECK(created_through("first:weaken=1") == UNITLS_E_UNSUPPORTED); // the mock is no client
  here.write("system/backends.toml", "format = 1\n[policy]\nallow_insecure = false\n");
  CHECK(created_through("first:weaken=1") == UNITLS_E_POLICY);
}

TEST_CASE("a layer that a policy does not allow fails the selection") {
  const machine here;
  here.plant("layer-first", "beside");
  const std::string file =
      here.write("system/backends.toml", "format = 1\n[policy]\nallow_layers = [\"other\"]\n");
  environment variables = here.plain();
  variables.layers = "first";
  selector loader(variables, here.places(), std::nullopt);
  const refusal reason = refused([&] { loader.select({}); });
  CHECK(reason.status() == UNITLS_E_POLICY);
  CHECK(std::string(reason.what()).find(file + ":3:1: [policy] allow_layers forbids the layer \"first\"") !=
        std::string::npos);
}

TEST_CASE("a policy with a mistake forbids everything, and is told") {
  const machine here;
  const std::string file =
      here.write("system/backends.toml", "format = 1\n[policy]\nmin_verison = \"1.2\"\n");
  const selector_and_backend chosen(here);
  CHECK(chosen.backend->rules->mistake.starts_with(file + ":3:1: [policy] has no key \"min_verison\""));
  CHECK(told(chosen.loader.explain(), "no context may be made: " + file + ":3:1: "));
}

TEST_CASE("a policy that cannot be read is why there is no backend") {
  const machine here;
  const std::string file = here.write("beside/backends.toml", "format = 2\n");
  const std::string sentence = file + ":1:10: format 2 is not known here";
  selector by_variable = here.with("good");
  const refusal named = refused([&] { by_variable.select({}); });
  CHECK(named.status() == UNITLS_E_POLICY);
  CHECK(std::string(named.what()).starts_with(sentence));
  selector by_registry = here.with({});
  CHECK(std::string(refused([&] { by_registry.select({}); }).what()).starts_with(sentence));
}

TEST_CASE("a backend that a policy forbids is E_POLICY, whoever asks") {
  const machine here;
  const std::string file =
      here.write("system/backends.toml", "format = 1\n[policy]\nbackends = [\"good\"]\n");
  selector by_variable = here.with("second");
  const refusal named = refused([&] { by_variable.select({}); });
  CHECK(named.status() == UNITLS_E_POLICY);
  CHECK(std::string(named.what()).find(file + ":3:1: [policy] backends forbids the backend \"second\"") !=
        std::string::npos);
  selector by_program = here.with({});
  CHECK(refused([&] { by_program.open("second"); }).status() == UNITLS_E_POLICY);
  CHECK(id_of(by_program.select({"second"})) == "good");
}

TEST_CASE("the registry's options travel with the backend") {
  const machine here;
  here.write("system/backends.toml", "format = 1\n[backend.good]\nlibrary = \"" MOCK_FOLDER
                                     "/unitls-good.so\"\noptions = { \"good.x\" = \"1\" }\n");
  const backend_handle backend = here.with("good").select({});
  CHECK(backend->options == std::vector<std::pair<std::string, std::string>>{{"good.x", "1"}});
}

TEST_CASE("an empty machine says where was searched") {
  const mock_tree empty;
  selector loader(empty.plain(), empty.places(), std::nullopt);
  const refusal reason = refused([&] { loader.select({}); });
  CHECK(reason.status() == UNITLS_E_UNSUPPORTED);
  CHECK(std::string(reason.what()) ==
        "no backend was found: no registry file names one, and no plugin folder has a "
        "unitls-ID.so\n  folder " +
            empty.path("beside").string() + ": scanned");
}

TEST_CASE("when nothing can be loaded, every reason is given") {
  const mock_tree tree;
  tree.plant("open-fails", "beside");
  tree.plant("too-capable", "beside");
  selector loader(tree.plain(), tree.places(), std::nullopt);
  const refusal reason = refused([&] { loader.select({}); });
  CHECK(reason.status() == UNITLS_E_ABI);
  const std::string text = reason.what();
  CHECK(text.starts_with("no backend can be used\ncannot load backend \"open-fails\""));
  CHECK(text.find("\ncannot load backend \"too-capable\"") != std::string::npos);
}

TEST_CASE("several threads can select from one loader") {
  const machine here;
  selector loader = here.with({});
  std::vector<backend_handle> chosen(8);
  std::vector<std::thread> threads;
  threads.reserve(chosen.size());
  for (backend_handle &each : chosen) {
    threads.emplace_back([&loader, &each] { each = loader.select({}); });
  }
  for (std::thread &each : threads) {
    each.join();
  }
  for (const backend_handle &each : chosen) {
    CHECK(each.get() == chosen.front().get());
  }
}

TEST_CASE("many loaders on many threads open the same and different backends at once") {
  const machine here;
  selector shared = here.with({});
  constexpr std::size_t many = 12;
  std::vector<backend_handle> by_shared(many);
  std::vector<backend_handle> by_own(many);
  std::vector<std::string> told(many);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < many; ++i) {
    threads.emplace_back([&, i] {
      const std::string id = i % 2 == 0 ? "good" : "second";
      by_shared[i] = shared.open(id);
      selector own = here.with({});
      by_own[i] = own.open(id);
      try {
        own.open("open-fails");
      } catch (const refusal &reason) {
        told[i] = reason.what();
      }
    });
  }
  for (std::thread &each : threads) {
    each.join();
  }
  for (std::size_t i = 0; i < many; ++i) {
    const std::string id = i % 2 == 0 ? "good" : "second";
    CHECK(by_shared[i].get() == by_shared[i % 2].get());
    CHECK(id_of(by_own[i]) == id);
    CHECK(by_own[i]->plugin == by_shared[i]->plugin); // a file is in the process once
    CHECK(told[i].starts_with("cannot load backend \"open-fails\""));
  }
}

TEST_CASE("candidates can be told while others are loaded") {
  const machine here;
  selector loader = here.with({});
  std::thread other([&loader] {
    for (const char *id : {"good", "second", "good"}) {
      loader.open(id);
    }
  });
  for (int i = 0; i < 50; ++i) {
    CHECK(loader.candidates().size() == 3);
    CHECK_FALSE(loader.explain().empty());
  }
  other.join();
}

// What a forked child ends with: an exception must not unwind into the parent's tests.
int code_of_child(const machine &here, selector &loader, const backend_handle &before) noexcept {
  try {
    selector own = here.with({});
    const bool works = loader.open("good").get() == before.get() &&
                       id_of(loader.open("second")) == "second" && id_of(own.open("second")) == "second";
    return works ? 0 : 1;
  } catch (...) {
    return 2;
  }
}

TEST_CASE("a forked child uses what its parent has loaded, and loads more") {
  const machine here;
  selector loader = here.with({});
  const backend_handle before = loader.open("good");
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::_exit(code_of_child(here, loader, before));
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(id_of(loader.open("second")) == "second"); // the parent's loader does not know of the child's
}
