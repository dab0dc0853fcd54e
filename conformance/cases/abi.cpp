// The plugin and its table: U-01, U-05, U-48 to U-54.
#include <algorithm>
#include <array>
#include <set>
#include <thread>

#include <dlfcn.h>

#include "attempt.hpp"
#include "case.hpp"
#include "exported_symbols.hpp"
#include "party.hpp"
#include "versions.hpp"

namespace unitls::conformance {
namespace {

std::vector<std::string> texts_of(const char *const *list) {
  std::vector<std::string> all;
  for (; *list != nullptr; ++list) {
    all.emplace_back(*list);
  }
  return all;
}

UNITLS_CASE("abi/one-symbol", "A plugin exports its descriptor and nothing else", "U-01", needs()) {
  bool has_descriptor = false;
  for (const exported_symbol &each : exported_symbols(plugin().file->path)) {
    if (each.name == "unitls_plugin_v1" || each.name == "unitls_layer_v1") {
      has_descriptor = true;
      expect("U-01", each.name, each.is_data, "data", "code");
      continue;
    }
    record_warning("exports " + printable(each.name) + " too");
    expect("U-01", printable(each.name), ::dlsym(RTLD_DEFAULT, each.name.c_str()) == nullptr,
           "no symbol that another loaded object has too", "exported by both");
  }
  expect("U-01", "unitls_plugin_v1", has_descriptor, "exported", "missing");
}

UNITLS_CASE("abi/note", "The note says what the descriptor says", "U-50", needs()) {
  const loader::plugin_note &note = plugin().file->note;
  const unitls_plugin &described = *plugin().descriptor;
  expect_equal("U-50", "id", note.id, std::string(described.id));
  expect_equal("U-50", "version", note.version, std::string(described.version));
  expect_equal("U-50", "description", note.description, std::string(described.description));
  expect_equal("U-50", "library_build_version", note.library_build_version,
               std::string(described.library_build_version));
  expect_equal("U-50", "ABI major", note.abi_major, described.abi_major);
  expect_equal("U-50", "ABI minor", note.abi_minor, described.abi_minor);
  expect("U-50", "capabilities", note.capabilities == texts_of(described.capabilities), "the same list",
         "another one");
}

UNITLS_CASE("abi/capabilities", "What holds now is a subset of the descriptor's list", "U-49", needs()) {
  const auto most = texts_of(plugin().descriptor->capabilities);
  std::set<std::string> seen;
  for (const std::string &each : texts_of(plugin().table->capabilities(plugin().table))) {
    expect("U-49", printable(each), std::find(most.begin(), most.end(), each) != most.end(),
           "in the descriptor too", "not there");
    expect("U-49", printable(each), seen.insert(each).second, "listed once", "listed twice");
  }
  expect("U-49", "sides", seen.contains("client") || seen.contains("server"), "client, server or both",
         "none");
  expect("U-49", "versions", seen.contains("tls1.2") || seen.contains("tls1.3"), "at least one", "none");
}

UNITLS_CASE("abi/table", "Only the functions of an absent side are missing", "U-49", needs()) {
  const auto present = [](const char *name, auto member, bool expected) {
    expect("U-49", name, has_function(member) == expected, expected ? "a function" : "NULL",
           expected ? "NULL" : "a function");
  };
  const bool client = has_capability("client");
  const bool server = has_capability("server");
  present("capabilities", &unitls_backend::capabilities, true);
  present("list", &unitls_backend::list, true);
  present("get_extension", &unitls_backend::get_extension, true);
  present("client_config_check", &unitls_backend::client_config_check, client);
  present("client_context_create", &unitls_backend::client_context_create, client);
  present("server_config_check", &unitls_backend::server_config_check, server);
  present("server_context_create", &unitls_backend::server_context_create, server);
  present("context_destroy", &unitls_backend::context_destroy, true);
  present("session_create", &unitls_backend::session_create, true);
  present("session_destroy", &unitls_backend::session_destroy, true);
  present("handshake", &unitls_backend::handshake, true);
  present("read", &unitls_backend::read, true);
  present("write", &unitls_backend::write, true);
  present("shutdown", &unitls_backend::shutdown, true);
  present("pending", &unitls_backend::pending, true);
  present("info", &unitls_backend::info, true);
  present("peer_certificates", &unitls_backend::peer_certificates, true);
  if (has_capability("verified-chain")) {
    present("verified_certificates", &unitls_backend::verified_certificates, true);
  }
}

void open_again(const unitls_host &lender, unitls_error *err) {
  const unitls_backend *table = nullptr;
  require_status("U-52", "open", plugin().descriptor->open(&lender, &table, err), UNITLS_OK);
  require("U-52", "the table", table != nullptr, "set", "NULL");
  expect_equal("U-52", "the table's size", table->struct_size, plugin().table->struct_size);
  expect("U-52", "capabilities", texts_of(table->capabilities(table)) == plugin().capabilities, "as before",
         "others");
}

UNITLS_CASE("abi/open-again", "open may be called again, from several threads, with another host",
            "U-07 U-52", needs()) {
  constexpr std::size_t thread_count = 4;
  constexpr int rounds = 100;
  static std::array<unitls_host, thread_count> hosts; // hosts live for ever
  std::vector<std::thread> threads;
  for (unitls_host &other : hosts) {
    other = host();
    threads.emplace_back([&other] {
      try {
        for (int i = 0; i < rounds; ++i) {
          unitls_error error = no_error();
          open_again(host(), &error);
          open_again(other, nullptr);
        }
      } catch (const case_ended &) { // its failure is on record
      }
    });
  }
  for (std::thread &each : threads) {
    each.join();
  }
}

UNITLS_CASE("abi/copied-table", "A copy of the table works, and only its instance is read", "U-48",
            needs("client", "server")) {
  const unitls_backend &table = *plugin().table;
  unitls_backend copy{};
  copy.instance = table.instance;
  expect("U-48", "capabilities", texts_of(table.capabilities(&copy)) == plugin().capabilities,
         "those of the table", "others");
  const auto ignore_item = [](void *, const unitls_item *) -> unitls_status { return UNITLS_OK; };
  expect_status("U-48", "list", table.list(&copy, UNITLS_LIST_CIPHER_SUITES, ignore_item, nullptr),
                UNITLS_OK);
  expect("U-48", "get_extension", table.get_extension(&copy, "org.example.none/1") == nullptr, "NULL",
         "an extension");

  const client_setup setup;
  const server_setup server;
  const native_client native(setup);
  const native_server native_of_server(server);
  // So that a backend has seen more than one address of a table.
  const context_handle client_of_table = make_context(native.config);
  const context_handle server_of_table = make_context(native_of_server.config);
  unitls_backend_context *made = nullptr;
  require_status("U-48", "client_context_create",
                 table.client_context_create(&copy, &native.config, &made, nullptr), UNITLS_OK);
  context_handle client_context(made);
  require_status("U-48", "server_context_create",
                 table.server_context_create(&copy, &native_of_server.config, &made, nullptr), UNITLS_OK);
  context_handle server_context(made);
  copy = {};
  conversation talk(setup, std::move(client_context), std::move(server_context));
  talk.require_open();
}

// What `list` gave of one kind.
struct listing {
  std::vector<unitls_item> items; // their texts are gone
  std::vector<std::string> names;
  bool texts_complete = true; // type and description exactly with options
  bool is_options = false;
};

unitls_status UNITLS_CALL keep_item(void *user, const unitls_item *item) {
  auto &all = *static_cast<listing *>(user);
  all.items.push_back(*item);
  all.names.emplace_back(item->name == nullptr ? "" : item->name);
  const bool complete = all.is_options ? item->type != nullptr && item->description != nullptr
                                       : item->type == nullptr && item->description == nullptr;
  all.texts_complete = all.texts_complete && complete;
  return UNITLS_OK;
}

// Something, or nothing and nothing else.
bool tells_changes(std::uint32_t changes) {
  constexpr std::uint32_t known = UNITLS_OPTION_CHANGES_VERSIONS | UNITLS_OPTION_CHANGES_CIPHER_SUITES |
                                  UNITLS_OPTION_CHANGES_GROUPS | UNITLS_OPTION_CHANGES_SIGNATURE_SCHEMES |
                                  UNITLS_OPTION_CHANGES_VERIFICATION;
  return changes == UNITLS_OPTION_CHANGES_NOTHING || (changes != 0 && (changes & ~known) == 0);
}

void check_listing(std::int32_t kind, const std::string &name) {
  const during what(name);
  const bool is_options = kind == UNITLS_LIST_OPTIONS;
  listing all;
  all.is_options = is_options;
  expect_status("U-09", "list", plugin().table->list(plugin().table, kind, keep_item, &all), UNITLS_OK);
  expect("U-09", "items", is_options || !all.items.empty(), "at least one", "none");
  expect("U-09", "type and description", all.texts_complete, "with options only", "not so");
  const std::string prefix = is_options ? std::string(plugin().descriptor->id) + "." : "";
  std::set<std::string> seen;
  for (std::size_t i = 0; i < all.items.size(); ++i) {
    const std::string &text = all.names[i];
    expect("U-09", "name", text.size() > prefix.size() && text.starts_with(prefix), "\"" + prefix + "...\"",
           printable(text));
    const std::uint32_t number = all.items[i].number;
    expect("U-09", printable(text), is_options ? tells_changes(number) : number != 0,
           is_options ? "what the option can change" : "a number of IANA's", std::to_string(number));
    expect("U-09", printable(text), seen.insert(text).second, "listed once", "listed twice");
  }
}

UNITLS_CASE("abi/list", "Every kind is listed, an unknown one is refused", "U-04 U-09", needs()) {
  check_listing(UNITLS_LIST_CIPHER_SUITES, "cipher suites");
  check_listing(UNITLS_LIST_GROUPS, "groups");
  check_listing(UNITLS_LIST_SIGNATURE_SCHEMES, "signature schemes");
  check_listing(UNITLS_LIST_OPTIONS, "options");
  for (const std::int32_t kind : {0, 5, -1, 0x7fffffff}) {
    listing none;
    expect_status("U-04", "list of kind " + std::to_string(kind),
                  plugin().table->list(plugin().table, kind, keep_item, &none), UNITLS_E_UNSUPPORTED);
    expect_equal("U-04", "items of an unknown kind", none.items.size(), std::size_t{0});
  }
}

constexpr unitls_status stop = -4242;

UNITLS_CASE("abi/sink-stops", "A sink's answer ends the listing and comes back", "U-09", needs()) {
  const auto refuse_item = [](void *user, const unitls_item *) -> unitls_status {
    ++*static_cast<int *>(user);
    return stop;
  };
  int calls = 0;
  expect_status("U-09", "list",
                plugin().table->list(plugin().table, UNITLS_LIST_CIPHER_SUITES, refuse_item, &calls), stop);
  expect_equal("U-09", "calls of the sink of items", calls, 1);

  const auto refuse_finding = [](void *user, const unitls_error *) -> unitls_status {
    ++*static_cast<int *>(user);
    return stop;
  };
  if (has_capability("client")) {
    calls = 0;
    unitls_client_config nothing{};
    nothing.struct_size = sizeof nothing;
    nothing.verify = 99;
    expect_status("U-09", "client_config_check",
                  plugin().table->client_config_check(plugin().table, &nothing, refuse_finding, &calls),
                  stop);
    expect_equal("U-09", "calls of the sink of findings", calls, 1);
  }
}

UNITLS_CASE("abi/unknown-extension", "An unknown extension is NULL", "U-49", needs()) {
  for (const std::string &id :
       {std::string(), std::string("unitls.no-such-thing/1"), std::string(5000, 'x'), std::string("/1")}) {
    expect("U-49", "get_extension(\"" + id.substr(0, 30) + "\")",
           plugin().table->get_extension(plugin().table, id.c_str()) == nullptr, "NULL", "something");
  }
}

UNITLS_CASE("abi/destroy-null", "Destroying NULL does nothing", "U-53", needs()) {
  plugin().table->context_destroy(nullptr);
  plugin().table->session_destroy(nullptr);
}

} // namespace
} // namespace unitls::conformance
