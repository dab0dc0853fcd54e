// The rules of a policy themselves, and the table that stands for a backend under them.
#include "policy.hpp"

#include <doctest/doctest.h>

#include <unitls/backend.h>
#include <unitls/extensions.h>

#include "policy_table.hpp"
#include "registry.hpp"

using namespace unitls::loader;

namespace {

constexpr std::uint16_t aes128 = 0x1301;
constexpr std::uint16_t aes256 = 0x1302;

const std::string file = "/etc/unitls/backends.toml:";

// Those of a [policy] whose first line is the file's third.
policy rules_of(const std::string &lines) {
  const registry read = parse_registry("format = 1\n[policy]\n" + lines, "/etc/unitls/backends.toml");
  CHECK(read.rules->value.mistake == "");
  return read.rules->value;
}

const void *UNITLS_CALL any_extension(const unitls_backend *, const char *) {
  static constexpr unitls_verify_chain functions{sizeof functions, 0, nullptr, nullptr};
  return &functions;
}

unitls_backend table_with_extensions() {
  unitls_backend table{};
  table.struct_size = sizeof table;
  table.get_extension = &any_extension;
  return table;
}

} // namespace

TEST_CASE("a connection is judged by its version and its suite, and by what is not told about it") {
  const policy suites = rules_of("cipher_suites = [\"TLS_AES_256_GCM_SHA384\"]");
  CHECK(suites.allows_connection(UNITLS_TLS_1_3, aes256));
  CHECK_FALSE(suites.allows_connection(UNITLS_TLS_1_3, aes128));
  CHECK(
      suites.refusal_of_connection(UNITLS_TLS_1_3, aes128) ==
      file +
          "3:1: [policy] cipher_suites forbids TLS_AES_128_GCM_SHA256, which the backend negotiated all the same");
  CHECK_FALSE(suites.allows_connection(UNITLS_TLS_1_3, 0));
  CHECK(suites.refusal_of_connection(UNITLS_TLS_1_3, 0) ==
        file +
            "3:1: [policy] cipher_suites forbids a connection whose cipher suite the backend does not tell");
  const policy versions = rules_of("min_version = \"1.2\"");
  CHECK(versions.allows_connection(UNITLS_TLS_1_2, 0));
  CHECK_FALSE(versions.allows_connection(0, aes128));
  CHECK(
      versions.refusal_of_connection(0, aes128) ==
      file +
          "3:1: [policy] min_version = \"1.2\" forbids a connection whose version the backend does not tell");
}

TEST_CASE("several policies combine to the stricter") {
  policy both = rules_of("min_version = \"1.3\"\nallow_insecure = true\nallow_key_log = false\n"
                         "allow_layers = [\"trace\", \"fault\"]\n"
                         "cipher_suites = [\"TLS_AES_256_GCM_SHA384\", \"TLS_AES_128_GCM_SHA256\"]\n"
                         "backends = [\"a\", \"b\"]");
  both.add(rules_of("min_version = \"1.2\"\nallow_insecure = false\nallow_layers = [\"trace\"]\n"
                    "cipher_suites = [\"TLS_AES_256_GCM_SHA384\"]\nbackends = [\"b\", \"c\"]"));
  CHECK(both.refusal_of_version(UNITLS_TLS_1_2) ==
        file + "3:1: [policy] min_version = \"1.3\" forbids TLS 1.2");
  CHECK(both.refusal_of_version(UNITLS_TLS_1_3) == "");
  CHECK(both.refusal_of_weakness() ==
        file + "4:1: [policy] allow_insecure = false forbids to weaken the verification of peers");
  CHECK(both.refusal_of_layer("trace") == "");
  CHECK(both.refusal_of_layer("fault") == file + "5:1: [policy] allow_layers forbids the layer \"fault\"");
  CHECK(both.allows_suite(aes256));
  CHECK_FALSE(both.allows_suite(aes128));
  CHECK(both.refusal_of_suite(aes128) == file + "6:1: [policy] cipher_suites forbids TLS_AES_128_GCM_SHA256");
  CHECK(both.refusal_of_backend("a") == file + "7:1: [policy] backends forbids the backend \"a\"");
  CHECK(both.refusal_of_backend("b") == "");
  CHECK(both.refusal_of_backend("c") == file + "8:1: [policy] backends forbids the backend \"c\"");
}

TEST_CASE("without rules everything is allowed") {
  const policy none;
  CHECK(none.refusal_of_layer("fault") == "");
  CHECK(none.refusal_of_backend("a") == "");
  CHECK(none.refusal_of_library("a") == "");
  CHECK(none.refusal_of_option(0) == "");
  CHECK(none.allows_connection(0, 0));
  CHECK(none.describe().empty());
}

TEST_CASE("a list without layers allows none, and the first mistake is kept") {
  CHECK(rules_of("allow_layers = []").refusal_of_layer("trace") != "");
  policy first;
  first.mistake = "first";
  policy second;
  second.mistake = "second";
  first.add(second);
  CHECK(first.mistake == "first");
  second = {};
  second.add(first);
  CHECK(second.mistake == "first");
}

TEST_CASE("a list that is counted and not there is left to the plugin") {
  unitls_backend plugin = table_with_extensions();
  plugin.client_context_create = [](const unitls_backend *, const unitls_client_config *config,
                                    unitls_backend_context **context, unitls_error *) -> unitls_status {
    *context = nullptr;
    return config->tls12_cipher_suites == nullptr && config->tls12_cipher_suite_count == 3
               ? UNITLS_E_INVALID
               : UNITLS_E_INTERNAL;
  };
  plugin.list = [](const unitls_backend *, std::int32_t kind, unitls_item_sink sink,
                   void *user) -> unitls_status {
    const unitls_item item{sizeof item, aes256, "", nullptr, nullptr, nullptr};
    return kind == UNITLS_LIST_CIPHER_SUITES ? sink(user, &item) : UNITLS_OK;
  };
  const policy rules = rules_of("cipher_suites = [\"TLS_AES_256_GCM_SHA384\"]");
  const unitls_backend &table = under_policy(plugin, rules);
  unitls_client_config config{};
  config.struct_size = sizeof config;
  config.tls12_cipher_suite_count = 3;
  config.option_count = 1;
  unitls_backend_context *context = nullptr;
  CHECK(table.client_context_create(&table, &config, &context, nullptr) == UNITLS_E_INVALID);
}

TEST_CASE("under a policy no extension is there that could make contexts of its own") {
  const unitls_backend plugin = table_with_extensions();
  const policy rules = rules_of("min_version = \"1.2\"");
  const unitls_backend &table = under_policy(plugin, rules);
  CHECK(table.get_extension(&table, "unitls.verify-chain/1") != nullptr);
  CHECK(table.get_extension(&table, "unitls.certificate-info/1") != nullptr);
  CHECK(table.get_extension(&table, "org.example.creates/1") == nullptr);
}

TEST_CASE("a policy that says nothing about contexts leaves the table alone, and equal ones share theirs") {
  const unitls_backend table = table_with_extensions();
  CHECK(&under_policy(table, {}) == &table);
  CHECK(&under_policy(table, rules_of("allow_layers = []\nbackends = [\"a\"]\nallow_insecure = true")) ==
        &table);
  const policy rules = rules_of("min_version = \"1.2\"");
  const unitls_backend &once = under_policy(table, rules);
  CHECK(&once == &under_policy(table, rules_of("min_version = \"1.2\"")));
  CHECK(&once != &under_policy(table, rules_of("min_version = \"1.3\"")));
  CHECK(once.struct_size == sizeof once);
}
