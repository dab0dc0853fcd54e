// UNITLS_LAYERS, from its text to the table that a program gets.
#include "layers.hpp"

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mock_tree.hpp"
#include "refusal.hpp"
#include "select.hpp"

using namespace unitls::loader;
using unitls::testing::mock_tree;

namespace {

using texts = std::vector<std::string>;

// Backends good and second, layers first and other.
class machine : public mock_tree {
public:
  machine() {
    plant("good", "beside");
    plant("second", "beside");
    plant("layer-first", "beside");
    plant("layer-other", "beside");
  }

  selector with(const std::optional<std::string> &unitls_layers) const {
    environment variables = plain();
    variables.layers = unitls_layers;
    return selector(variables, places(), std::nullopt);
  }
};

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

std::string sentence_about(const machine &on, const std::string &unitls_layers) {
  selector loader = on.with(unitls_layers);
  const refusal reason = refused([&] { loader.select({}); });
  CHECK(reason.field() == "UNITLS_LAYERS");
  return reason.what();
}

unitls_status UNITLS_CALL keep_name(void *user, const unitls_item *item) {
  static_cast<texts *>(user)->emplace_back(item->name);
  return UNITLS_OK;
}

// The layers of a backend, outermost first: each mock lists itself.
texts layers_of(const backend_handle &backend) {
  texts names;
  unitls_backend_ref_list(backend.get(), UNITLS_LIST_OPTIONS, keep_name, &names);
  return names;
}

texts layers_by(const machine &on, const std::string &unitls_layers) {
  selector loader = on.with(unitls_layers);
  return layers_of(loader.select({}));
}

bool told(const texts &lines, const std::string &part) {
  return std::any_of(lines.begin(), lines.end(),
                     [&part](const std::string &line) { return line.find(part) != std::string::npos; });
}

std::string complaint(const std::string &value) {
  return refused([&] { parse_layer_list(value); }).what();
}

} // namespace

TEST_CASE("UNITLS_LAYERS names layers with their options, the outermost first") {
  using requests = std::vector<layer_request>;
  CHECK(parse_layer_list("trace") == requests{{"trace", {}}});
  CHECK(parse_layer_list(" fault:seed=7:short-read=1 , trace") ==
        requests{{"fault", {{"seed", "7"}, {"short-read", "1"}}}, {"trace", {}}});
  CHECK(parse_layer_list("a:b==:c=") == requests{{"a", {{"b", "="}, {"c", ""}}}});
}

TEST_CASE("what is no list of layers is refused by name") {
  CHECK(complaint("trace,") == "UNITLS_LAYERS=trace,: a name in the list is empty");
  CHECK(complaint("/tmp/x.so")
            .starts_with("UNITLS_LAYERS=/tmp/x.so: \"/tmp/x.so\" cannot be the name of a layer; "));
  CHECK(complaint("a:seed") == "UNITLS_LAYERS=a:seed: \"seed\" is not an option; write a:NAME=VALUE");
  CHECK(complaint("a:=1") == "UNITLS_LAYERS=a:=1: \"=1\" is not an option; write a:NAME=VALUE");
  CHECK(complaint("a:b=1:b=2") == "UNITLS_LAYERS=a:b=1:b=2: the option \"b\" of a is given twice");
  CHECK(complaint("a,b,a") == "UNITLS_LAYERS=a,b,a: the layer \"a\" stands there twice");
  CHECK(complaint("a\n").starts_with("UNITLS_LAYERS=a\\x0a: "));
}

TEST_CASE("layers wrap the backend in the order in which they are named") {
  const machine here;
  CHECK(layers_by(here, "first") == texts{"first"});
  CHECK(layers_by(here, "first,other:x=1") == texts{"first", "other x=1"});
  CHECK(layers_by(here, "other:x=1:y=2,first") == texts{"other x=1 y=2", "first"});
}

TEST_CASE("a layer that is not named costs nothing: the functions are the plugin's own") {
  const machine here;
  selector plain = here.with({});
  const backend_handle without = plain.select({});
  CHECK(layers_of(without).empty());
  const std::filesystem::path file = here.path("beside/unitls-good.so");
  const loaded_plugin &plugin = load_plugin_file(file, "good");
  const log quiet;
  const unitls_backend &own = open_plugin(plugin, quiet.host());
  CHECK((without->table.capabilities == own.capabilities));
  CHECK((without->table.instance == own.instance));

  selector layered = here.with("first");
  CHECK((layered.select({})->table.capabilities != own.capabilities));
}

TEST_CASE("layers do not hide what backend it is") {
  const machine here;
  selector loader = here.with("first,other");
  const backend_handle backend = loader.open("second");
  CHECK(std::string(unitls_backend_ref_id(backend.get())) == "second");
  CHECK(unitls_backend_ref_supports(backend.get(), "client") == 1);
  CHECK(layers_of(backend) == texts{"first", "other"});
}

TEST_CASE("layers are no candidates, and explain tells them and which are in force") {
  const machine here;
  selector loader = here.with("first");
  for (const candidate &each : loader.candidates()) {
    CHECK((each.id == "good" || each.id == "second"));
  }
  loader.select({});
  const texts lines = loader.explain();
  const std::string folder = here.path("beside").string();
  CHECK(told(lines, "layer other: found, " + folder + "/unitls-layer-other.so (found in " + folder + ")"));
  CHECK(told(lines,
             "decision: layer \"first\", UNITLS_LAYERS: in force, " + folder + "/unitls-layer-first.so"));
  CHECK_FALSE(told(lines, "decision: layer \"other\""));
}

TEST_CASE("a layer that does not exist fails the selection and lists those that do") {
  const machine here;
  CHECK(sentence_about(here, "frist,other") ==
        "UNITLS_LAYERS=frist,other: the layer \"frist\" cannot be used: there is no layer of that name; "
        "layers that exist: first, other");
  selector loader = here.with("good"); // a backend is no layer
  CHECK(refused([&] { loader.open("good"); }).status() == UNITLS_E_INVALID);
  const mock_tree empty;
  environment variables = empty.plain();
  variables.layers = "trace";
  selector none(variables, empty.places(), std::nullopt);
  CHECK(std::string(refused([&] { none.select({}); }).what()).ends_with("layers that exist: none"));
}

TEST_CASE("an option that a layer does not take fails the selection") {
  const machine here;
  CHECK(sentence_about(here, "other,first:bad=1") ==
        "the layer \"first\" cannot be put around the backend: options[bad]: the mock has no such option");
}

TEST_CASE("a layer that is not sound fails the selection") {
  const machine here;
  here.plant("layer-no-wrap", "beside");
  here.plant("layer-too-capable", "beside");
  here.plant("good", "beside", "layer-plugin"); // a plugin under a layer's name
  here.write("beside/unitls-layer-broken.so", "");
  CHECK(sentence_about(here, "no-wrap").find("its descriptor lacks a function") != std::string::npos);
  CHECK(sentence_about(here, "too-capable")
            .ends_with("its backend claims the capability \"server\", which the backend that it wraps does "
                       "not have"));
  CHECK(sentence_about(here, "plugin").find("is a backend, not a layer") != std::string::npos);
  CHECK(sentence_about(here, "broken").find("unitls-layer-broken.so: ") != std::string::npos);
}

TEST_CASE("the registry names layers as it names backends, and UNITLS_LAYERS overrides their options") {
  const machine here;
  const std::string file =
      here.write("system/backends.toml", "format = 1\n[layer.mine]\nlibrary = \"" MOCK_FOLDER
                                         "/unitls-layer-mine.so\"\noptions = { a = \"1\", b = \"2\" }\n"
                                         "[layer.other]\nenabled = false\n"
                                         "[layer.first]\nlibrary = \"nowhere.so\"\n"
                                         "[layer.wrong]\nlibrary = 3\n");
  CHECK(layers_by(here, "mine") == texts{"mine a=1 b=2"});
  CHECK(layers_by(here, "mine:b=3:c=4") == texts{"mine a=1 b=3 c=4"});
  CHECK(sentence_about(here, "other").find("disabled by " + file + ":5; layers that exist: mine") !=
        std::string::npos);
  CHECK(sentence_about(here, "first").find("nowhere.so: there is no such file") != std::string::npos);
  CHECK(sentence_about(here, "wrong").find(file + ":10:11: \"library\" must be a string") !=
        std::string::npos);
}

TEST_CASE("the policy says which layers there may be") {
  const machine here;
  const std::string file =
      here.write("system/backends.toml", "format = 1\n[policy]\nallow_layers = [\"first\"]\n");
  CHECK(layers_by(here, "first") == texts{"first"});
  selector loader = here.with("first,other");
  const refusal reason = refused([&] { loader.select({}); });
  CHECK(reason.status() == UNITLS_E_POLICY);
  CHECK(std::string(reason.what()).find(file) != std::string::npos);
}

TEST_CASE(
    "what a policy allows is the machine's own also behind UNITLS_REGISTRY, and nothing else of it is") {
  const machine here;
  environment variables = here.plain();
  variables.registry = here.write("named.toml", "format = 1\n");
  variables.layers = "first";
  const auto candidates = [&here, &variables] {
    return selector(variables, here.places(), std::nullopt).candidates().size();
  };
  CHECK(candidates() == 0);
  here.write("system/backends.toml", "format = 1\n[policy]\nallow_layers = [\"first\"]\n");
  CHECK(candidates() == 0);
  here.write("system/backends.toml", "format = 1\n[policy]\nbackends = [\"good\"]\n");
  CHECK(candidates() == 2);
  selector without(variables, here.places(), std::nullopt);
  CHECK(std::string(refused([&] { without.select({}); }).what()).find("no layer of that name") !=
        std::string::npos);
  here.write("system/backends.toml",
             "format = 1\n[policy]\nallow_layers = [\"first\"]\nbackends = [\"good\"]\n");
  selector both(variables, here.places(), std::nullopt);
  CHECK(layers_of(both.select({})) == texts{"first"});
}

TEST_CASE("an allowed layer is the one that the machine's own registry names") {
  const machine here;
  const std::string file =
      here.write("system/backends.toml", "format = 1\n[policy]\nallow_layers = [\"first\", \"mine\"]\n");
  here.write("config/unitls/backends.toml",
             "format = 1\n[layer.first]\nlibrary = \"" MOCK_FOLDER
             "/unitls-layer-first.so\"\noptions = { x = \"1\" }\n"
             "[layer.mine]\nlibrary = \"" MOCK_FOLDER "/unitls-layer-mine.so\"\n");
  CHECK(layers_by(here, "first") == texts{"first"});
  CHECK(
      sentence_about(here, "mine")
          .find(file + ":3:1: [policy] allow_layers takes \"mine\" from the machine's own registry alone") !=
      std::string::npos);
}

TEST_CASE("the same layers over the same backend are made once in a process") {
  const machine here;
  selector one = here.with("first:x=1,other");
  selector two = here.with("first:x=1,other");
  selector three = here.with("first:x=2,other");
  const auto instance = [](selector &loader) { return loader.open("good")->table.instance; };
  CHECK((instance(one) == instance(two)));
  CHECK((instance(one) != instance(three)));
}

TEST_CASE(
    "many threads with loaders of their own open the same and different backends, with layers and without") {
  const machine here;
  selector shared = here.with("first");
  std::vector<std::thread> threads;
  std::vector<texts> found(8);
  for (std::size_t i = 0; i < found.size(); ++i) {
    threads.emplace_back([&, i] {
      const bool has_layers = i % 2 == 0;
      for (int round = 0; round < 10; ++round) {
        selector own = here.with(has_layers ? std::optional<std::string>("first,other") : std::nullopt);
        const backend_handle backend = own.open(i % 3 == 0 ? "good" : "second");
        found[i] = layers_of(backend);
        const backend_handle of_all = shared.select({"second", "good"});
        if (layers_of(of_all) != texts{"first"} || unitls_backend_ref_supports(of_all.get(), "client") != 1) {
          found[i] = {"not as alone"};
        }
      }
    });
  }
  for (std::thread &each : threads) {
    each.join();
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    CHECK(found[i] == (i % 2 == 0 ? texts{"first", "other"} : texts{}));
  }
}

TEST_CASE("a forked child goes on with what was loaded, and loads more") {
  const machine here;
  selector loader = here.with("first");
  const backend_handle before = loader.open("good");
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    selector more = here.with("other,first");
    const bool works = layers_of(before) == texts{"first"} &&
                       layers_of(loader.open("second")) == texts{"first"} &&
                       layers_of(more.open("second")) == texts{"other", "first"};
    ::_exit(works ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
